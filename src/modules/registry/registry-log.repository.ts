import { Injectable } from '@nestjs/common';
import type { Audience, ChangeKind, RegistryChange, SubjectKind } from '../../core/registry/change.js';
import { CHANGES, kindsFor } from '../../core/registry/change.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import { standingSql } from './standing.js';

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

  /** The lowest number; null where nothing was ever recorded. */
  async first(tx: Tx): Promise<bigint | null> {
    const row = await tx.first<{ seq: string }>('SELECT seq FROM registry_changes ORDER BY seq LIMIT 1');
    return row && BigInt(row.seq);
  }

  /** Those after a number up to another that the viewer may know of, in order. */
  async between(
    tx: Tx,
    viewer: FeedViewer,
    { after, until }: { readonly after: bigint; readonly until: bigint },
    { kinds, subjectId }: ChangeFilter,
    size: number,
  ): Promise<RecordedChange[]> {
    const rows = await tx.query<ChangeRow>(
      `SELECT seq, kind, subject_kind, subject_id, organisation_id, source_id, concerns_id, household_id, area_code, recorded_at
       FROM registry_changes AS change
       WHERE seq > $1 AND seq <= $2 AND ($3::text[] IS NULL OR kind = ANY($3)) AND ($4::text IS NULL OR subject_id = $4)
         AND ${VISIBLE}
       ORDER BY seq LIMIT $8`,
      [after, until, kinds, subjectId, viewer.organisationId, viewer.oversees, viewer.areaCode, size],
    );
    return rows.map(changeOf);
  }
}

/** Who asks: of which organisation, whether of those who oversee, and where (null: everywhere). */
export interface FeedViewer {
  readonly organisationId: string;
  readonly oversees: boolean;
  readonly areaCode: string | null;
}

export interface ChangeFilter {
  /** null: all. */
  readonly kinds: readonly ChangeKind[] | null;
  readonly subjectId: string | null;
}

interface ChangeRow {
  seq: string;
  kind: ChangeKind;
  subject_kind: SubjectKind;
  subject_id: string;
  organisation_id: string;
  source_id: string | null;
  concerns_id: string | null;
  household_id: string | null;
  area_code: string | null;
  recorded_at: Date;
}

/**
 * What core/registry/change.ts says of audiences. $5 is the organisation that asks, $6 whether it oversees, $7 its area. A cooperative hears
 * nothing of a household that had left it by then.
 */
const VISIBLE = `(organisation_id = $5 OR kind = ANY(${literals('EVERYBODY')})
  OR ($6 AND ($7::text IS NULL OR starts_with(area_code, $7)))
  OR (kind = ANY(${literals('OWNER', 'COOPERATIVES')}) AND concerns_id = $5)
  OR (kind = ANY(${literals('COOPERATIVES')})
      AND EXISTS (SELECT FROM memberships AS fact WHERE fact.household_id = change.household_id AND fact.cooperative_id = $5
                    AND (fact.valid_to IS NULL OR fact.valid_to > change.recorded_at::date) AND ${standingSql('memberships', 'fact', '$2')})))`;

function literals(...audiences: readonly Audience[]): string {
  return `'{${audiences.flatMap(kindsFor).join(',')}}'::text[]`;
}

function changeOf(row: ChangeRow): RecordedChange {
  return {
    seq: BigInt(row.seq),
    kind: row.kind,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    organisationId: row.organisation_id,
    sourceId: row.source_id,
    concernsId: row.concerns_id,
    householdId: row.household_id,
    areaCode: row.area_code,
    recordedAt: row.recorded_at,
  };
}
