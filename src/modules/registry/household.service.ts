import { Injectable } from '@nestjs/common';
import { compare, ONE } from '../../core/kernel/fraction.js';
import { decimalToFraction, parseDecimal } from '../../core/kernel/decimal.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { localDay } from '../../core/kernel/instant.js';
import { parseMoney } from '../../core/kernel/money.js';
import { unitOf } from '../../core/kernel/quantity.js';
import { requireAreaCode } from '../../core/registry/area-code.js';
import { largestPromise } from '../../core/registry/promise.js';
import { Clock } from '../../platform/clock/clock.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import { Database, violatedConstraint } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Principal } from '../identity/index.js';
import { checkName, IdentityService } from '../identity/index.js';
import type { Agreement } from './dated-facts.repository.js';
import { DatedFactsRepository } from './dated-facts.repository.js';
import type { HouseholdMember } from './master-data.entity.js';
import { MasterDataRepository } from './master-data.repository.js';
import type {
  HouseholdStatusInput,
  MemberInput,
  RecordHouseholdStatusInput,
  RecordMembershipInput,
  RegisterAgreementInput,
  RegisterHouseholdInput,
} from './registry.input.js';
import { RegistryService } from './registry.service.js';
import { said } from './said.js';

export const HOUSEHOLD_MEMBERS_MAX = 50;
export const STATUS_EVIDENCE_MAX = 50;
const SHORT_TEXT_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 2_000;
/** Who keeps the register: a cooperative does not say that its own suppliers are poor. */
const REGISTER_KEEPERS: ReadonlySet<string> = new Set(['ADMIN', 'SUPERVISOR', 'VILLAGE_WORKER']);

