import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RandomChain } from '../../../test/support/builders/random-chain.js';
import { randomChains } from '../../../test/support/builders/random-chain.js';
import type { CompositionStep, StepInput, StepKind, StepOutput } from '../batch/graph.js';
import type { Fraction } from '../kernel/fraction.js';
import { compare, divide, fraction, multiply, ONE, subtract, sum, ZERO } from '../kernel/fraction.js';
import type { Composition } from './composition.js';
import { compose, lostShares, MAX_FRACTION_BITS } from './composition.js';

type Taken = [string, bigint];
type Made = [string, bigint, Fraction?];

function step(id: string, kind: StepKind, taken: Taken[], made: Made[]): CompositionStep {
  const inputs: StepInput[] = taken.map(([holdingId, quantity]) => ({ holdingId, quantity }));
  const outputs: StepOutput[] = made.map(([holdingId, quantity, weight]) => ({
    holdingId,
    quantity,
    weight: weight ?? fraction(quantity),
  }));
  return { id, kind, inputs, outputs };
}

const sharesOf = (composition: Composition, holdingId: string): Record<string, Fraction> =>
  Object.fromEntries(composition.get(holdingId) ?? []);

/** Σ (made − taken) × share + lost, for each step of the chain: what final sales took is still counted as left. */
function conserved(chain: RandomChain): Map<string, Fraction> {
  const composition = compose(chain.steps, chain.rest.keys());
  const lost = lostShares(chain.steps);
  return new Map(
    chain.steps.map(({ id }) => {
      const held = [...chain.rest].map(([holdingId, rest]) => multiply(fraction(rest), composition.get(holdingId)?.get(id) ?? ZERO));
      return [id, sum([...held, lost.get(id) ?? ZERO])];
    }),
  );
}

/** The slow second method: carried = I + A·carried as one linear system, by Gauss and Jordan; then share = Σ alpha × carried ÷ quantity. */
function solveLinearly(steps: readonly CompositionStep[], holdingIds: readonly string[]): Map<string, Map<string, Fraction>> {
  const n = steps.length;
  const madeOf = (holdingId: string): bigint =>
    steps
      .flatMap((each) => each.outputs.filter((output) => output.holdingId === holdingId))
      .reduce((total, { quantity }) => total + quantity, 0n);
  /** What one unit of the holding has of all that the maker carried. */
  const perUnit = (maker: CompositionStep, holdingId: string): Fraction => {
    const weights = sum(maker.outputs.map((output) => output.weight));
    const own = sum(maker.outputs.filter((output) => output.holdingId === holdingId).map((output) => output.weight));
    return own.num === 0n ? ZERO : divide(divide(own, weights), fraction(madeOf(holdingId)));
  };
  const rows = steps.map((taker, i) => {
    const left = steps.map((maker, j) => {
      const flow = sum(taker.inputs.map((input) => multiply(fraction(input.quantity), perUnit(maker, input.holdingId))));
      return subtract(i === j ? ONE : ZERO, flow);
    });
    return [...left, ...steps.map((_, j) => (i === j ? ONE : ZERO))];
  });
  for (let column = 0; column < n; column += 1) {
    const pivotRow = rows.findIndex((row, i) => i >= column && row[column]!.num !== 0n);
    [rows[column], rows[pivotRow]] = [rows[pivotRow]!, rows[column]!];
    const pivot = rows[column]!.map((cell) => divide(cell, rows[column]![column]!));
    rows[column] = pivot;
    for (let i = 0; i < n; i += 1) {
      const factor = rows[i]![column]!;
      if (i !== column && factor.num !== 0n) rows[i] = rows[i]!.map((cell, j) => subtract(cell, multiply(factor, pivot[j]!)));
    }
  }
  return new Map(
    holdingIds.map((holdingId) => {
      const shares = steps.map((upstream, x) => {
        const parts = steps.map((maker, e) => multiply(perUnit(maker, holdingId), rows[e]![n + x]!));
        return [upstream.id, sum(parts)] as const;
      });
      return [holdingId, new Map(shares.filter(([, share]) => share.num !== 0n))];
    }),
  );
}

