import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { convert, parseQuantity, plainUnit, unitOf } from '../../core/kernel/quantity.js';
import type { Tx } from '../../platform/database/tx.js';
import type { ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import type { BatchFacts, BatchRefInput } from '../traceability/index.js';
import { BatchService } from '../traceability/index.js';
import type { FulfilmentLineInput, RecordSaleInput, SaleLineInput } from './sale.input.js';
import type { Order, OrderLine } from './sale-order.js';
import type { Listing } from './shop.entity.js';
import { ShopRepository } from './shop.repository.js';
import type { Counted, Need } from './wholeness.js';
import { drawn, requireRoom } from './wholeness.js';

/** One batch that goes into one line. */
export interface Take {
  readonly lineId: string;
  readonly batch: BatchFacts;
  /** In the product's dimension. */
  readonly quantity: Quantity;
  /** In which it was said, where that measures the product's dimension. */
  readonly unit: string;
  readonly nominal: bigint;
}

export interface LinePlan {
  readonly needs: readonly Need[];
  readonly takes: readonly Take[];
  /** The listing that proposes; null where the lots are known at once. */
  readonly listing: Listing | null;
}

/** What a line must be fulfilled with. */
export interface OpenLine {
  readonly id: string;
  readonly ref: string;
  readonly quantity: Quantity;
  readonly needs: readonly Need[];
  readonly allocated: readonly Counted[];
}

/** Decides what each line needs and which batches go into it; draws nothing. */
@Injectable()
export class LinePlanService {
  constructor(
    private readonly shops: ShopRepository,
    private readonly batches: BatchService,
    private readonly registry: RegistryService,
  ) {}

  /**
   * One plan a line of a final sale, in their order. Throws LISTING_UNKNOWN, NOT_FOUND, LOT_OF_ANOTHER_PRODUCT, LINE_OVERALLOCATED,
   * UNIT_MISMATCH, NET_CONTENT_MISSING.
   */
  async planSale(tx: Tx, input: RecordSaleInput, order: Order, lineIds: readonly string[]): Promise<LinePlan[]> {
    const skus = [...new Set(input.lines.flatMap((line) => (line.sku ? [line.sku] : [])))];
    const listings = input.shopId ? await this.shops.listingsBySku(tx, input.shopId, skus) : [];
    const places = input.lines.flatMap((line, i) =>
      (line.allocations ?? []).map((allocation, j) => ({
        ref: allocation.batch,
        path: ['input', 'lines', String(i), 'allocations', String(j)],
      })),
    );
    const batches = await this.resolveBatches(tx, places);
    const products = await this.products(tx, batches);
    return input.lines.map((line, i) =>
      at(['input', 'lines', i], () => {
        const orderLine = order.lines[i];
        const lineId = lineIds[i];
        assert(orderLine && lineId !== undefined, 'Every line of the input was read.');
        const listing = listings.find((one) => one.sku === line.sku) ?? null;
        const taken = batches.splice(0, line.allocations?.length ?? 0);
        if (taken.length > 0) return planAllocated(line, orderLine, { lineId, listing, batches: taken, products });
        if (!listing) throw new DomainError('LISTING_UNKNOWN', { sku: line.sku ?? '' }, ['sku']);
        return { needs: needsOf(listing, orderLine.quantity), takes: [], listing };
      }),
    );
  }

  /** The takes of a fulfilment. Throws NOT_FOUND, LOT_OF_ANOTHER_PRODUCT, LINE_OVERALLOCATED, UNIT_MISMATCH, NET_CONTENT_MISSING. */
  async planFulfilment(tx: Tx, inputs: readonly FulfilmentLineInput[], lines: readonly OpenLine[]): Promise<Take[]> {
    const batches = await this.resolveBatches(
      tx,
      inputs.map((input, i) => ({ ref: input.batch, path: ['input', 'lines', String(i)] })),
    );
    const products = await this.products(tx, batches);
    const added = new Map<string, Counted[]>();
    return inputs.map((input, i) =>
      at(['input', 'lines', i], () => {
        const line = lines.find((one) => one.ref === input.lineRef);
        if (!line) throw new DomainError('NOT_FOUND', { lineRef: input.lineRef }, ['lineRef']);
        const batch = batches[i];
        assert(batch, 'Every batch that is asked for is answered.');
        const product = productOf(products, batch);
        requireSold(line.needs, product.id);
        const quantity = at(['quantity'], () => parseQuantity(input.quantity));
        const weight = input.actualWeight ? at(['actualWeight'], () => parseQuantity(input.actualWeight ?? { value: '', unit: '' })) : null;
        const { taken, nominal } = drawn(line, product, quantity, weight);
        const counted = { productId: product.id, nominal };
        const before = added.get(line.id) ?? [];
        requireRoom(line.needs, [...line.allocated, ...before], counted);
        added.set(line.id, [...before, counted]);
        return { lineId: line.id, batch, quantity: taken, unit: unitFor(taken, (input.actualWeight ?? input.quantity).unit), nominal };
      }),
    );
  }

  private async resolveBatches(tx: Tx, places: readonly { ref: BatchRefInput; path: readonly string[] }[]): Promise<BatchFacts[]> {
    try {
      return await this.batches.resolve(
        tx,
        places.map((place) => place.ref),
      );
    } catch (error) {
      // The door counts the references it was given; the caller counts lines and allocations.
      const place = error instanceof DomainError ? places[Number(error.path[0])] : undefined;
      throw error instanceof DomainError && place ? new DomainError(error.code, error.detail, [...place.path, 'batch']) : error;
    }
  }

  private async products(tx: Tx, batches: readonly BatchFacts[]): Promise<ProductFacts[]> {
    return this.registry.products([...new Set(batches.map((batch) => batch.productId))], tx);
  }
}

function planAllocated(
  line: SaleLineInput,
  { quantity }: OrderLine,
  given: { lineId: string; listing: Listing | null; batches: readonly BatchFacts[]; products: readonly ProductFacts[] },
): LinePlan {
  const { lineId, listing, batches, products } = given;
  const takes = (line.allocations ?? []).map((allocation, j) =>
    at(['allocations', j], () => {
      const batch = batches[j];
      assert(batch, 'Every batch that is asked for is answered.');
      const product = productOf(products, batch);
      const taken = at(['quantity'], () => convert(parseQuantity(allocation.quantity), product.dimension, product.netContent));
      return { lineId, batch, quantity: taken, unit: unitFor(taken, allocation.quantity.unit), nominal: taken.amount };
    }),
  );
  const needs = listing ? needsOf(listing, quantity) : needsOfTakes(takes, products, quantity);
  const counted: Counted[] = [];
  takes.forEach((take, j) =>
    at(['allocations', j], () => {
      const one = { productId: take.batch.productId, nominal: take.nominal };
      requireRoom(needs, counted, one);
      counted.push(one);
    }),
  );
  return { needs, takes, listing: null };
}

/** Pieces of the listing × what stands in one piece. Throws UNIT_MISMATCH: a listing is sold by the piece. */
function needsOf(listing: Listing, quantity: Quantity): Need[] {
  if (quantity.dimension !== 'COUNT') throw new DomainError('UNIT_MISMATCH', { expected: 'H87', sku: listing.sku }, ['quantity']);
  return listing.components.map(({ productId, dimension, amount, revenueWeight }) => ({
    productId,
    dimension,
    amount: quantity.amount * BigInt(amount),
    revenueWeight,
  }));
}

/** Without a listing the lots themselves say what the line is of: one product by the line's quantity; of a mixed parcel, what is in it. */
function needsOfTakes(takes: readonly Take[], products: readonly ProductFacts[], quantity: Quantity): Need[] {
  const productIds = [...new Set(takes.map((take) => take.batch.productId))];
  return productIds.map((productId) => {
    const product = products.find((one) => one.id === productId);
    assert(product, 'Every batch is of a product.');
    const mixed = takes.filter((take) => take.batch.productId === productId).reduce((total, take) => total + take.nominal, 0n);
    const amount = productIds.length > 1 ? mixed : at(['quantity'], () => convert(quantity, product.dimension, product.netContent).amount);
    return { productId, dimension: product.dimension, amount, revenueWeight: null };
  });
}

function requireSold(needs: readonly Need[], productId: string): void {
  if (needs.some((need) => need.productId === productId)) return;
  throw new DomainError('LOT_OF_ANOTHER_PRODUCT', { productId, sold: needs.map((need) => need.productId).join(' ') }, ['batch']);
}

function productOf(products: readonly ProductFacts[], batch: BatchFacts): ProductFacts {
  const product = products.find((one) => one.id === batch.productId);
  assert(product, 'Every batch is of a product.');
  return product;
}

function unitFor(quantity: Quantity, said: string): string {
  return unitOf(said).dimension === quantity.dimension ? said : plainUnit(quantity.dimension);
}
