import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';
import type { MessageRow, QuarantineRow, StateRow } from './facts.js';

/** Rows of one statement: bounds its size where a group holds many backfills. */
export const MESSAGE_ROWS_MAX = 5_000;

// Epoch milliseconds: a driver spells out thousands of dates slowly.
const timeOf = (epochMs: string): string => `timestamptz 'epoch' + (${epochMs}) * interval '1 ms'`;
// An array of arrays of different lengths is none in SQL: each message's own arrays travel as the text of an array.
const ARRIVED = `unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
  $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
  AS arrived(device_id, sent_time, sequence, payload_hash, measured_at, received_at, time_source, flags, channels, readings, raw_values, units)`;
const INSERT_ARRIVED = `INSERT INTO reading_messages
  (device_id, sent_time, sequence, payload_hash, measured_at, received_at, time_source, flags, channels, readings, raw_values, units)
  SELECT device_id, sent_time, sequence, decode(payload_hash, 'hex'), ${timeOf('measured_at')}, ${timeOf('received_at')}, time_source,
    flags::text[], channels::text[], readings::numeric[], raw_values::text[], units::text[]
  FROM ${ARRIVED}`;

/** Tables reading_messages, device_states and quarantined_messages, as the MQTT door fills them. */
@Injectable()
export class MessageRepository {
  /** What was stored before is passed over. */
  async insert(tx: Tx, rows: readonly MessageRow[]): Promise<void> {
    for (const part of partsOf(rows)) {
      await tx.query(`${INSERT_ARRIVED} ON CONFLICT (device_id, sent_time, sequence, payload_hash) DO NOTHING`, columnsOf(part));
    }
  }

  /** Passes over what the same device said in the same words within `windowMs` before, committed or earlier in this transaction. */
  async insertUnlessHeard(tx: Tx, rows: readonly MessageRow[], windowMs: number): Promise<void> {
    for (const part of partsOf(rows)) {
      await tx.query(
        `${INSERT_ARRIVED}
         WHERE NOT EXISTS (
           SELECT FROM reading_messages heard
           WHERE heard.device_id = arrived.device_id AND heard.payload_hash = decode(arrived.payload_hash, 'hex')
             AND heard.measured_at BETWEEN ${timeOf('arrived.received_at - $13::bigint')} AND ${timeOf('arrived.received_at')})
         ON CONFLICT (device_id, sent_time, sequence, payload_hash) DO NOTHING`,
        [...columnsOf(part), windowMs],
      );
    }
  }

  /** At most one row a device. */
  async putStates(tx: Tx, rows: readonly StateRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO device_states (device_id, state, received_at)
       SELECT * FROM unnest($1::uuid[], $2::jsonb[], $3::timestamptz[])
       ON CONFLICT (device_id) DO UPDATE SET state = EXCLUDED.state, received_at = EXCLUDED.received_at
         WHERE device_states.received_at <= EXCLUDED.received_at`,
      [rows.map((row) => row.deviceId), rows.map((row) => JSON.stringify(row.state)), rows.map((row) => new Date(row.receivedAtMs))],
    );
  }

  async quarantine(tx: Tx, rows: readonly QuarantineRow[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO quarantined_messages (principal, topic, payload, reason, received_at)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::timestamptz[])`,
      [
        rows.map((row) => row.principal),
        rows.map((row) => row.topic),
        rows.map((row) => row.payload),
        rows.map((row) => row.reason),
        rows.map((row) => new Date(row.receivedAtMs)),
      ],
    );
  }
}

function partsOf(rows: readonly MessageRow[]): MessageRow[][] {
  const parts: MessageRow[][] = [];
  for (let start = 0; start < rows.length; start += MESSAGE_ROWS_MAX) parts.push(rows.slice(start, start + MESSAGE_ROWS_MAX));
  return parts;
}

function columnsOf(rows: readonly MessageRow[]): (string | number | bigint | null)[][] {
  return [
    rows.map((row) => row.deviceId),
    rows.map((row) => row.sentTime),
    rows.map((row) => row.sequence),
    rows.map((row) => row.payloadHash),
    rows.map((row) => row.measuredAtMs),
    rows.map((row) => row.receivedAtMs),
    rows.map((row) => row.timeSource),
    rows.map((row) => arrayText(row.flags)),
    rows.map((row) => arrayText(row.channels)),
    rows.map((row) => arrayText(row.readings)),
    rows.map((row) => arrayText(row.rawValues)),
    rows.map((row) => arrayText(row.units)),
  ];
}

/** PostgreSQL's text of an array (its documentation, 8.15.2). */
function arrayText(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}
