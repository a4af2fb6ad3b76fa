import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheSpace } from '../../platform/cache/cache.js';
import { Cache } from '../../platform/cache/cache.js';
import type { EpcisDocument } from '../../core/epcis/epcis-json.js';
import type { ProductDocument } from './digital-link.service.js';

/** How old a public page or document may be; a client may keep its copy as long again before it asks whether there is another. */
export const PUBLIC_FRESH_MS = 5_000;
/** Of any number of addresses that strangers ask for. */
const PAGES: CacheSpace = { name: 'provenance-page', ttlMs: PUBLIC_FRESH_MS, valueBytesMax: 128 * 1_024 };
const DOCUMENTS: CacheSpace = { name: 'provenance-document', ttlMs: PUBLIC_FRESH_MS, valueBytesMax: 512 * 1_024 };
const CACHE_CONTROL = `public, max-age=${String(PUBLIC_FRESH_MS / 1_000)}`;

/** A representation with its validator (RFC 9110, 8.8.3). */
export interface Tagged {
  readonly etag: string;
  readonly body: string;
}

/** Public representations that were made a moment ago. */
@Injectable()
export class KeptAnswers {
  constructor(private readonly cache: Cache) {}

  async page(key: string): Promise<Tagged | null> {
    return this.read(PAGES, key);
  }

  async keepPage(key: string, body: string): Promise<Tagged> {
    return this.keep(PAGES, key, { etag: tagOf(body), body });
  }

  /** The tag is weak: a document made again has a new creation date, and says the same. */
  async document(name: string, make: () => Promise<EpcisDocument | ProductDocument>): Promise<Tagged> {
    const kept = await this.read(DOCUMENTS, name);
    if (kept) return kept;
    const document = await make();
    const lasting = 'epcisBody' in document ? document.epcisBody : document;
    return this.keep(DOCUMENTS, name, { etag: `W/${tagOf(JSON.stringify(lasting))}`, body: JSON.stringify(document) });
  }

  private async read(space: CacheSpace, key: string): Promise<Tagged | null> {
    const text = (await this.cache.get(space, key))?.toString();
    if (text === undefined) return null;
    const end = text.indexOf('\n');
    return { etag: text.slice(0, end), body: text.slice(end + 1) };
  }

  private async keep(space: CacheSpace, key: string, tagged: Tagged): Promise<Tagged> {
    await this.cache.set(space, key, `${tagged.etag}\n${tagged.body}`);
    return tagged;
  }
}

/** Sends it, or 304 to who has it already. */
export async function sendTagged(request: FastifyRequest, reply: FastifyReply, { etag, body }: Tagged): Promise<void> {
  void reply.headers({ etag, 'cache-control': CACHE_CONTROL });
  if (isNamed(request.headers['if-none-match'], etag)) await reply.status(304).send();
  else await reply.send(body);
}

/** RFC 9110, 13.1.2: weak comparison. */
function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((tag) => plain(tag) === plain(etag));
}

function tagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}