describe('what one unit of goods is made of', () => {
  it('after a blend with a drying loss carries more than its own kilo', () => {
    const steps = [
      step('d1', 'DELIVERY', [], [['h1', 100n]]),
      step('d2', 'DELIVERY', [], [['h2', 300n]]),
      step('dry', 'TRANSFORMATION', [['h1', 100n], ['h2', 300n]], [['lot', 320n]]), // prettier-ignore
    ];
    const composition = compose(steps, ['lot']);
    expect(sharesOf(composition, 'lot')).toEqual({ d1: fraction(1n, 320n), d2: fraction(1n, 320n), dry: fraction(1n, 320n) });
    expect([...composition.keys()]).toEqual(['lot']);
  });

  it('is the same for every unit of a lot that several deliveries filled', () => {
    const steps = [step('d1', 'DELIVERY', [], [['lot', 100n]]), step('d2', 'DELIVERY', [], [['lot', 300n]])];
    expect(sharesOf(compose(steps, ['lot']), 'lot')).toEqual({ d1: fraction(1n, 400n), d2: fraction(1n, 400n) });
  });

  it('leaves waste without a share, and lets the products carry all', () => {
    const steps = [
      step('d', 'DELIVERY', [], [['seed', 2_000n]]),
      step('press', 'TRANSFORMATION', [['seed', 2_000n]], [['oil', 800n, fraction(24_000n)], ['cake', 1_000n, fraction(2_000n)], ['husk', 200n, ZERO]]), // prettier-ignore
    ];
    const composition = compose(steps, ['oil', 'cake', 'husk']);
    expect(composition.get('oil')?.get('d')).toEqual(fraction(12n, 13n * 800n));
    expect(composition.get('cake')?.get('d')).toEqual(fraction(1n, 13n * 1_000n));
    expect(composition.get('husk')?.size).toBe(0);
    expect(lostShares(steps).size).toBe(0);
  });

  it('splits the payments of a whole shipment by quantity, without blending its lines', () => {
    const steps = [
      step('d1', 'DELIVERY', [], [['rice', 100n]]),
      step('d2', 'DELIVERY', [], [['tea', 300n]]),
      step('shipment', 'RECEIPT', [], [['pool', 400n, ONE]]),
      step('line1', 'RECEIPT_LINE', [['rice', 100n], ['pool', 100n]], [['rice at the shop', 98n]]), // prettier-ignore
      step('line2', 'RECEIPT_LINE', [['tea', 300n], ['pool', 300n]], [['tea at the shop', 300n]]), // prettier-ignore
    ];
    const composition = compose(steps, ['rice at the shop', 'tea at the shop']);
    expect(sharesOf(composition, 'rice at the shop')).toEqual({
      d1: fraction(1n, 98n),
      shipment: fraction(1n, 4n * 98n),
      line1: fraction(1n, 98n),
    });
    expect(composition.get('tea at the shop')?.get('shipment')).toEqual(fraction(3n, 4n * 300n));
    expect(composition.get('tea at the shop')?.has('d1')).toBe(false);
  });

  it('carries of a crop season what was drawn from its expected quantity', () => {
    const steps = [step('season', 'SEASON', [], [['kiwi 2026', 1_000n]]), step('d1', 'DELIVERY', [['kiwi 2026', 250n]], [['lot', 250n]])];
    const composition = compose(steps, ['lot', 'kiwi 2026']);
    expect(multiply(fraction(250n), composition.get('lot')?.get('season') ?? ZERO)).toEqual(fraction(1n, 4n));
    expect(multiply(fraction(750n), composition.get('kiwi 2026')?.get('season') ?? ZERO)).toEqual(fraction(3n, 4n));
  });

  it('passes over what lies elsewhere, and breaks where something upstream is missing', () => {
    const elsewhere = step('elsewhere', 'TRANSFORMATION', [['not loaded', 1n]], [['other', 1n]]);
    const steps = [step('d', 'DELIVERY', [], [['lot', 1n]]), elsewhere];
    expect(sharesOf(compose(steps, ['lot']), 'lot')).toEqual({ d: ONE });
    expect(() => compose(steps, ['other'])).toThrow('was made by a step');
  });

  it('is refused where goods would become part of themselves', () => {
    const steps = [
      step('mix', 'TRANSFORMATION', [['h', 900n], ['regrind', 100n]], [['mix', 1_000n]]), // prettier-ignore
      step('press', 'TRANSFORMATION', [['mix', 1_000n]], [['product', 900n], ['regrind', 100n]]), // prettier-ignore
      step('h', 'DELIVERY', [], [['h', 900n]]),
    ];
    expect(() => compose(steps, ['product'])).toThrow(expect.objectContaining({ code: 'GRAPH_CIRCLE' }));
  });

  it('is conserved for every step of every chain: held + lost = 1', () => {
    fc.assert(
      fc.property(randomChains(), (chain) => {
        for (const total of conserved(chain).values()) expect(total).toEqual(ONE);
      }),
    );
  });

  it('equals the exact linear solve', () => {
    fc.assert(
      fc.property(randomChains(7), (chain) => {
        const holdingIds = [...chain.rest.keys()];
        const composition = compose(chain.steps, holdingIds);
        const solved = solveLinearly(chain.steps, holdingIds);
        for (const holdingId of holdingIds)
          expect(sharesOf(composition, holdingId)).toEqual(Object.fromEntries(solved.get(holdingId) ?? []));
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the order in which the steps are told', () => {
    const shuffled = randomChains().chain((chain) =>
      fc.tuple(fc.constant(chain), fc.shuffledSubarray([...chain.steps], { minLength: chain.steps.length })),
    );
    fc.assert(
      fc.property(shuffled, ([chain, steps]) => {
        const before = compose(chain.steps, chain.rest.keys());
        const after = compose(steps, chain.rest.keys());
        for (const holdingId of chain.rest.keys()) expect(sharesOf(after, holdingId)).toEqual(sharesOf(before, holdingId));
        expect(Object.fromEntries(lostShares(steps))).toEqual(Object.fromEntries(lostShares(chain.steps)));
      }),
    );
  });

  it('of goods that came back is that of the goods that were sold', () => {
    fc.assert(
      fc.property(randomChains(), ({ steps }) => {
        const composition = compose(
          steps,
          steps.flatMap((each) => each.outputs.map((output) => output.holdingId)),
        );
        for (const { id, inputs, outputs } of steps.filter((each) => each.kind === 'RETURN')) {
          const [input, output] = [inputs[0]!, outputs[0]!];
          expect(sharesOf(composition, output.holdingId)).toEqual({
            ...sharesOf(composition, input.holdingId),
            [id]: fraction(1n, output.quantity),
          });
        }
      }),
    );
  });

  it('is unchanged when a holding is split and merged again', () => {
    const cut = fc.tuple(randomChains(), fc.nat(), fc.bigInt({ min: 1n, max: 1_000_000n }));
    fc.assert(
      fc.property(cut, ([chain, pick, part]) => {
        const candidates = [...chain.left].filter(([, quantity]) => quantity >= 2n);
        fc.pre(candidates.length > 0);
        const [holdingId, quantity] = candidates[pick % candidates.length]!;
        const first = 1n + (part % (quantity - 1n));
        const halves: Made[] = [['half a', first], ['half b', quantity - first]]; // prettier-ignore
        const steps = [
          ...chain.steps,
          step('split', 'TRANSFORMATION', [[holdingId, quantity]], halves),
          step('merge', 'TRANSFORMATION', [['half a', first], ['half b', quantity - first]], [['whole', quantity]]), // prettier-ignore
        ];
        const after = compose(steps, ['whole', holdingId]);
        const own = fraction(1n, quantity);
        expect(sharesOf(after, 'whole')).toEqual({ ...sharesOf(after, holdingId), split: own, merge: own });
      }),
    );
  });
});

describe('what is lost', () => {
  it('is what went into steps that make nothing, or nothing but waste', () => {
    const steps = [
      step('d', 'DELIVERY', [], [['lot', 100n]]),
      step('stolen', 'LOSS', [['lot', 10n]], []),
      step('spoilt', 'LOSS', [['lot', 30n]], [['compost', 30n, ZERO]]),
    ];
    expect(Object.fromEntries(lostShares(steps))).toEqual({ d: fraction(2n, 5n), stolen: ONE, spoilt: ONE });
  });
});

describe('a tank that is refilled for years', () => {
  const QUANTITY = 1_000_000_000_000_007n;
  const steps: CompositionStep[] = [step('d000', 'DELIVERY', [], [['tank 000', QUANTITY]])];
  const rest = new Map<string, bigint>();
  const LAST = 95;
  const TANK = `tank 0${String(LAST)}`;
  for (let i = 1; i <= LAST; i += 1) {
    const before = `tank ${String(i - 1).padStart(3, '0')}`;
    const name = String(i).padStart(3, '0');
    const inflow = 900_000_000_000_000n + BigInt(i) ** 5n;
    const held = i === 1 ? QUANTITY : (rest.get(before) ?? 0n);
    const kept = held / 2n + 1n;
    rest.set(before, held - kept);
    rest.set(`tank ${name}`, kept + inflow);
    steps.push(step(`d${name}`, 'DELIVERY', [], [[`in ${name}`, inflow]]));
    steps.push(step(`fill ${name}`, 'TRANSFORMATION', [[before, kept], [`in ${name}`, inflow]], [[`tank ${name}`, kept + inflow]])); // prettier-ignore
  }
  steps.push(step('bottle', 'TRANSFORMATION', [[TANK, 1n]], [['bottle', 1n]]));
  rest.set(TANK, (rest.get(TANK) ?? 0n) - 1n);
  rest.set('bottle', 1n);
  const composition = compose(steps, rest.keys());

  it('has exact shares while they fit, and rounded ones, marked, beyond', () => {
    expect(composition.rounded.has('tank 020')).toBe(false);
    expect(composition.rounded.has(TANK)).toBe(true);
    const lengths = [...(composition.get(TANK)?.values() ?? [])].map((share) => share.den.toString(2).length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(MAX_FRACTION_BITS);
  });

  it('hands its mark on to what is made of it', () => expect(composition.rounded.has('bottle')).toBe(true));

  it('is still conserved to 1e-30 of a step, though it holds 10^15 mg', () => {
    const bound = fraction(1n, 10n ** 30n);
    const errors = ['d000', 'd001', 'fill 050', `d0${String(LAST)}`].map((id) => {
      const held = [...rest].map(([holdingId, left]) => multiply(fraction(left), composition.get(holdingId)?.get(id) ?? ZERO));
      return subtract(sum(held), ONE);
    });
    for (const error of errors) {
      expect(compare(error, bound)).toBeLessThanOrEqual(0);
      expect(compare(subtract(ZERO, error), bound)).toBeLessThanOrEqual(0);
    }
    expect(errors[0]?.num).not.toBe(0n);
  });
});
