import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../core/kernel/canonical-json.js';
import { DomainError } from '../../core/kernel/errors.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import type { Tx } from '../database/tx.js';
import { ClientRequestRepository } from './client-request.repository.js';

export interface Request {
  /** Made by the client. */
  readonly id: string;
  /** Whose key it came with: an id of another organisation is a conflict, and says nothing of its content. */
  readonly organisationId: string;
  /** The mutation's name. */
  readonly kind: string;
  /** The input as it came, for the hash. */
  readonly content: unknown;
}

export interface Answered<Answer> {
  readonly answer: Answer;
  readonly replayed: boolean;
}

/**
 * The same id with the same content is answered as the first time; the same id with other content is CONFLICT. Only an acceptance binds
 * an id: `make` throws, the transaction rolls back, and the id is free to be sent again mended.
 */
@Injectable()
export class IdempotencyService {
  constructor(private readonly requests: ClientRequestRepository) {}

  /** `Answer` must survive JSON: ids and strings. */
  async once<Answer>(tx: Tx, request: Request, make: () => Promise<Answer>): Promise<Answered<Answer>> {
    const contentHash = sha256Hex(canonicalJson(request.content));
    await this.requests.lock(tx, request.id);
    const known = await this.requests.find(tx, request.id);
    if (known) {
      if (known.organisationId !== request.organisationId) throw new DomainError('CONFLICT', { id: request.id });
      if (known.kind !== request.kind || known.contentHash !== contentHash) {
        throw new DomainError('CONFLICT', { id: request.id, acceptedHash: known.contentHash, hash: contentHash, acceptedAs: known.kind });
      }
      return { answer: known.answer as Answer, replayed: true };
    }
    const answer = await make();
    await this.requests.insert(tx, request.id, { organisationId: request.organisationId, kind: request.kind, contentHash, answer });
    return { answer, replayed: false };
  }
}
