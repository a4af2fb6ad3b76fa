import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { divide, fraction, sum, ZERO } from '../kernel/fraction.js';
import type { Dimension } from '../kernel/quantity.js';
import type { AllocationOutput } from './allocation.js';
import { allocationWeights } from './allocation.js';

const KG = 1_000_000n;

function output(productId: string, kg: bigint, fenPerKg: bigint | null, dimension: Dimension = 'MASS'): AllocationOutput {
  const unitValue = fenPerKg === null ? null : { amountMinor: fenPerKg, currency: 'CNY', per: dimension === 'MASS' ? 'KGM' : 'LTR' };
  return { productId, quantity: { dimension, amount: kg * KG }, unitValue, waste: false };
}

const husk: AllocationOutput = { productId: null, quantity: { dimension: 'MASS', amount: 200n * KG }, unitValue: null, waste: true };

function alphas(outputs: AllocationOutput[], method?: 'QUANTITY' | 'VALUE'): unknown {
  const { weights } = allocationWeights(outputs, method);
  const total = sum(weights);
  return weights.map((weight) => divide(weight, total));
}

describe('how outputs share what a step carries', () => {
  it('goes by value where every output but waste has a unit value: oil takes 12/13, cake 1/13, husk nothing', () => {
    const outputs = [output('oil', 800n, 3_000n), output('cake', 1_000n, 200n), husk];
    expect(allocationWeights(outputs).method).toBe('VALUE');
    expect(alphas(outputs)).toEqual([fraction(12n, 13n), fraction(1n, 13n), ZERO]);
    expect(alphas(outputs, 'QUANTITY')).toEqual([fraction(4n, 9n), fraction(5n, 9n), ZERO]);
  });

  it('goes by quantity for grades of one product without unit values', () => {
    const outputs = [output('rice', 300n, null), output('rice', 100n, null), husk];
    expect(allocationWeights(outputs).method).toBe('QUANTITY');
    expect(alphas(outputs)).toEqual([fraction(3n, 4n), fraction(1n, 4n), ZERO]);
  });

  it('compares unit values of different units and dimensions exactly', () => {
    const perJin: AllocationOutput = { ...output('cake', 1n, null), unitValue: { amountMinor: 100n, currency: 'CNY', per: 'jin' } };
    expect(alphas([perJin, output('oil', 1n, 300n, 'VOLUME')])).toEqual([fraction(2n, 5n), fraction(3n, 5n)]);
  });

  it('gives a single output everything, whatever it is worth', () => {
    expect(alphas([output('rice', 5n, null), husk])).toEqual([fraction(1n), ZERO]);
    expect(alphas([output('rice', 5n, 0n), husk])).toEqual([fraction(1n), ZERO]);
  });

  it('weighs a step that makes nothing but waste, or nothing at all, with zeros', () => {
    expect(allocationWeights([husk]).weights).toEqual([ZERO]);
    expect(allocationWeights([]).weights).toEqual([]);
  });

  it.each<[string, AllocationOutput[], 'QUANTITY' | 'VALUE' | undefined]>([
    ['two products, one without a unit value', [output('oil', 1n, 3_000n), output('cake', 1n, null)], undefined],
    ['one product in two dimensions', [output('oil', 1n, null), output('oil', 1n, null, 'VOLUME')], undefined],
    ['VALUE without all unit values', [output('oil', 1n, 3_000n), output('cake', 1n, null)], 'VALUE'],
    ['VALUE of a single output without one', [output('oil', 1n, null)], 'VALUE'],
    ['QUANTITY over two dimensions', [output('oil', 1n, 1n), output('oil', 1n, 1n, 'VOLUME')], 'QUANTITY'],
    ['several outputs worth nothing', [output('oil', 1n, 0n), output('cake', 1n, 0n)], undefined],
  ])('asks for the method with %s', (_title, outputs, method) => {
    expect(() => allocationWeights(outputs, method)).toThrow(expect.objectContaining({ code: 'ALLOCATION_REQUIRED' }));
  });

  it('refuses unit values that do not compare', () => {
    const euro: AllocationOutput = { ...output('cake', 1n, null), unitValue: { amountMinor: 1n, currency: 'EUR', per: 'KGM' } };
    expect(() => allocationWeights([output('oil', 1n, 1n), euro])).toThrow(expect.objectContaining({ code: 'CURRENCY_MISMATCH' }));
    const perLitre: AllocationOutput = { ...output('cake', 1n, null), unitValue: { amountMinor: 1n, currency: 'CNY', per: 'LTR' } };
    expect(() => allocationWeights([perLitre])).toThrow(expect.objectContaining({ code: 'UNIT_MISMATCH' }));
  });

  it('agrees by quantity and by value at equal unit values', () => {
    const kilos = fc.array(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(kilos, fc.bigInt({ min: 1n, max: 100_000n }), (quantities, fen) => {
        const outputs = [...quantities.map((kg, i) => output(`p${String(i)}`, kg, fen)), husk];
        expect(alphas(outputs, 'VALUE')).toEqual(alphas(outputs, 'QUANTITY'));
      }),
    );
  });
});
