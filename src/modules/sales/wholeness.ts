import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import type { Dimension, Quantity } from '../../core/kernel/quantity.js';
import { convert } from '../../core/kernel/quantity.js';

/** What of one product must be allocated before a line is whole, in the product's own dimension. */
export interface Need {
  readonly productId: string;
  readonly dimension: Dimension;
  readonly amount: bigint;
  /** Of a listing's component, as said; null where none was. */
  readonly revenueWeight: string | null;
}

/** What was allocated, as it counts towards the need: a weighed pack counts as the pack that was sold, whatever it weighs. */
export interface Counted {
  readonly productId: string;
  readonly nominal: bigint;
}

export interface MeasuredProduct {
  readonly id: string;
  readonly dimension: Dimension;
  readonly netContent: Quantity | null;
}

export function isWhole(needs: readonly Need[], allocated: readonly Counted[]): boolean {
  return needs.every((need) => rest(need, allocated) === 0n);
}

/** What is missing of one need; never below zero (requireRoom saw to that). */
export function rest(need: Need, allocated: readonly Counted[]): bigint {
  const sum = allocated.filter((one) => one.productId === need.productId).reduce((total, one) => total + one.nominal, 0n);
  assert(sum <= need.amount, 'A line is never allocated beyond what was sold.');
  return need.amount - sum;
}

/** Throws LOT_OF_ANOTHER_PRODUCT where the line sells no such product, LINE_OVERALLOCATED where it would get more than was sold. */
export function requireRoom(needs: readonly Need[], allocated: readonly Counted[], added: Counted): void {
  const need = needs.find((one) => one.productId === added.productId);
  if (!need) {
    throw new DomainError('LOT_OF_ANOTHER_PRODUCT', { productId: added.productId, sold: needs.map((one) => one.productId).join(' ') }, [
      'batch',
    ]);
  }
  const left = rest(need, allocated);
  if (added.nominal > left) {
    const detail = { left: left.toString(), allocated: added.nominal.toString(), dimension: need.dimension };
    throw new DomainError('LINE_OVERALLOCATED', detail, ['quantity']);
  }
}

/**
 * What one line of a fulfilment draws from stock (`taken`) and what it counts as (`nominal`), both in the product's dimension. Without an
 * actual weight the two are equal. With one, pieces are the line's own pieces: a pack sold as 3 kg that weighs 3.1 kg draws 3.1 and is one pack.
 * Throws UNIT_MISMATCH, NET_CONTENT_MISSING, QUANTITY_OUT_OF_RANGE.
 */
export function drawn(
  line: { readonly quantity: Quantity; readonly needs: readonly Need[] },
  product: MeasuredProduct,
  quantity: Quantity,
  actualWeight: Quantity | null,
): { taken: Quantity; nominal: bigint } {
  const { dimension, netContent } = product;
  if (!actualWeight) {
    const taken = convert(quantity, dimension, netContent);
    return { taken, nominal: taken.amount };
  }
  const taken = convert(actualWeight, dimension, netContent);
  const need = line.needs.find((one) => one.productId === product.id);
  const pieces = quantity.dimension === 'COUNT' && dimension !== 'COUNT' && line.quantity.dimension === 'COUNT';
  if (!pieces || !need) return { taken, nominal: convert(quantity, dimension, netContent).amount };
  return { taken, nominal: (need.amount / line.quantity.amount) * quantity.amount };
}
