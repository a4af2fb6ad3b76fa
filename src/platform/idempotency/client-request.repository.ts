import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';

export interface ClientRequest {
  readonly organisationId: string;
  readonly kind: string;
  readonly contentHash: string;
  readonly answer: unknown;
}

/** Table client_requests: which client id was accepted with which content, and what was answered. Append-only. */
@Injectable()
export class ClientRequestRepository {
  /** Holds the id until the transaction ends: two at the same moment come one after the other. */
  async lock(tx: Tx, id: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [id]);
  }

  async find(tx: Tx, id: string): Promise<ClientRequest | null> {
    const row = await tx.first<{ organisation_id: string; kind: string; content_hash: string; answer: unknown }>(
      'SELECT organisation_id, kind, content_hash, answer FROM client_requests WHERE id = $1',
      [id],
    );
    return row && { organisationId: row.organisation_id, kind: row.kind, contentHash: row.content_hash, answer: row.answer };
  }

  async insert(tx: Tx, id: string, request: ClientRequest): Promise<void> {
    await tx.query('INSERT INTO client_requests (id, organisation_id, kind, content_hash, answer) VALUES ($1, $2, $3, $4, $5)', [
      id,
      request.organisationId,
      request.kind,
      request.contentHash,
      JSON.stringify(request.answer),
    ]);
  }
}
