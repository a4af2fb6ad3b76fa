import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { HouseholdLookupService } from './household-lookup.service.js';
import { MembershipRepository } from './membership.repository.js';
import { keepsRegister } from './register-keepers.js';
import { RegistrationService, unique } from './registration.service.js';
import { RegistryLogService } from './registry-log.service.js';
import type { RecordMembershipInput } from './registry.input.js';

export interface NewMembership {
  readonly id: string;
  readonly householdId: string;
  readonly cooperativeId: string;
  readonly validFrom: string;
  readonly validTo?: string | null;
}

/** Which household belongs to which cooperative, from when to when. */
@Injectable()
export class MembershipService {
  constructor(
    private readonly registration: RegistrationService,
    private readonly identity: IdentityService,
    private readonly households: HouseholdLookupService,
    private readonly memberships: MembershipRepository,
    private readonly log: RegistryLogService,
    private readonly clock: Clock,
  ) {}

  async record(principal: Principal, input: RecordMembershipInput): Promise<{ replayed: boolean }> {
    return this.registration.once(principal, 'recordMembership', input, async (tx) => {
      const { areaCode } = await this.households.require(tx, input.householdId);
      await this.add(tx, principal, input, areaCode);
    });
  }

  /** Throws FORBIDDEN, NOT_FOUND, DATES_OUT_OF_ORDER, ALREADY_EXISTS. */
  async add(tx: Tx, principal: Principal, membership: NewMembership, areaCode: string): Promise<void> {
    if (!keepsRegister(principal)) this.identity.mayActFor(principal, membership.cooperativeId);
    await this.identity.requireOrganisation(tx, membership.cooperativeId);
    const validTo = membership.validTo ?? null;
    if (validTo !== null && validTo <= membership.validFrom) throw new DomainError('DATES_OUT_OF_ORDER', { ...membership }, ['validTo']);
    const { householdId, cooperativeId } = membership;
    const seq = await this.log.appendOne(tx, {
      kind: 'MEMBERSHIP',
      subjectId: householdId,
      organisationId: principal.organisationId,
      concernsId: cooperativeId,
      householdId,
      areaCode,
    });
    await unique(this.memberships.insert(tx, { ...membership, validTo }, seq, new Date(this.clock.nowMs())));
  }
}
