/**
 * R, the net amount of each line of a sale (income.md, 3): gross + the line's part of the charges − tax on both − its part of the discounts
 * funded by the seller. Fees are payments of the sale, not part of R. A discount that the platform or the state funds is revenue, paid by
 * that party. What concerns the whole order is split over its lines by largest remainder on line gross, ties by the line's ref.
 */
import { apportion } from '../kernel/apportion.js';
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import { fraction } from '../kernel/fraction.js';

export type DiscountFunder = 'SELLER' | 'PLATFORM' | 'GOVERNMENT';

/** All amounts in minor units of the sale's one currency, not negative. */
export interface Discount {
  readonly amountMinor: bigint;
  readonly funder: DiscountFunder;
}

export interface Charge {
  /** Tax included. */
  readonly amountMinor: bigint;
  readonly taxMinor: bigint;
}

export interface GrossLine {
  /** Unique within the sale. */
  readonly ref: string;
  /** Charged for the line, tax included, before discounts. */
  readonly grossMinor: bigint;
  readonly taxMinor: bigint;
  readonly discounts: readonly Discount[];
}

export interface SaleMoney {
  readonly lines: readonly GrossLine[];
  readonly charges: readonly Charge[];
  /** Of the whole order. */
  readonly discounts: readonly Discount[];
}

export interface LineNet {
  readonly ref: string;
  /** R. */
  readonly netMinor: bigint;
  /** The line's part of the charges, tax included. */
  readonly chargesMinor: bigint;
  /** On the line and on its part of the charges. */
  readonly taxMinor: bigint;
  /** The line's own discounts and its part of the order's, by who funds them. */
  readonly discountsMinor: Readonly<Record<DiscountFunder, bigint>>;
  /** What the buyer was charged: gross + charges − all discounts; the base of a refund's money fraction. */
  readonly chargedMinor: bigint;
}

const FUNDERS = ['SELLER', 'PLATFORM', 'GOVERNMENT'] as const satisfies readonly DiscountFunder[];

/** One LineNet a line, in their order. Throws AMOUNT_OUT_OF_RANGE where tax or discounts come to more than what they are taken from. */
export function saleLineNet(sale: SaleMoney): LineNet[] {
  requirePlausible(sale);
  const charges = splitByGross(total(sale.charges), sale.lines);
  const chargeTax = splitByGross(
    sale.charges.reduce((sum, charge) => sum + charge.taxMinor, 0n),
    sale.lines,
  );
  const orderDiscounts = FUNDERS.map((funder) => splitByGross(total(fundedBy(sale.discounts, funder)), sale.lines));
  return sale.lines.map((line) => {
    const part = (split: ReadonlyMap<string, bigint> | undefined): bigint => split?.get(line.ref) ?? 0n;
    const [seller, platform, government] = FUNDERS.map((funder, i) => total(fundedBy(line.discounts, funder)) + part(orderDiscounts[i]));
    const discountsMinor = { SELLER: seller ?? 0n, PLATFORM: platform ?? 0n, GOVERNMENT: government ?? 0n };
    const chargesMinor = part(charges);
    const taxMinor = line.taxMinor + part(chargeTax);
    return {
      ref: line.ref,
      netMinor: line.grossMinor + chargesMinor - taxMinor - discountsMinor.SELLER,
      chargesMinor,
      taxMinor,
      discountsMinor,
      chargedMinor: line.grossMinor + chargesMinor - discountsMinor.SELLER - discountsMinor.PLATFORM - discountsMinor.GOVERNMENT,
    };
  });
}

/**
 * An amount of the whole order (a charge, a discount, a fee) split over its lines by largest remainder on line gross; the parts add up to
 * it exactly. Where all lines are free they share alike, for the postage of a gift must stand somewhere.
 */
export function splitByGross(
  amountMinor: bigint,
  lines: readonly { readonly ref: string; readonly grossMinor: bigint }[],
): Map<string, bigint> {
  assert(lines.length > 0, 'A sale has lines.');
  const free = lines.every((line) => line.grossMinor === 0n);
  return apportion(
    amountMinor,
    lines.map((line) => ({ key: line.ref, weight: fraction(free ? 1n : line.grossMinor) })),
  );
}

function requirePlausible(sale: SaleMoney): void {
  const taxed = [...sale.lines.map((line) => ({ amountMinor: line.grossMinor, taxMinor: line.taxMinor })), ...sale.charges];
  for (const { amountMinor, taxMinor } of taxed) {
    if (taxMinor > amountMinor) {
      throw new DomainError('AMOUNT_OUT_OF_RANGE', { taxMinor: taxMinor.toString(), amountMinor: amountMinor.toString() });
    }
  }
  const asked = sale.lines.reduce((sum, line) => sum + line.grossMinor, 0n) + total(sale.charges);
  const discounts = total(sale.discounts) + sale.lines.reduce((sum, line) => sum + total(line.discounts), 0n);
  if (discounts > asked) {
    throw new DomainError('AMOUNT_OUT_OF_RANGE', { discountsMinor: discounts.toString(), chargedMinor: asked.toString() });
  }
}

function fundedBy(discounts: readonly Discount[], funder: DiscountFunder): Discount[] {
  return discounts.filter((discount) => discount.funder === funder);
}

function total(amounts: readonly { readonly amountMinor: bigint }[]): bigint {
  return amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
