import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Principal } from '../identity/index.js';
import { HouseholdLookupService } from './household-lookup.service.js';
import { HouseholdStatusRepository } from './household-status.repository.js';
import { RegistrationService, unique } from './registration.service.js';
import { RegistryLogService } from './registry-log.service.js';
import type { HouseholdStatusInput, RecordHouseholdStatusInput } from './registry.input.js';
import { said } from './said.js';

export const STATUS_EVIDENCE_MAX = 50;
const SHORT_TEXT_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 2_000;

/** What the register says of a household. */
@Injectable()
export class HouseholdStatusService {
  constructor(
    private readonly registration: RegistrationService,
    private readonly households: HouseholdLookupService,
    private readonly statuses: HouseholdStatusRepository,
    private readonly log: RegistryLogService,
    private readonly clock: Clock,
  ) {}

  async record(principal: Principal, input: RecordHouseholdStatusInput): Promise<{ replayed: boolean }> {
    return this.registration.once(principal, 'recordHouseholdStatus', input, async (tx) => {
      const { areaCode } = await this.households.require(tx, input.householdId);
      if (!areaCode.startsWith(principal.areaCode ?? ''))
        throw new DomainError('NOT_FOUND', { householdId: input.householdId }, ['householdId']);
      await this.add(tx, principal, { id: input.id, householdId: input.householdId, areaCode }, input.status);
    });
  }

  /** Throws BAD_INPUT, TOO_MANY_ITEMS, ALREADY_EXISTS. */
  async add(
    tx: Tx,
    principal: Principal,
    { id, householdId, areaCode }: { readonly id: string; readonly householdId: string; readonly areaCode: string },
    status: HouseholdStatusInput,
  ): Promise<void> {
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
    const { organisationId } = principal;
    const seq = await this.log.appendOne(tx, { kind: 'HOUSEHOLD_STATUS', subjectId: householdId, organisationId, householdId, areaCode });
    await unique(this.statuses.insert(tx, entry, seq, organisationId, new Date(this.clock.nowMs())));
  }
}
