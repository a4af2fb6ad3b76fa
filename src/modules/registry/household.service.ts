import { Injectable } from '@nestjs/common';
import { at, DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { localDay } from '../../core/kernel/instant.js';
import { requireAreaCode } from '../../core/registry/area-code.js';
import { Clock } from '../../platform/clock/clock.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import type { Principal } from '../identity/index.js';
import { checkName, IdentityService } from '../identity/index.js';
import { HouseholdStatusService } from './household-status.service.js';
import type { HouseholdMember } from './master-data.entity.js';
import { MasterDataRepository } from './master-data.repository.js';
import { MembershipService } from './membership.service.js';
import { keepsRegister } from './register-keepers.js';
import { RegistrationService, unique } from './registration.service.js';
import { RegistryLogService } from './registry-log.service.js';
import type { MemberInput, RegisterHouseholdInput } from './registry.input.js';
import { said } from './said.js';

export const HOUSEHOLD_MEMBERS_MAX = 50;
const SHORT_TEXT_LENGTH_MAX = 64;

/** Households, and the people in them. */
@Injectable()
export class HouseholdService {
  constructor(
    private readonly registration: RegistrationService,
    private readonly identity: IdentityService,
    private readonly memberships: MembershipService,
    private readonly statuses: HouseholdStatusService,
    private readonly masterData: MasterDataRepository,
    private readonly log: RegistryLogService,
    private readonly sealing: Sealing,
    private readonly clock: Clock,
  ) {}

  async register(principal: Principal, input: RegisterHouseholdInput): Promise<{ replayed: boolean }> {
    return this.registration.once(principal, 'registerHousehold', input, async (tx) => {
      if (input.status && !keepsRegister(principal)) throw new DomainError('FORBIDDEN', { role: principal.role }, ['status']);
      const areaCode = this.requireArea(principal, input.areaCode);
      if (input.members.length === 0 || input.members.length > HOUSEHOLD_MEMBERS_MAX) {
        throw new DomainError('BAD_INPUT', { expected: `1 to ${HOUSEHOLD_MEMBERS_MAX} members` }, ['members']);
      }
      if (input.members.filter((member) => member.head).length > 1)
        throw new DomainError('BAD_INPUT', { expected: 'one head' }, ['members']);
      const registeredAt = this.now();
      const members = input.members.map((member, place) => at(['members', place], () => this.memberOf(input.id, member, registeredAt)));
      const { organisationId } = principal;
      const seq = await this.log.appendOne(tx, { kind: 'HOUSEHOLD', subjectId: input.id, organisationId, householdId: input.id, areaCode });
      const household = { id: input.id, areaCode, registeredBy: organisationId, seq, registeredAt };
      await unique(this.masterData.insertHousehold(tx, household, members));
      if (!input.cooperativeId && input.memberSince)
        throw new DomainError('BAD_INPUT', { expected: 'cooperativeId beside memberSince' }, ['cooperativeId']);
      if (input.cooperativeId) {
        const { timeZone } = await this.identity.requireOrganisation(tx, input.cooperativeId);
        const validFrom = input.memberSince ?? localDay(registeredAt.getTime(), timeZone);
        const id = derivedUuid(input.id, 'membership');
        await this.memberships.add(tx, principal, { id, householdId: input.id, cooperativeId: input.cooperativeId, validFrom }, areaCode);
      }
      if (input.status) {
        const entry = { id: derivedUuid(input.id, 'status'), householdId: input.id, areaCode };
        await this.statuses.add(tx, principal, entry, input.status);
      }
    });
  }

  /** A key for an area acts within it. */
  private requireArea(principal: Principal, areaCode: string): string {
    if (principal.areaCode !== null && !areaCode.startsWith(principal.areaCode))
      throw new DomainError('FORBIDDEN', { areaCode }, ['areaCode']);
    return requireAreaCode(areaCode);
  }

  private memberOf(householdId: string, member: MemberInput, registeredAt: Date): HouseholdMember {
    const year = member.birthYear ?? null;
    if (year !== null && (year < 1880 || year > registeredAt.getUTCFullYear()))
      throw new DomainError('BAD_INPUT', { expected: 'a year of birth' }, ['birthYear']);
    const sealed = (text: string | null | undefined, field: string, purpose: string): Buffer | null => {
      const known = said(text, SHORT_TEXT_LENGTH_MAX, [field]);
      return known === null ? null : this.sealing.seal(known, `member ${purpose}`);
    };
    return {
      id: member.id,
      householdId,
      head: member.head ?? false,
      sex: said(member.sex, SHORT_TEXT_LENGTH_MAX, ['sex']),
      birthYear: year,
      sealedName: this.sealing.seal(checkName(member.name), 'member name'),
      sealedNationalId: sealed(member.nationalId, 'nationalId', 'national id'),
      sealedPhone: sealed(member.phone, 'phone', 'phone'),
      registeredAt,
    };
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }
}
