import { Args, ID, Int, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { ChangeKind } from '../../core/registry/change.js';
import { pageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { ChangeKindEnum, RegistryChangeConnectionModel, RegistryChangeModel, registryChangeModel } from './registry-feed.model.js';
import type { FeedPage } from './registry-feed.service.js';
import { RegistryFeedService } from './registry-feed.service.js';
import type { RecordedChange } from './registry-log.repository.js';

const AFTER = { type: () => ID, nullable: true, description: 'The seq of the last change that was heard.' };
const KINDS = { type: () => [ChangeKindEnum], nullable: true };
const SUBJECT = { type: () => ID, nullable: true };

@Resolver()
export class RegistryFeedResolver {
  constructor(private readonly feed: RegistryFeedService) {}

  @Query(() => RegistryChangeConnectionModel, {
    description: 'What was told to the registry, in order; without `after` from its beginning.',
  })
  async registryChanges(
    @By() by: Principal,
    @Args('first', { type: () => Int, nullable: true }) first?: number | null,
    @Args('after', AFTER) after?: string | null,
    @Args('kinds', KINDS) kinds?: ChangeKind[] | null,
    @Args('subjectId', SUBJECT) subjectId?: string | null,
  ): Promise<RegistryChangeConnectionModel> {
    const { size } = pageRequest(first, null);
    const place = after ?? null;
    return connection(await this.feed.page(by, place, { kinds: kinds ?? null, subjectId: subjectId ?? null }, size), place !== null);
  }

  @Subscription(() => RegistryChangeModel, {
    name: 'registryChanges',
    description: 'The same as it comes: with `after` first what was missed, without it from now on.',
    resolve: (change: RecordedChange) => registryChangeModel(change),
  })
  async changes(
    @By() by: Principal,
    @Args('after', AFTER) after?: string | null,
    @Args('kinds', KINDS) kinds?: ChangeKind[] | null,
    @Args('subjectId', SUBJECT) subjectId?: string | null,
  ): Promise<AsyncIterableIterator<RecordedChange>> {
    return this.feed.follow(by, after ?? null, { kinds: kinds ?? null, subjectId: subjectId ?? null });
  }
}

/** Its cursors are the numbers of the log themselves: a client may ask after the one that it heard last, wherever it heard it. */
function connection({ changes, through, isEnd }: FeedPage, hasPreviousPage: boolean): RegistryChangeConnectionModel {
  const nodes = changes.map(registryChangeModel);
  const edges = nodes.map((node) => ({ cursor: node.seq, node }));
  const pageInfo = { hasNextPage: !isEnd, hasPreviousPage, startCursor: edges[0]?.cursor ?? null, endCursor: through.toString() };
  return { edges, nodes, pageInfo };
}
