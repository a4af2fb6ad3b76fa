import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../kernel/errors.js';
import type { StepInput } from './graph.js';
import { Replay } from './replay.js';
import type { HoldingState, Movement, NewHolding } from './stock.js';
import { Stock } from './stock.js';

const HOLDERS = ['cooperative', 'mill'] as const;
const BATCHES = ['paddy', 'rice'] as const;

const movement = (eventId: string | null, over: Partial<Movement>): Movement => ({
  eventId,
  occurredAtMs: 0,
  takes: [],
  ships: [],
  arrives: [],
  makes: [],
  ...over,
});
const goods = (id: string, batchId: string, holderId: string): NewHolding => ({
  id,
  kind: 'GOODS',
  batchId,
  holderId,
  facilityId: null,
  dimension: 'MASS',
});

/** What a platform does while things happen: it plays each doing on the stock it keeps, and writes the movement down. */
class World {
  readonly record: Movement[] = [];
  readonly declared = new Set<string>();
  stock = new Stock([]);
  private readonly onTheWay: { batchId: string; to: string; inputs: StepInput[]; eventId: string }[] = [];

  private put(one: Movement): void {
    this.record.push(one);
  }

  make(event: string, batchId: string, holderId: string, quantity: bigint, atMs: number): void {
    const makes = [{ holding: goods(`${event}-holding`, batchId, holderId), quantity }];
    for (const { holding } of makes) this.stock.make(holding, quantity);
    this.put(movement(event, { makes, occurredAtMs: atMs }));
  }

  mill(event: string, holderId: string, quantity: bigint, atMs: number): void {
    const { inputs, overdraw } = this.stock.takeBatchOrUnknown('paddy', holderId, quantity, `${event}-unknown`);
    if (overdraw) {
      const unknown = {
        id: `${event}-unknown`,
        kind: 'POOL' as const,
        batchId: null,
        holderId,
        facilityId: null,
        dimension: 'MASS' as const,
      };
      this.put(movement(event, { makes: [{ holding: unknown, quantity: overdraw.missing }], occurredAtMs: atMs }));
    }
    const makes = [{ holding: goods(`${event}-holding`, 'rice', holderId), quantity }];
    for (const { holding } of makes) this.stock.make(holding, quantity);
    this.put(movement(event, { takes: inputs, makes, occurredAtMs: atMs }));
  }

  ship(event: string, batchId: string, from: string, to: string, quantity: bigint, atMs: number): void {
    const inputs = this.stock.takeBatch(batchId, from, quantity);
    this.stock.ship(inputs);
    this.onTheWay.push({ batchId, to, inputs, eventId: event });
    this.put(movement(event, { ships: inputs, occurredAtMs: atMs }));
  }

  receive(event: string, atMs: number): void {
    const shipment = this.onTheWay.shift();
    if (!shipment || this.declared.has(shipment.eventId)) return;
    const quantity = shipment.inputs.reduce((sum, input) => sum + input.quantity, 0n);
    const holding = goods(`${event}-holding`, shipment.batchId, shipment.to);
    this.stock.arrive(shipment.inputs);
    this.stock.make(holding, quantity);
    this.put(movement(event, { arrives: shipment.inputs, makes: [{ holding, quantity }], occurredAtMs: atMs }));
  }

  declareWrong(event: string): void {
    if (this.declared.has(event)) return;
    const own = this.record.filter(({ eventId }) => eventId === event);
    for (const one of own.reverse()) {
      for (const { holdingId, overdraw } of this.stock.undo(one)) {
        const { id, kind, batchId, holderId, facilityId, dimension } = this.stock.get(holdingId);
        const holding = { id, kind, batchId, holderId, facilityId, dimension };
        this.put(movement(null, { makes: [{ holding, quantity: overdraw.missing }] }));
      }
    }
    this.declared.add(event);
  }
}

const byId = (states: readonly HoldingState[]): HoldingState[] => [...states].sort((a, b) => (a.id < b.id ? -1 : 1));

const doing = fc.record({
  kind: fc.constantFrom('make', 'make', 'mill', 'ship', 'receive', 'declare'),
  holder: fc.constantFrom(...HOLDERS),
  batch: fc.constantFrom(...BATCHES),
  quantity: fc.bigInt(1n, 100n),
  which: fc.nat(),
});

