import { Injectable } from '@nestjs/common';
import { assert, BrokenInvariant } from '../../core/kernel/assert.js';
import { canonicalJson } from '../../core/kernel/canonical-json.js';
import { DomainError } from '../../core/kernel/errors.js';
import { Database, sqlState } from '../../platform/database/database.js';
import { GroupCommit } from '../../platform/database/group-commit.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Made } from './acting.js';
import type { AskedDelivery } from './delivery-lookup.service.js';
import type { TakenDelivery } from './delivery-plan.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import { DeliveryService } from './delivery.service.js';

/** The largest transaction: beyond this a statement gets no cheaper by the row, and whoever waits waits longer. */
export const GROUP_DELIVERIES_MAX = 500;
/** A delivery is about 1 kB; what it is stored as, some ten times that. */
export const GROUP_BYTES_MAX = 4 * 1_024 * 1_024;
/** One is prepared here while the other is stored there. Where they touch the same lots, the locks of the lots keep them apart. */
export const GROUPS_AT_ONCE_MAX = 2;
export const QUEUE_DELIVERIES_MAX = 20_000;
export const QUEUE_BYTES_MAX = 64 * 1_024 * 1_024;

/** Data exceptions, constraints, program limits: a row is to blame. */
const FAULTS_OF_A_ROW: ReadonlySet<string> = new Set(['22', '23', '54']);

/** A delivery that is on record now; what it made is at hand where it was made by this very call. */
export interface RecordedDelivery extends Made {
  readonly replayed: boolean;
  readonly fresh: TakenDelivery | null;
}

/**
 * The one way of a delivery into the store, alone or in a queue: with all that arrived meanwhile, of whomever, in one transaction. One is in
 * flight; each delivery stands or falls alone.
 */
@Injectable()
export class DeliveryGroups {
  private readonly commits = new GroupCommit<AskedDelivery, RecordedDelivery | DomainError>((asked) => this.write(asked), {
    itemsMax: GROUP_DELIVERIES_MAX,
    writesMax: GROUPS_AT_ONCE_MAX,
    bytesMax: GROUP_BYTES_MAX,
    queueItemsMax: QUEUE_DELIVERIES_MAX,
    queueBytesMax: QUEUE_BYTES_MAX,
    bytesOf: ({ canonical }) => canonical.length,
    isItemsFault,
  });

  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly deliveries: DeliveryService,
  ) {}

  /** Resolves after the commit. Rejects with what the delivery is rejected for, or with BUSY. */
  async record(organisationId: string, input: RecordDeliveryInput): Promise<RecordedDelivery> {
    const recorded = await this.commits.submit(askedOf(organisationId, input));
    if (recorded instanceof DomainError) throw recorded;
    return recorded;
  }

  /** The same for several, in their order; each has its own outcome. */
  recordTogether(
    organisationId: string,
    inputs: readonly RecordDeliveryInput[],
  ): Promise<PromiseSettledResult<RecordedDelivery | DomainError>[]> {
    return this.commits.submitTogether(inputs.map((input) => askedOf(organisationId, input)));
  }

  private async write(asked: readonly AskedDelivery[]): Promise<(RecordedDelivery | DomainError)[]> {
    return this.database.transaction((tx) => this.writeIn(tx, asked));
  }

  private async writeIn(tx: Tx, asked: readonly AskedDelivery[]): Promise<(RecordedDelivery | DomainError)[]> {
    const fresh = new Map<string, TakenDelivery>();
    const requests = asked.map(({ organisationId, input, canonical }) => ({
      id: input.id,
      organisationId,
      kind: 'recordDelivery',
      content: input,
      canonical,
    }));
    const results = await this.idempotency.onceEach<Made>(tx, requests, async (places) => {
      const taken = await this.deliveries.record(
        tx,
        places.map((place) => {
          const one = asked[place];
          assert(one, 'Only what was asked is recorded.');
          return one;
        }),
      );
      return taken.map((one) => {
        if (one instanceof DomainError) return one;
        fresh.set(one.event.captureId, one);
        return { eventId: one.event.id, batchIds: [one.batch.id] };
      });
    });
    return results.map((result, place) => {
      if (result instanceof DomainError) return result;
      const { answer, replayed } = result;
      return { ...answer, replayed, fresh: replayed ? null : (fresh.get(asked[place]?.input.id ?? '') ?? null) };
    });
  }
}

/** What a delivery is hashed as needs nobody: it is made while another group is being written. */
function askedOf(organisationId: string, input: RecordDeliveryInput): AskedDelivery {
  return { organisationId, input, canonical: canonicalJson(input) };
}

/** What one delivery alone may have caused; a lost connection or a full disk is nobody's, and is not tried again in halves. */
function isItemsFault(error: unknown): boolean {
  const ours = [DomainError, BrokenInvariant, TypeError, RangeError].some((kind) => error instanceof kind);
  return ours || FAULTS_OF_A_ROW.has(sqlState(error)?.slice(0, 2) ?? '');
}