/** Households, who belongs where, and what the register says of them. */
@Injectable()
export class HouseholdService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly masterData: MasterDataRepository,
    private readonly facts: DatedFactsRepository,
    private readonly sealing: Sealing,
    private readonly clock: Clock,
  ) {}

  async register(principal: Principal, input: RegisterHouseholdInput): Promise<{ replayed: boolean }> {
    return this.once(principal, 'registerHousehold', input, async (tx) => {
      if (input.status && !REGISTER_KEEPERS.has(principal.role)) throw new DomainError('FORBIDDEN', { role: principal.role }, ['status']);
      const areaCode = this.requireArea(principal, input.areaCode);
      if (input.members.length === 0 || input.members.length > HOUSEHOLD_MEMBERS_MAX) {
        throw new DomainError('BAD_INPUT', { expected: `1 to ${HOUSEHOLD_MEMBERS_MAX} members` }, ['members']);
      }
      if (input.members.filter((member) => member.head).length > 1)
        throw new DomainError('BAD_INPUT', { expected: 'one head' }, ['members']);
      const registeredAt = this.now();
      const members = input.members.map((member, place) => at(['members', place], () => this.memberOf(input.id, member, registeredAt)));
      await unique(
        this.masterData.insertHousehold(tx, { id: input.id, areaCode, registeredBy: principal.organisationId, registeredAt }, members),
      );
      if (!input.cooperativeId && input.memberSince)
        throw new DomainError('BAD_INPUT', { expected: 'cooperativeId beside memberSince' }, ['cooperativeId']);
      if (input.cooperativeId) {
        const { timeZone } = await this.identity.requireOrganisation(tx, input.cooperativeId);
        const validFrom = input.memberSince ?? localDay(registeredAt.getTime(), timeZone);
        const id = derivedUuid(input.id, 'membership');
        await this.addMembership(tx, principal, { id, householdId: input.id, cooperativeId: input.cooperativeId, validFrom });
      }
      if (input.status) await this.addStatus(tx, principal, derivedUuid(input.id, 'status'), input.id, input.status);
    });
  }

  async recordMembership(principal: Principal, input: RecordMembershipInput): Promise<{ replayed: boolean }> {
    return this.once(principal, 'recordMembership', input, async (tx) => {
      await this.requireHousehold(tx, input.householdId);
      await this.addMembership(tx, principal, input);
    });
  }

  async recordStatus(principal: Principal, input: RecordHouseholdStatusInput): Promise<{ replayed: boolean }> {
    return this.once(principal, 'recordHouseholdStatus', input, async (tx) => {
      const areaCode = await this.requireHousehold(tx, input.householdId);
      if (!areaCode.startsWith(principal.areaCode ?? ''))
        throw new DomainError('NOT_FOUND', { householdId: input.householdId }, ['householdId']);
      await this.addStatus(tx, principal, input.id, input.householdId, input.status);
    });
  }

  /** Kept as data; the promises come to work with the income issue. Throws PROMISE_OVER_ONE. */
  async registerAgreement(principal: Principal, input: RegisterAgreementInput): Promise<{ replayed: boolean }> {
    this.identity.mayActFor(principal, input.promisorId);
    return this.once(principal, 'registerAgreement', input, async (tx) => {
      const [product] = input.product ? await this.registry.resolveProducts(tx, [input.product], input.promisorId) : [];
      const agreement = agreementOf(input, product?.id ?? null);
      if (agreement.rate !== null) await this.requirePromisable(tx, { ...agreement, rate: agreement.rate });
      await this.facts.insertAgreement(tx, agreement, this.now());
    });
  }

  private async requirePromisable(tx: Tx, agreement: Agreement & { readonly rate: string }): Promise<void> {
    const promises = [...(await this.facts.lockedRates(tx, agreement.promisorId, agreement.kind)), agreement];
    const largest = largestPromise(promises.map((promise) => ({ ...promise, rate: decimalToFraction(parseDecimal(promise.rate)) })));
    if (compare(largest, ONE) > 0) throw new DomainError('PROMISE_OVER_ONE', { rates: promises.map(({ rate }) => rate) }, ['rate']);
  }

  private async addMembership(
    tx: Tx,
    principal: Principal,
    membership: { id: string; householdId: string; cooperativeId: string; validFrom: string; validTo?: string | null },
  ): Promise<void> {
    const keeper = REGISTER_KEEPERS.has(principal.role);
    if (!keeper) this.identity.mayActFor(principal, membership.cooperativeId);
    await this.identity.requireOrganisation(tx, membership.cooperativeId);
    const validTo = membership.validTo ?? null;
    if (validTo !== null && validTo <= membership.validFrom) throw new DomainError('DATES_OUT_OF_ORDER', { ...membership }, ['validTo']);
    await unique(this.facts.insertMembership(tx, { ...membership, validTo }, this.now()));
  }

  private async addStatus(tx: Tx, principal: Principal, id: string, householdId: string, status: HouseholdStatusInput): Promise<void> {
    const register = said(status.register, SHORT_TEXT_LENGTH_MAX, ['status', 'register']);
    if (register === null) throw new DomainError('BAD_INPUT', { expected: 'the register’s name' }, ['status', 'register']);
    const evidence = status.evidence ?? [];
    if (evidence.length > STATUS_EVIDENCE_MAX)
      throw new DomainError('TOO_MANY_ITEMS', { max: STATUS_EVIDENCE_MAX }, ['status', 'evidence']);
    const entry = {
      id,
      householdId,
      kind: status.kind,
      validFrom: status.validFrom,
      register,
      category: said(status.category, SHORT_TEXT_LENGTH_MAX, ['status', 'category']),
      score: status.score ?? null,
      threshold: status.threshold ?? null,
      reason: said(status.reason, REASON_LENGTH_MAX, ['status', 'reason']),
      evidence,
    };
    await unique(this.facts.insertStatus(tx, entry, principal.organisationId, this.now()));
  }

  private async requireHousehold(tx: Tx, householdId: string): Promise<string> {
    const [household] = await this.masterData.households(tx, [householdId]);
    if (!household) throw new DomainError('NOT_FOUND', { householdId }, ['householdId']);
    return household.areaCode;
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

  private async once(
    principal: Principal,
    kind: string,
    input: { id: string },
    make: (tx: Tx) => Promise<void>,
  ): Promise<{ replayed: boolean }> {
    return this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind, content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        await make(tx);
        return {};
      });
      return { replayed };
    });
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }
}

async function unique(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (violatedConstraint(error) === null) throw error;
    throw new DomainError('ALREADY_EXISTS');
  }
}

function agreementOf(input: RegisterAgreementInput, productId: string | null): Agreement {
  const validTo = input.validTo ?? null;
  if (validTo !== null && validTo <= input.validFrom)
    throw new DomainError('DATES_OUT_OF_ORDER', { validFrom: input.validFrom, validTo }, ['validTo']);
  const { floor } = input;
  if ((input.kind === 'FLOOR_PRICE') !== Boolean(floor) || (input.kind === 'FLOOR_PRICE') === Boolean(input.rate)) {
    throw new DomainError('BAD_INPUT', { expected: 'a floor for FLOOR_PRICE, a rate for the others' });
  }
  const rate = input.rate ?? null;
  if (rate !== null && parseDecimal(rate).units <= 0n) throw new DomainError('FRACTION_INVALID', { rate }, ['rate']);
  return {
    id: input.id,
    kind: input.kind,
    promisorId: input.promisorId,
    productId,
    validFrom: input.validFrom,
    validTo,
    rate,
    floor: floor ? at(['floor'], () => ({ ...parseMoney(floor.amount), per: unitOf(floor.per).code })) : null,
    counts: input.counts,
    weights: input.weights,
  };
}
