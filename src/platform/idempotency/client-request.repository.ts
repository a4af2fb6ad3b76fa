import { Injectable } from '@nestjs/common';
import { RowsInsert } from '../database/rows.js';
import type { Tx } from '../database/tx.js';

export interface ClientRequest {
  readonly id: string;
  readonly organisationId: string;
  readonly kind: string;
  readonly contentHash: string;
  /** See ContentHash. */
  readonly hashVersion: number;
  readonly answer: unknown;
}

interface RequestRow {
  id: string;
  organisation_id: string;
  kind: string;
  content_hash: string;
  hash_version: number;
  answer: unknown;
}

const REQUESTS = new RowsInsert<ClientRequest>('client_requests', {
  id: ['uuid', (request) => request.id],
  organisation_id: ['uuid', (request) => request.organisationId],
  kind: ['text', (request) => request.kind],
  content_hash: ['text', (request) => request.contentHash],
  hash_version: ['int', (request) => request.hashVersion],
  answer: ['jsonb', (request) => request.answer],
});

/** Table client_requests: which client id was accepted with which content, and what was answered. Append-only. */
@Injectable()
export class ClientRequestRepository {
  /** Holds the ids until the transaction ends: two at the same moment come one after the other. In one order, so that two groups never cross. */
  async lock(tx: Tx, ids: readonly string[]): Promise<void> {
    await tx.query(
      `SELECT count(pg_advisory_xact_lock(key))
       FROM (SELECT DISTINCT hashtextextended(id, 0) AS key FROM unnest($1::text[]) AS id ORDER BY key) AS ordered`,
      [ids],
    );
  }

  async find(tx: Tx, ids: readonly string[]): Promise<ClientRequest[]> {
    const rows = await tx.query<RequestRow>(
      'SELECT id, organisation_id, kind, content_hash, hash_version, answer FROM client_requests WHERE id = ANY($1::uuid[])',
      [ids],
    );
    return rows.map((row) => ({
      id: row.id,
      organisationId: row.organisation_id,
      kind: row.kind,
      contentHash: row.content_hash,
      hashVersion: row.hash_version,
      answer: row.answer,
    }));
  }

  async insert(tx: Tx, requests: readonly ClientRequest[]): Promise<void> {
    await REQUESTS.insert(tx, requests);
  }
}
