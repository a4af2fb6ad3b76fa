import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { inForce } from '../../core/registry/as-of.js';
import type { Verdict } from '../../core/registry/target-group.js';
import { TARGET_GROUP_DEFAULT, TARGET_GROUPS, verdict } from '../../core/registry/target-group.js';
import type { Tx } from '../../platform/database/tx.js';
import type { StatusEntry } from './household-status.repository.js';
import { HouseholdStatusRepository } from './household-status.repository.js';
import { RegistryLogService } from './registry-log.service.js';

export interface StatusQuestion {
  readonly householdId: string;
  /** Local calendar day. */
  readonly day: string;
}

/** Who was in the target group on a day, as the register was known at a snapshot. */
@Injectable()
export class StatusService {
  constructor(
    private readonly statuses: HouseholdStatusRepository,
    private readonly log: RegistryLogService,
  ) {}

  /** The name of what the register knows now. It can be read back. */
  async snapshot(tx: Tx): Promise<string> {
    return this.log.snapshot(tx);
  }

  /** One verdict a question, in their order. Throws BAD_INPUT for a target group that is not known, SNAPSHOT_UNKNOWN. */
  async verdicts(
    tx: Tx,
    questions: readonly StatusQuestion[],
    snapshotId: string,
    targetGroupId: string = TARGET_GROUP_DEFAULT,
  ): Promise<Verdict[]> {
    const group = TARGET_GROUPS.find(({ id }) => id === targetGroupId);
    if (!group) throw new DomainError('BAD_INPUT', { targetGroup: targetGroupId, known: TARGET_GROUPS.map(({ id }) => id) });
    const seq = await this.log.seqOf(snapshotId, tx);
    const entries = await this.statuses.recordedBy(tx, [...new Set(questions.map((question) => question.householdId))], seq);
    const byHousehold = new Map<string, StatusEntry[]>();
    for (const entry of entries) byHousehold.set(entry.householdId, [...(byHousehold.get(entry.householdId) ?? []), entry]);
    return questions.map(({ householdId, day }) => verdict(inForce(byHousehold.get(householdId) ?? [], { on: day, seq }), group));
  }
}
