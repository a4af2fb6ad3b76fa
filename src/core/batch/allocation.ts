/**
 * How a step's outputs share what the step carries (income.md, 2; ISO 14044, 4.3.4.2: a physical relation first, economic value where that
 * misleads). Grades of one product share by quantity; co-products by value, because by quantity the cake of camellia oil would carry
 * 178 % of its own price. The method is a fact of the event, so the platform chooses only where the choice is plain and asks otherwise.
 */
import { DomainError } from '../kernel/errors.js';
import type { Fraction } from '../kernel/fraction.js';
import { fraction, sum, ZERO } from '../kernel/fraction.js';
import type { UnitPrice } from '../kernel/money.js';
import type { Quantity } from '../kernel/quantity.js';
import { unitOf } from '../kernel/quantity.js';

export type AllocationMethod = 'QUANTITY' | 'VALUE';

export interface AllocationOutput {
  /** Null for waste only. */
  readonly productId: string | null;
  readonly quantity: Quantity;
  readonly unitValue: UnitPrice | null;
  readonly waste: boolean;
}

export interface Allocation {
  readonly method: AllocationMethod;
  /** One for each output, in their order; zero for waste. Only their proportions mean anything. */
  readonly weights: readonly Fraction[];
}

/**
 * The weights by the method named, or by the default: VALUE if every output has a unit value; QUANTITY if all are one product in one
 * dimension, or one single output. Waste is put aside first. Throws ALLOCATION_REQUIRED where no default is plain or the method named is
 * impossible, CURRENCY_MISMATCH and UNIT_MISMATCH for unit values that do not compare.
 */
export function allocationWeights(outputs: readonly AllocationOutput[], method?: AllocationMethod): Allocation {
  const products = outputs.filter((output) => !output.waste);
  const chosen = method ?? defaultMethod(products);
  const weights = chosen === 'VALUE' ? valueWeights(products) : quantityWeights(products);
  let next = 0;
  return { method: chosen, weights: outputs.map((output) => (output.waste ? ZERO : (weights[next++] ?? ZERO))) };
}

function defaultMethod(products: readonly AllocationOutput[]): AllocationMethod {
  if (products.length === 0) return 'QUANTITY';
  if (products.every((output) => output.unitValue !== null)) return 'VALUE';
  if (products.length === 1 || (oneDimension(products) && new Set(products.map((output) => output.productId)).size === 1))
    return 'QUANTITY';
  throw required(products, 'several products, not all with a unit value');
}

function quantityWeights(products: readonly AllocationOutput[]): Fraction[] {
  if (products.length > 1 && !oneDimension(products)) throw required(products, 'the outputs are not of one dimension');
  return products.map((output) => fraction(output.quantity.amount));
}

function valueWeights(products: readonly AllocationOutput[]): Fraction[] {
  const values = products.map((output) => {
    if (output.unitValue === null) throw required(products, 'an output has no unit value');
    return valueOf(output.unitValue, output.quantity);
  });
  const currencies = new Set(products.map((output) => output.unitValue?.currency));
  if (currencies.size > 1) throw new DomainError('CURRENCY_MISMATCH', { currencies: [...currencies].join(' ') });
  if (products.length > 0 && sum(values).num === 0n) {
    // A weight of zero means waste. A single output carries everything whatever it is worth; several worth nothing cannot be told apart.
    if (products.length > 1) throw required(products, 'all unit values are zero');
    return quantityWeights(products);
  }
  return values;
}

/** Minor units, exact: priceOf() rounds, a weight must not. */
function valueOf(price: UnitPrice, quantity: Quantity): Fraction {
  const unit = unitOf(price.per);
  if (unit.dimension !== quantity.dimension) throw new DomainError('UNIT_MISMATCH', { price: price.per, quantity: quantity.dimension });
  return fraction(price.amountMinor * quantity.amount * unit.den, unit.num);
}

function oneDimension(products: readonly AllocationOutput[]): boolean {
  return new Set(products.map((output) => output.quantity.dimension)).size <= 1;
}

function required(products: readonly AllocationOutput[], reason: string): DomainError {
  return new DomainError('ALLOCATION_REQUIRED', { reason, outputs: products.length });
}
