import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Discount, GrossLine, SaleMoney } from './net.js';
import { saleLineNet, splitByGross } from './net.js';

const line = (ref: string, grossMinor: bigint, taxMinor = 0n, discounts: Discount[] = []): GrossLine => ({
  ref,
  grossMinor,
  taxMinor,
  discounts,
});
const sale = (lines: GrossLine[], more: Partial<SaleMoney> = {}): SaleMoney => ({ lines, charges: [], discounts: [], ...more });

describe('the net amount of a line', () => {
  it('is gross and its part of the charges, less tax on both, less its part of discounts funded by the seller', () => {
    const lines = [line('a', 6_000n, 495n, [{ amountMinor: 100n, funder: 'SELLER' }]), line('b', 3_000n)];
    const charges = [{ amountMinor: 900n, taxMinor: 90n }];
    const discounts: Discount[] = [{ amountMinor: 300n, funder: 'SELLER' }];
    expect(saleLineNet(sale(lines, { charges, discounts }))).toEqual([
      {
        ref: 'a',
        netMinor: 6_000n + 600n - 495n - 60n - 100n - 200n,
        chargesMinor: 600n,
        taxMinor: 555n,
        discountsMinor: { SELLER: 300n, PLATFORM: 0n, GOVERNMENT: 0n },
        chargedMinor: 6_300n,
      },
      {
        ref: 'b',
        netMinor: 3_000n + 300n - 30n - 100n,
        chargesMinor: 300n,
        taxMinor: 30n,
        discountsMinor: { SELLER: 100n, PLATFORM: 0n, GOVERNMENT: 0n },
        chargedMinor: 3_200n,
      },
    ]);
  });

  it('is not lowered by a discount that the platform or the state funds, though the buyer is charged less', () => {
    const discounts: Discount[] = [
      { amountMinor: 40n, funder: 'PLATFORM' },
      { amountMinor: 25n, funder: 'GOVERNMENT' },
    ];
    const [net] = saleLineNet(sale([line('a', 1_000n)], { discounts }));
    expect(net).toMatchObject({ netMinor: 1_000n, chargedMinor: 935n, discountsMinor: { SELLER: 0n, PLATFORM: 40n, GOVERNMENT: 25n } });
  });

  it('splits by largest remainder, ties by the ref of the line and not by its place', () => {
    const thirds = splitByGross(100n, [line('c', 1n), line('a', 1n), line('b', 1n)]);
    expect(Object.fromEntries(thirds)).toEqual({ a: 34n, b: 33n, c: 33n });
  });

  it('lets free lines share the postage alike, and a free line beside a paid one carry none', () => {
    expect(Object.fromEntries(splitByGross(101n, [line('a', 0n), line('b', 0n)]))).toEqual({ a: 51n, b: 50n });
    expect(Object.fromEntries(splitByGross(101n, [line('a', 0n), line('b', 5n)]))).toEqual({ a: 0n, b: 101n });
  });

  it('rejects more tax than amount, and more discounts than the order comes to', () => {
    const rejected = expect.objectContaining({ code: 'AMOUNT_OUT_OF_RANGE' });
    expect(() => saleLineNet(sale([line('a', 100n, 101n)]))).toThrow(rejected);
    expect(() => saleLineNet(sale([line('a', 100n)], { charges: [{ amountMinor: 5n, taxMinor: 6n }] }))).toThrow(rejected);
    expect(() => saleLineNet(sale([line('a', 100n)], { discounts: [{ amountMinor: 101n, funder: 'PLATFORM' }] }))).toThrow(rejected);
    expect(() => saleLineNet(sale([line('a', 100n)], { discounts: [{ amountMinor: 100n, funder: 'SELLER' }] }))).not.toThrow();
  });

  it('adds up over the lines of any order', () => {
    const amounts = fc.array(fc.bigInt(0n, 100_000n), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, 9_999n), fc.bigInt(0n, 9_999n), fc.bigInt(0n, 9_999n), (grosses, charge, seller, platform) => {
        const asked = grosses.reduce((sum, gross) => sum + gross, charge);
        fc.pre(seller + platform <= asked);
        const nets = saleLineNet(
          sale(
            grosses.map((gross, i) => line(`l${String(i)}`, gross, gross / 10n)),
            {
              charges: [{ amountMinor: charge, taxMinor: charge / 7n }],
              discounts: [
                { amountMinor: seller, funder: 'SELLER' },
                { amountMinor: platform, funder: 'PLATFORM' },
              ],
            },
          ),
        );
        const tax = grosses.reduce((sum, gross) => sum + gross / 10n, charge / 7n);
        expect(nets.reduce((sum, net) => sum + net.netMinor, 0n)).toBe(asked - tax - seller);
        expect(nets.reduce((sum, net) => sum + net.chargedMinor, 0n)).toBe(asked - seller - platform);
      }),
    );
  });
});
