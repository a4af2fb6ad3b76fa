import { Injectable } from '@nestjs/common';
import type { MessageFlag, TimeSource } from '../../core/sensing/reading.js';
import type { Tx } from '../../platform/database/tx.js';
import type { ChannelSummary, StoredReading } from './facts.js';
import type { ReadingCursor } from './reading-cursor.js';

export interface ReadingQuestion {
  readonly deviceIds: readonly string[];
  readonly plotId: string | null;
  readonly channel: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly flags: readonly MessageFlag[] | null;
  readonly after: ReadingCursor | null;
}

interface ReadingRow {
  id: string;
  position: string;
  device_id: string;
  channel: string;
  value: string | null;
  raw_value: string;
  unit: string | null;
  measured_at: Date;
  received_at: Date;
  time_source: TimeSource;
  sequence: string | null;
  flags: MessageFlag[];
}

/** An entry of a message's arrays; that a channel carried no number is said of that channel only. */
const VALUES = `CROSS JOIN LATERAL (
  SELECT entry.*, CASE WHEN entry.value IS NULL THEN m.flags ELSE array_remove(m.flags, 'UNREADABLE_VALUE') END AS flags
  FROM unnest(m.channels, m.readings, m.raw_values, m.units) WITH ORDINALITY AS entry(channel, value, raw_value, unit, position)) v`;

/** The plot where the channel hung when it measured: of the deployments that hold, the one that began last decides. */
const PLOT = `(SELECT p.plot_id FROM deployments p
  WHERE p.device_id = m.device_id AND (p.channels IS NULL OR v.channel = ANY(p.channels))
    AND p.valid_from <= m.measured_at AND (p.valid_to IS NULL OR p.valid_to > m.measured_at)
  ORDER BY p.valid_from DESC, p.recorded_at DESC, p.id LIMIT 1)`;

/** Table reading_messages, one reading a channel. */
@Injectable()
export class ReadingRepository {
  /** The newest by measuredAt first; each device's newest are read from its index, then merged. */
  async page(tx: Tx, question: ReadingQuestion, limit: number): Promise<StoredReading[]> {
    const { after } = question;
    const rows = await tx.query<ReadingRow>(
      `SELECT r.* FROM unnest($1::uuid[]) AS device(id)
       CROSS JOIN LATERAL (
         SELECT m.id, v.position, m.device_id, v.channel, v.value::text, v.raw_value, v.unit, m.measured_at, m.received_at, m.time_source,
           m.sequence, v.flags
         FROM reading_messages m ${VALUES}
         WHERE m.device_id = device.id
           AND ($2::text IS NULL OR v.channel = $2)
           AND ($3::timestamptz IS NULL OR m.measured_at >= $3) AND ($4::timestamptz IS NULL OR m.measured_at < $4)
           AND ($5::text[] IS NULL OR v.flags && $5)
           AND ($6::uuid IS NULL OR ${PLOT} = $6)
           AND ($7::timestamptz IS NULL OR m.measured_at <= $7)
           AND ($7::timestamptz IS NULL OR (m.measured_at, m.id) < ($7, $8::bigint)
             OR (m.measured_at = $7 AND m.id = $8::bigint AND v.position > $9::int))
         ORDER BY m.measured_at DESC, m.id DESC, v.position LIMIT $10) r
       ORDER BY r.measured_at DESC, r.id DESC, r.position LIMIT $10`,
      [
        question.deviceIds,
        question.channel,
        question.from,
        question.to,
        question.flags,
        question.plotId,
        after?.measuredAt ?? null,
        after?.messageId ?? null,
        after?.position ?? null,
        limit,
      ],
    );
    return rows.map(readingOf);
  }

  /** Of what hung on one of the plots when it measured, from (included) to (not included). */
  async summaries(tx: Tx, plotIds: readonly string[], from: Date, to: Date): Promise<ChannelSummary[]> {
    const rows = await tx.query<Omit<ChannelSummary, 'count'> & { count: string }>(
      `SELECT v.channel, v.unit, count(*) AS count, min(v.value)::text AS min, max(v.value)::text AS max,
         round(avg(v.value), max(scale(v.value)) + 2)::text AS mean, min(m.measured_at) AS "firstAt", max(m.measured_at) AS "lastAt"
       FROM (SELECT DISTINCT device_id FROM deployments WHERE plot_id = ANY($1::uuid[])) device
       JOIN reading_messages m ON m.device_id = device.device_id AND m.measured_at >= $2 AND m.measured_at < $3 ${VALUES}
       WHERE v.value IS NOT NULL AND ${PLOT} = ANY($1)
       GROUP BY v.channel, v.unit ORDER BY v.channel, v.unit NULLS FIRST`,
      [plotIds, from, to],
    );
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }
}

function readingOf(row: ReadingRow): StoredReading {
  return {
    messageId: row.id,
    position: Number(row.position),
    deviceId: row.device_id,
    channel: row.channel,
    value: row.value,
    rawValue: row.raw_value,
    unit: row.unit,
    measuredAt: row.measured_at,
    receivedAt: row.received_at,
    timeSource: row.time_source,
    sequence: row.sequence,
    flags: row.flags,
  };
}
