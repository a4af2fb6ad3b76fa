import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { canonicalJson } from '../../core/kernel/canonical-json.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Tx } from '../database/tx.js';
import type { ClientRequest } from './client-request.repository.js';
import { ClientRequestRepository } from './client-request.repository.js';
import { ContentHash, HASH_VERSION } from './content-hash.js';

export interface Request {
  /** Made by the client. */
  readonly id: string;
  /** Whose key it came with: an id of another organisation is a conflict, and says nothing of its content. */
  readonly organisationId: string;
  /** The mutation's name. */
  readonly kind: string;
  /** The input as it came, for the hash. */
  readonly content: unknown;
  /** Its canonical JSON, where the caller has made it already. */
  readonly canonical?: string;
}

export interface Answered<Answer> {
  readonly answer: Answer;
  readonly replayed: boolean;
}

/**
 * The same id with the same content is answered as the first time; the same id with other content is CONFLICT. Only an acceptance binds
 * an id: what is rejected leaves it free to be sent again mended.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly requests: ClientRequestRepository,
    private readonly contentHash: ContentHash,
  ) {}

  /** `make` rejects by throwing, which rolls the transaction back. `Answer` must survive JSON: ids and strings. */
  async once<Answer>(tx: Tx, request: Request, make: () => Promise<Answer>): Promise<Answered<Answer>> {
    const [result] = await this.onceEach<Answer>(tx, [request], async () => [await make()]);
    assert(result, 'Every request is answered.');
    if (result instanceof DomainError) throw result;
    return result;
  }

  /**
   * The same for a list, by a fixed number of statements: answers one result a request, in their order. `make` is told the places of the
   * requests that are new and answers each, or with its rejection, having stored nothing of what it rejects. An id that stands in the list twice
   * is made once, by the first that is accepted; `make` is called again only for those that follow a rejected one of their id.
   */
  async onceEach<Answer>(
    tx: Tx,
    requests: readonly Request[],
    make: (places: readonly number[]) => Promise<readonly (Answer | DomainError)[]>,
  ): Promise<(Answered<Answer> | DomainError)[]> {
    const ids = [...new Set(requests.map((request) => request.id))];
    await this.requests.lock(tx, ids);
    const found = await this.requests.find(tx, ids);
    const accepted = new Map(found.map((request) => [request.id, { ...request, contentHash: this.contentHash.now(request) }]));
    const hashes = requests.map((request) => this.contentHash.of(request.canonical ?? canonicalJson(request.content)));
    const results = new Map<number, Answered<Answer> | DomainError>();
    const made: ClientRequest[] = [];
    for (;;) {
      const leaders = new Map<string, number>();
      for (const [place, request] of requests.entries()) {
        if (results.has(place)) continue;
        const known = accepted.get(request.id);
        if (known) results.set(place, replayOf<Answer>(known, request, hashes[place] ?? ''));
        else if (!leaders.has(request.id)) leaders.set(request.id, place);
      }
      if (leaders.size === 0) break;
      const places = [...leaders.values()];
      const outcomes = await make(places);
      for (const [i, place] of places.entries()) {
        const [request, answer] = [requests[place], outcomes[i]];
        assert(request && answer !== undefined, 'Every new request is answered.');
        if (answer instanceof DomainError) {
          results.set(place, answer);
          continue;
        }
        const { id, organisationId, kind } = request;
        const acceptance = { id, organisationId, kind, contentHash: hashes[place] ?? '', hashVersion: HASH_VERSION, answer };
        results.set(place, { answer, replayed: false });
        accepted.set(id, acceptance);
        made.push(acceptance);
      }
    }
    await this.requests.insert(tx, made);
    return requests.map((_, place) => {
      const result = results.get(place);
      assert(result, 'Every request is answered.');
      return result;
    });
  }
}

function replayOf<Answer>(known: ClientRequest, request: Request, contentHash: string): Answered<Answer> | DomainError {
  if (known.organisationId !== request.organisationId) return new DomainError('CONFLICT', { id: request.id });
  if (known.kind !== request.kind || known.contentHash !== contentHash) {
    return new DomainError('CONFLICT', {
      id: request.id,
      acceptedHash: known.contentHash,
      hash: contentHash,
      acceptedAs: known.kind,
    });
  }
  return { answer: known.answer as Answer, replayed: true };
}
