import { Injectable } from '@nestjs/common';
import type { HoldingState } from '../../core/batch/stock.js';
import { canonicalise, digitalLink, parseDigitalLink } from '../../core/gs1/digital-link.js';
import { parseGtin } from '../../core/gs1/gtin.js';
import { parseLot } from '../../core/gs1/lot.js';
import { parseShortCode, shortCode } from '../../core/gs1/short-code.js';
import { DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { oversees } from '../identity/index.js';
import type { BatchRefInput } from './batch.input.js';
import type { StoredBatch } from './batch.repository.js';
import { BatchRepository } from './batch.repository.js';
import type { BatchFacts, HoldingFacts } from './facts.js';
import { HoldingRepository } from './holding.repository.js';

@Injectable()
export class BatchService {
  constructor(
    private readonly database: Database,
    private readonly repository: BatchRepository,
    private readonly holdingRepository: HoldingRepository,
  ) {}

  /** The batch a lot of a product is, stored or not yet: its id follows from its name, so two who make it at once make the same. */
  draft(product: { id: string; gtin: string }, lot: string, organisationId: string, createdAt: Date): BatchFacts {
    const name = parseLot(lot);
    const id = derivedUuid('batch', product.gtin, name);
    const link = digitalLink({ gtin: product.gtin, lot: name });
    return {
      id,
      productId: product.id,
      gtin: product.gtin,
      lot: name,
      digitalLink: link,
      shortCode: shortCode(id),
      organisationId,
      createdAt,
    };
  }

  /** The batches that the references name, in their order. Throws NOT_FOUND with the reference's place in the path. */
  async resolve(tx: Tx, refs: readonly BatchRefInput[]): Promise<StoredBatch[]> {
    const keys = await Promise.all(refs.map((ref) => this.keyOf(tx, ref)));
    const ids = keys.flatMap((key) => (key.id === null ? [] : [key.id]));
    const links = keys.flatMap((key) => (key.link === null ? [] : [key.link]));
    const codes = keys.flatMap((key) => (key.code === null ? [] : [key.code]));
    const found = [
      ...(ids.length > 0 ? await this.repository.byIds(tx, ids) : []),
      ...(links.length > 0 ? await this.repository.byDigitalLinks(tx, links) : []),
      ...(codes.length > 0 ? await this.repository.byShortCodes(tx, codes) : []),
    ];
    return keys.map((key, place) => {
      const batch = found.find((one) => one.id === key.id || one.digitalLink === key.link || one.shortCode === key.code);
      if (!batch) throw new DomainError('NOT_FOUND', { batch: refs[place] }, [String(place), 'batch']);
      return batch;
    });
  }

  /** By digital link (any spelling, own host or not) or short code; null where there is none. */
  async byCode(code: string): Promise<StoredBatch | null> {
    const tx = this.database.reader;
    const link = code.includes('/') || code.startsWith('urn:') ? canonicalise(code) : null;
    const [batch] =
      link === null ? await this.repository.byShortCodes(tx, [parseShortCode(code)]) : await this.repository.byDigitalLinks(tx, [link]);
    return batch ?? null;
  }

  async batches(ids: readonly string[], tx: Tx = this.database.reader): Promise<StoredBatch[]> {
    return this.repository.byIds(tx, [...new Set(ids)]);
  }

  async holdings(batchIds: readonly string[], tx: Tx = this.database.reader): Promise<HoldingFacts[]> {
    return (await this.holdingRepository.ofBatches(tx, [...new Set(batchIds)])).flatMap(holdingFacts);
  }

  /** The batch, where the principal's organisation made or held it, or the principal oversees; else null. */
  async find(principal: Principal, ref: BatchRefInput): Promise<StoredBatch | null> {
    const tx = this.database.reader;
    const batch = await this.resolve(tx, [ref]).then(
      ([found]) => found ?? null,
      (error: unknown) => {
        if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
        throw error;
      },
    );
    if (!batch || oversees(principal)) return batch;
    const touched = await this.repository.touchedBy(tx, [batch.id], principal.organisationId);
    return touched.has(batch.id) ? batch : null;
  }

  async page(principal: Principal, filter: { productId: string | null; lot: string | null }, page: PageRequest): Promise<StoredBatch[]> {
    const organisationIds = oversees(principal) ? null : [principal.organisationId];
    return this.repository.page(this.database.reader, { ...filter, organisationIds }, page);
  }

  private async keyOf(tx: Tx, ref: BatchRefInput): Promise<{ id: string | null; link: string | null; code: string | null }> {
    if (ref.id) return { id: ref.id, link: null, code: null };
    if (ref.shortCode) return { id: null, link: null, code: parseShortCode(ref.shortCode) };
    if (ref.gtinLot)
      return { id: null, link: digitalLink({ gtin: parseGtin(ref.gtinLot.gtin), lot: parseLot(ref.gtinLot.lot) }), code: null };
    if (ref.digitalLink) {
      parseDigitalLink(ref.digitalLink);
      return { id: null, link: canonicalise(ref.digitalLink), code: null };
    }
    if (!ref.madeBy) throw new DomainError('BAD_INPUT', { expected: 'one way to name a batch' });
    const made = await this.repository.madeBy(tx, ref.madeBy.captureId);
    // An id that no batch has: what the capture did not make is not found.
    return { id: made[ref.madeBy.output ?? 0] ?? ref.madeBy.captureId, link: null, code: null };
  }
}

function holdingFacts(state: HoldingState): HoldingFacts[] {
  if (state.batchId === null) return [];
  const { id, batchId, holderId, facilityId, version, dimension, made } = state;
  return [{ id, batchId, holderId, facilityId, version, dimension, made, available: made - state.taken, inTransit: state.inTransit > 0n }];
}
