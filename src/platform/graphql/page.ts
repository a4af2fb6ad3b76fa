import type { Type } from '@nestjs/common';
import { Field, ObjectType } from '@nestjs/graphql';
import { DomainError } from '../../core/kernel/errors.js';

export const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 200;

@ObjectType('PageInfo')
export class PageInfoModel {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

/** A Relay connection as a value. */
export interface Connection<Node> {
  edges: Edge<Node>[];
  nodes: Node[];
  pageInfo: PageInfoModel;
}

/** What a repository is asked for: one row more than `size` tells whether there is a next page. */
export interface PageRequest {
  readonly size: number;
  /** The cursor's content, or null for the first page. */
  readonly after: string | null;
}

/** Reads `first` and `after`. Throws BAD_INPUT. */
export function pageRequest(first: number | null | undefined, after: string | null | undefined): PageRequest {
  const size = first ?? PAGE_SIZE_DEFAULT;
  if (size < 1 || size > PAGE_SIZE_MAX) throw new DomainError('BAD_INPUT', { first: size, max: PAGE_SIZE_MAX }, ['first']);
  return { size, after: after ? Buffer.from(after, 'base64url').toString('utf8') : null };
}

/** Makes a connection of `size + 1` rows at most; `key` is what the next page starts after. */
export function connectionOf<Node>(rows: readonly Node[], page: PageRequest, key: (node: Node) => string): Connection<Node> {
  const nodes = rows.slice(0, page.size);
  const edges = nodes.map((node) => ({ cursor: Buffer.from(key(node)).toString('base64url'), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > page.size,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The pair of types of a Relay connection: `@ObjectType() class BatchConnectionModel extends connectionType('Batch', BatchModel) {}`. */
export function connectionType<Node>(name: string, node: Type<Node>): Type<Connection<Node>> {
  @ObjectType(`${name}Edge`)
  class EdgeModel implements Edge<Node> {
    @Field(() => String) cursor!: string;
    @Field(() => node) node!: Node;
  }

  @ObjectType({ isAbstract: true })
  abstract class ConnectionModel implements Connection<Node> {
    @Field(() => [EdgeModel]) edges!: EdgeModel[];
    @Field(() => [node]) nodes!: Node[];
    @Field(() => PageInfoModel) pageInfo!: PageInfoModel;
  }
  return ConnectionModel as Type<Connection<Node>>;
}