describe('the record', () => {
  it('played into nothing gives what was kept while it happened, whatever was declared wrong, and never less than nothing', () => {
    fc.assert(
      fc.property(fc.array(doing, { maxLength: 40 }), (doings) => {
        const world = new World();
        doings.forEach(({ kind, holder, batch, quantity, which }, i) => {
          const event = `event-${i}`;
          const other = holder === 'mill' ? 'cooperative' : 'mill';
          try {
            if (kind === 'make') world.make(event, batch, holder, quantity, i);
            if (kind === 'mill') world.mill(event, holder, quantity, i);
            if (kind === 'ship') world.ship(event, batch, holder, other, quantity, i);
            if (kind === 'receive') world.receive(event, i);
            if (kind === 'declare' && i > 0) world.declareWrong(`event-${which % i}`);
          } catch (error) {
            // What is refused leaves no trace.
            if (!(error instanceof DomainError)) throw error;
          }
        });
        const replay = new Replay(world.declared);
        for (const one of world.record) replay.apply(one);
        const kept = world.stock.changed();
        expect(byId(replay.holdings())).toEqual(byId(kept));
        for (const { made, taken, inTransit } of kept) expect([taken >= 0n, made >= taken, inTransit >= 0n]).toEqual([true, true, true]);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on when an error was declared', () => {
    const [a, b] = [goods('a', 'paddy', 'mill'), goods('b', 'paddy', 'mill')];
    const record = [
      movement('e1', { makes: [{ holding: a, quantity: 5n }] }),
      movement('e2', { makes: [{ holding: b, quantity: 7n }] }),
      movement('e3', { takes: [{ holdingId: 'b', quantity: 2n }], occurredAtMs: 9 }),
    ];
    const replay = new Replay(new Set(['e1']));
    for (const one of record) replay.apply(one);
    expect(replay.holdings().map(({ id, version, made, taken }) => [id, version, made, taken])).toEqual([
      ['a', 1, 0n, 0n],
      ['b', 2, 7n, 2n],
    ]);
    expect([...replay.drawnFrom()]).toEqual([['paddy', 9]]);
  });

  it('raises a season that gave more than was expected, and not one whose draw was declared wrong', () => {
    const season: NewHolding = { id: 's', kind: 'SEASON', batchId: null, holderId: 'cooperative', facilityId: null, dimension: 'MASS' };
    const record = [
      movement('open', { makes: [{ holding: season, quantity: 100n }] }),
      movement('d1', { takes: [{ holdingId: 's', quantity: 90n }] }),
      movement('d2', { takes: [{ holdingId: 's', quantity: 20n }] }),
    ];
    const madeWith = (declared: readonly string[]): bigint | undefined => {
      const replay = new Replay(new Set(declared));
      for (const one of record) replay.apply(one);
      return replay.holdings()[0]?.made;
    };
    expect([madeWith([]), madeWith(['d2']), madeWith(['d1', 'd2'])]).toEqual([110n, 100n, 100n]);
  });
});

describe('an error that is declared', () => {
  it('of a draw from a season gives it back its expectation', () => {
    const season: NewHolding = { id: 's', kind: 'SEASON', batchId: null, holderId: 'cooperative', facilityId: null, dimension: 'MASS' };
    const stock = new Stock([{ ...season, version: 1, made: 100n, taken: 0n, inTransit: 0n }]);
    stock.drawSeason('s', 90n);
    stock.drawSeason('s', 20n);
    stock.undo(movement('d2', { takes: [{ holdingId: 's', quantity: 20n }] }), new Map([['s', 100n]]));
    expect(stock.get('s')).toMatchObject({ made: 100n, taken: 90n });
  });

  const holding = (over: Partial<HoldingState>): HoldingState => ({
    ...goods('h', 'paddy', 'mill'),
    version: 1,
    made: 10n,
    taken: 0n,
    inTransit: 0n,
    ...over,
  });

  it('of goods that were used already leaves the missing quantity as of unknown origin', () => {
    const stock = new Stock([holding({ taken: 8n })]);
    expect(stock.undo(movement('e', { makes: [{ holding: goods('h', 'paddy', 'mill'), quantity: 7n }] }))).toEqual([
      { holdingId: 'h', overdraw: { batchId: 'paddy', holderId: 'mill', dimension: 'MASS', missing: 5n } },
    ]);
    expect(stock.get('h')).toMatchObject({ made: 8n, taken: 8n });
  });

  it('of a shipment waits for that of its receipt', () => {
    const shipped = movement('e', { ships: [{ holdingId: 'h', quantity: 4n }] });
    const received = new Stock([holding({ taken: 4n })]);
    expect(() => received.undo(shipped)).toThrow(expect.objectContaining({ code: 'SHIPMENT_RECEIVED' }));
    expect(received.changed()).toEqual([]);
    const underway = new Stock([holding({ taken: 4n, inTransit: 4n })]);
    expect(underway.undo(shipped)).toEqual([]);
    expect(underway.get('h')).toMatchObject({ taken: 0n, inTransit: 0n });
  });
});
