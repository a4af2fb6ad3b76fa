import { Injectable } from '@nestjs/common';
import type { RegistryChange, SubjectKind } from '../../core/registry/change.js';
import { CHANGES } from '../../core/registry/change.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';

/** A change as it stands in the log. */
export interface RecordedChange extends RegistryChange {
  readonly seq: bigint;
  readonly subjectKind: SubjectKind;
  readonly recordedAt: Date;
}

type NewChange = RegistryChange & { readonly seq: bigint; readonly recordedAt: Date };

const CHANGES_INSERT = new RowsInsert<NewChange>('registry_changes', {
  seq: ['bigint', (change) => change.seq],
  kind: ['text', (change) => change.kind],
  subject_kind: ['text', (change) => CHANGES[change.kind].subject],
  subject_id: ['text', (change) => change.subjectId],
  organisation_id: ['uuid', (change) => change.organisationId],
  source_id: ['uuid', (change) => change.sourceId],
  concerns_id: ['uuid', (change) => change.concernsId],
  household_id: ['uuid', (change) => change.householdId],
  area_code: ['text', (change) => change.areaCode],
  recorded_at: ['timestamptz', (change) => change.recordedAt],
});

/** Table registry_changes. Append-only. */
@Injectable()
export class RegistryLogRepository {
  /** Until the commit nobody else adds: the order of numbers is the order of commits, and a lower one never appears after a higher. */
  async lock(tx: Tx): Promise<void> {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('registry', 0))");
  }

  /** Throws nothing; the caller holds the lock. */
  async insert(tx: Tx, changes: readonly NewChange[]): Promise<void> {
    await CHANGES_INSERT.insert(tx, changes);
  }

  /** The end of the log; null where nothing was ever recorded. */
  async last(tx: Tx): Promise<{ seq: bigint; recordedAt: Date } | null> {
    const row = await tx.first<{ seq: string; recorded_at: Date }>(
      'SELECT seq, recorded_at FROM registry_changes ORDER BY seq DESC LIMIT 1',
    );
    return row && { seq: BigInt(row.seq), recordedAt: row.recorded_at };
  }

  /** The last change that had been recorded by then; null where none had. */
  async lastRecordedBy(tx: Tx, moment: Date): Promise<bigint | null> {
    const row = await tx.first<{ seq: string }>(
      'SELECT seq FROM registry_changes WHERE recorded_at <= $1 ORDER BY recorded_at DESC, seq DESC LIMIT 1',
      [moment],
    );
    return row && BigInt(row.seq);
  }
}
