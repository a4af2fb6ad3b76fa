import { Args, Int, Query, Resolver } from '@nestjs/graphql';
import { connectionOf, pageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { ReadingFilterInput } from './reading.input.js';
import { ReadingConnectionModel } from './reading.model.js';
import { cursorOf } from './reading-cursor.js';
import { ReadingService } from './reading.service.js';

@Resolver()
export class ReadingResolver {
  constructor(private readonly service: ReadingService) {}

  @Query(() => ReadingConnectionModel, { description: 'The newest by measuredAt first.' })
  async readings(
    @By() principal: Principal,
    @Args('filter') filter: ReadingFilterInput,
    @Args('first', { type: () => Int, nullable: true }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<ReadingConnectionModel> {
    const page = pageRequest(first, after);
    const rows = await this.service.page(principal, filter, page);
    const found = connectionOf(rows, page, cursorOf);
    const edges = found.edges.map(({ cursor, node }) => ({ cursor, node: { ...node, id: `${node.messageId}.${node.position}` } }));
    return { edges, nodes: edges.map(({ node }) => node), pageInfo: found.pageInfo };
  }
}
