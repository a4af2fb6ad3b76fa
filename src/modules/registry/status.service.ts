import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { entryOn } from '../../core/registry/as-of.js';
import type { Verdict } from '../../core/registry/target-group.js';
import { TARGET_GROUP_DEFAULT, TARGET_GROUPS, verdict } from '../../core/registry/target-group.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Tx } from '../../platform/database/tx.js';
import { DatedFactsRepository } from './dated-facts.repository.js';

export interface StatusQuestion {
  readonly householdId: string;
  /** Local calendar day. */
  readonly day: string;
}

const SNAPSHOT = /^registry-(\d{1,18})$/;

/** Who was in the target group on a day, as the register was known at a snapshot. */
@Injectable()
export class StatusService {
  constructor(private readonly facts: DatedFactsRepository) {}

  /** The name of what the register knows now. It can be read back: entries are only ever added. */
  async snapshot(tx: Tx): Promise<string> {
    return `registry-${(await this.facts.lastStatusSeq(tx)).toString()}`;
  }

  /** One verdict a question, in their order. Throws BAD_INPUT for a target group that is not known. */
  async verdicts(
    tx: Tx,
    questions: readonly StatusQuestion[],
    snapshotId: string,
    targetGroupId: string = TARGET_GROUP_DEFAULT,
  ): Promise<Verdict[]> {
    const group = TARGET_GROUPS.find(({ id }) => id === targetGroupId);
    if (!group) throw new DomainError('BAD_INPUT', { targetGroup: targetGroupId, known: TARGET_GROUPS.map(({ id }) => id) });
    const [, seqMax] = SNAPSHOT.exec(snapshotId) ?? [];
    assert(seqMax !== undefined, 'A registry snapshot has a name of its own form.');
    const entries = await this.facts.statuses(tx, [...new Set(questions.map((question) => question.householdId))], BigInt(seqMax));
    const byHousehold = new Map<string, typeof entries>();
    for (const entry of entries) byHousehold.set(entry.householdId, [...(byHousehold.get(entry.householdId) ?? []), entry]);
    return questions.map(({ householdId, day }) => verdict(entryOn(byHousehold.get(householdId) ?? [], day), group));
  }
}
