import fc from 'fast-check';
import type { CompositionStep, StepInput, StepKind, StepOutput } from '../../../src/core/batch/graph.js';
import type { Fraction } from '../../../src/core/kernel/fraction.js';
import { fraction, ZERO } from '../../../src/core/kernel/fraction.js';

/** A supply chain that some operations made, and what of each holding nobody has taken. */
export interface RandomChain {
  readonly steps: readonly CompositionStep[];
  /** Holdings of goods with something left. */
  readonly left: ReadonlyMap<string, bigint>;
  /** Holdings of every kind: made − taken. */
  readonly rest: ReadonlyMap<string, bigint>;
}

const OPERATIONS = ['delivery', 'unknown', 'season', 'lot', 'blend', 'split', 'coproducts', 'loss', 'shipment', 'return', 'tank'] as const;

interface Operation {
  readonly op: (typeof OPERATIONS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Chains of deliveries, seasons (open, and closed without a harvest), shared lots, blends, co-products, waste, losses, shipments with a shared pool, returns, and a tank. */
export function randomChains(operationsMax = 14): fc.Arbitrary<RandomChain> {
  const operation: fc.Arbitrary<Operation> = fc.record({
    op: fc.constantFrom(...OPERATIONS),
    a: fc.nat(10_000),
    b: fc.nat(10_000),
    c: fc.nat(10_000),
  });
  return fc.array(operation, { minLength: 1, maxLength: operationsMax }).map((operations) => {
    const chain = new ChainBuilder();
    chain.delivery(100n);
    for (const each of operations) chain.apply(each);
    return chain.built();
  });
}

class ChainBuilder {
  private readonly steps: CompositionStep[] = [];
  private readonly rest = new Map<string, bigint>();
  private readonly goods = new Set<string>();
  private tank: string | null = null;

  built(): RandomChain {
    const left = [...this.rest].filter(([id, quantity]) => this.goods.has(id) && quantity > 0n);
    return { steps: this.steps, left: new Map(left), rest: this.rest };
  }

  delivery(quantity: bigint): void {
    this.step('DELIVERY', [], [this.made(quantity)]);
  }

  apply({ op, a, b, c }: Operation): void {
    const size = BigInt(a + 1);
    switch (op) {
      case 'delivery': {
        this.delivery(size);
        return;
      }
      case 'unknown': {
        this.step('UNKNOWN_ORIGIN', [], [this.made(size)]);
        return;
      }
      case 'season': {
        this.season(size, b, c);
        return;
      }
      case 'lot': {
        this.lot([size, BigInt(b + 1), BigInt(c + 1)]);
        return;
      }
      case 'blend': {
        this.blend(a, b, c);
        return;
      }
      case 'split': {
        this.transform(a, b, (taken) => [this.made(taken), this.made(taken * 2n)]);
        return;
      }
      case 'coproducts': {
        this.transform(a, b, (taken) => [
          this.made(taken + 1n, fraction(BigInt(c), 7n)),
          this.made(taken + 2n, fraction(3n, 2n)),
          this.made(1n, ZERO),
        ]);
        return;
      }
      case 'loss': {
        this.loss(a, b, c);
        return;
      }
      case 'shipment': {
        this.shipment(a, b, c);
        return;
      }
      case 'return': {
        // What was sold from a holding and came back is a holding of its own.
        const input = this.take(this.pick(a), b);
        if (input) this.step('RETURN', [input], [this.made(input.quantity)]);
        return;
      }
      case 'tank': {
        this.fillTank(a, b);
        return;
      }
    }
  }

  private season(expected: bigint, b: number, c: number): void {
    if (b % 5 === 0) {
      // Closed with nothing drawn: what it cost is lost.
      this.step('SEASON', [], []);
      return;
    }
    const season = this.made(expected, fraction(expected), false);
    this.step('SEASON', [], [season]);
    const first = this.take(season.holdingId, b);
    const second = this.take(season.holdingId, c);
    for (const input of [first, second]) if (input) this.step('DELIVERY', [input], [this.made(input.quantity)]);
  }

  /** An inflow takes the current version whole, and makes the next one: a moving average. */
  private fillTank(a: number, b: number): void {
    const inflow = this.take(this.pick(a), b);
    if (!inflow) return;
    const before = this.tank === null ? null : this.take(this.tank, 0);
    const inputs = before ? [before, inflow] : [inflow];
    const next = this.made(totalOf(inputs));
    this.step('TRANSFORMATION', inputs, [next]);
    this.tank = next.holdingId;
  }

  /** Several deliveries fill one holding before anything is taken. */
  private lot(quantities: readonly bigint[]): void {
    const holdingId = this.newHolding(true);
    for (const quantity of quantities) this.step('DELIVERY', [], [{ holdingId, quantity, weight: fraction(quantity) }]);
  }

  private blend(a: number, b: number, c: number): void {
    const inputs = [this.take(this.pick(a), b), this.take(this.pick(b), c), this.take(this.pick(c), a)].filter((input) => input !== null);
    // A fifth is lost in drying.
    if (inputs.length > 0) this.step('TRANSFORMATION', inputs, [this.made((4n * totalOf(inputs)) / 5n + 1n)]);
  }

  private transform(a: number, b: number, outputs: (taken: bigint) => StepOutput[]): void {
    const input = this.take(this.pick(a), b);
    if (input) this.step('TRANSFORMATION', [input], outputs(input.quantity));
  }

  private loss(a: number, b: number, c: number): void {
    const input = this.take(this.pick(a), b);
    if (input) this.step('LOSS', [input], c % 2 === 0 ? [] : [this.made(input.quantity, ZERO)]);
  }

  private shipment(a: number, b: number, c: number): void {
    const inputs = [this.take(this.pick(a), b), this.take(this.pick(b), c)].filter((input) => input !== null);
    if (inputs.length === 0) return;
    const pool = this.made(totalOf(inputs), fraction(1n), false);
    this.step('RECEIPT', [], [pool]);
    for (const input of inputs) {
      const shared = { holdingId: pool.holdingId, quantity: input.quantity };
      this.rest.set(pool.holdingId, (this.rest.get(pool.holdingId) ?? 0n) - input.quantity);
      this.step('RECEIPT_LINE', [input, shared], [this.made(input.quantity)]);
    }
  }

  private step(kind: StepKind, inputs: readonly StepInput[], outputs: readonly StepOutput[]): void {
    for (const { holdingId, quantity } of outputs) this.rest.set(holdingId, (this.rest.get(holdingId) ?? 0n) + quantity);
    this.steps.push({ id: `s${String(this.steps.length).padStart(3, '0')}`, kind, inputs, outputs });
  }

  private made(quantity: bigint, weight: Fraction = fraction(quantity), goods = true): StepOutput {
    return { holdingId: this.newHolding(goods), quantity, weight };
  }

  private newHolding(goods: boolean): string {
    const holdingId = `h${String(this.rest.size).padStart(3, '0')}`;
    this.rest.set(holdingId, 0n);
    if (goods) this.goods.add(holdingId);
    return holdingId;
  }

  private pick(n: number): string {
    const ids = [...this.goods];
    return ids[n % ids.length] ?? '';
  }

  /** Between one unit and all that is left; null where nothing is. */
  private take(holdingId: string, n: number): StepInput | null {
    const available = this.rest.get(holdingId) ?? 0n;
    if (available === 0n) return null;
    const quantity = n % 3 === 0 ? available : (BigInt(n) % available) + 1n;
    this.rest.set(holdingId, available - quantity);
    return { holdingId, quantity };
  }
}

function totalOf(inputs: readonly StepInput[]): bigint {
  return inputs.reduce((sum, input) => sum + input.quantity, 0n);
}
