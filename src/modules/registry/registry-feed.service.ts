import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { follow } from '../../platform/pubsub/follow.js';
import { PubSub } from '../../platform/pubsub/pubsub.js';
import type { Principal } from '../identity/index.js';
import { oversees } from '../identity/index.js';
import type { ChangeFilter, FeedViewer, RecordedChange } from './registry-log.repository.js';
import { RegistryLogRepository } from './registry-log.repository.js';
import { REGISTRY_NEWS, RegistryLogService } from './registry-log.service.js';

/** How much of the log one question walks through; who may see little of it asks again from where it ended. */
export const FEED_SPAN = 50_000n;
/** Changes of one look of a subscription. */
const FOLLOWED_MAX = 200;
const SEQ = /^-?\d{1,18}$/;

export interface FeedPage {
  /** At most `size`. */
  readonly changes: readonly RecordedChange[];
  /** Up to here everything was looked through: what to ask after next. */
  readonly through: bigint;
  readonly isEnd: boolean;
}

/** The log as other systems hear it: what each may know of, in order, from where it left off. */
@Injectable()
export class RegistryFeedService {
  constructor(
    private readonly database: Database,
    private readonly pubSub: PubSub,
    private readonly log: RegistryLogService,
    private readonly changes: RegistryLogRepository,
  ) {}

  /** The next changes after a number; null: from the beginning. Throws BAD_INPUT. */
  async page(principal: Principal, after: string | null, filter: ChangeFilter, size: number): Promise<FeedPage> {
    return this.look(viewerOf(principal), after === null ? BEFORE_ALL : requireSeq(after), filter, size);
  }

  /** What comes after a number, for ever; null: after now. Throws BAD_INPUT. */
  async follow(principal: Principal, after: string | null, filter: ChangeFilter): Promise<AsyncIterableIterator<RecordedChange>> {
    const viewer = viewerOf(principal);
    let place = after === null ? await this.log.lastSeq() : requireSeq(after);
    return follow(this.pubSub, REGISTRY_NEWS, async () => {
      for (;;) {
        const { changes, through, isEnd } = await this.look(viewer, place, filter, FOLLOWED_MAX);
        place = through;
        if (changes.length > 0 || isEnd) return changes;
      }
    });
  }

  private async look(viewer: FeedViewer, after: bigint, filter: ChangeFilter, size: number): Promise<FeedPage> {
    const tx = this.database.reader;
    const last = await this.log.lastSeq(tx);
    const first = after === BEFORE_ALL ? ((await this.changes.first(tx)) ?? 0n) - 1n : after;
    const until = first + FEED_SPAN < last ? first + FEED_SPAN : last;
    const found = await this.changes.between(tx, viewer, { after: first, until }, filter, size + 1);
    const changes = found.slice(0, size);
    const through = found.length > size ? (changes.at(-1)?.seq ?? first) : until > first ? until : first;
    return { changes, through, isEnd: through >= last };
  }
}

const BEFORE_ALL = -(2n ** 62n);

function viewerOf(principal: Principal): FeedViewer {
  const { organisationId, areaCode } = principal;
  return { organisationId, oversees: oversees(principal) || principal.role === 'VILLAGE_WORKER', areaCode };
}

function requireSeq(after: string): bigint {
  if (!SEQ.test(after)) throw new DomainError('BAD_INPUT', { expected: 'the seq of a change', found: after.slice(0, 32) }, ['after']);
  return BigInt(after);
}
