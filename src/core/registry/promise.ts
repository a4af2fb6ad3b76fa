/**
 * Shares that are promised (income.md, 1: agreement): what one organisation promises of the same goods may never come to more than all of
 * it, on no day. A promise without a product is one on all goods of the promisor, so it adds to each product's own. Periods are [from, to),
 * as everywhere in the registry.
 */
import type { Fraction } from '../kernel/fraction.js';
import { compare, sum, ZERO } from '../kernel/fraction.js';
import { holdsOn } from './as-of.js';

export interface PromisedShare {
  /** Null: of every product. */
  readonly productId: string | null;
  /** Calendar day, ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string | null;
  /** Of the revenue: 0.05 is five per cent. */
  readonly rate: Fraction;
}

/** The most that is promised of one product on one day; nothing promised is zero. */
export function largestPromise(promises: readonly PromisedShare[]): Fraction {
  const products = new Set(promises.map((promise) => promise.productId));
  let largest = ZERO;
  for (const product of products) {
    const ofProduct = promises.filter(({ productId }) => productId === null || productId === product);
    // The sum grows only on a day on which a promise begins.
    for (const { validFrom } of ofProduct) {
      const total = sum(ofProduct.filter((promise) => holdsOn(promise, validFrom)).map(({ rate }) => rate));
      if (compare(total, largest) > 0) largest = total;
    }
  }
  return largest;
}
