/**
 * What an event may do to the holdings it touches: take what is there, from one's own hands only; put on the way; make. A working set of
 * holdings that were locked for one transaction: the events of a capture are played on it, and what changed is stored. Custody and
 * overdraw are decided here and nowhere else; the table's own CHECK (taken ≤ made) stands behind it.
 */
import { assert } from '../kernel/assert.js';
import { DomainError } from '../kernel/errors.js';
import type { Dimension } from '../kernel/quantity.js';
import type { HoldingKind, StepInput } from './graph.js';

export interface HoldingState {
  readonly id: string;
  readonly kind: HoldingKind;
  /** Null for seasons and pools. */
  readonly batchId: string | null;
  readonly holderId: string;
  readonly facilityId: string | null;
  readonly version: number;
  readonly dimension: Dimension;
  /** All that ever came in. */
  readonly made: bigint;
  /** All that ever went out, what is on the way included. */
  readonly taken: bigint;
  /** Of what went out: shipped and not yet received. */
  readonly inTransit: bigint;
}

export type NewHolding = Omit<HoldingState, 'version' | 'made' | 'taken' | 'inTransit'>;

export interface Movement {
  /** The event it belongs to; null for what no event says (an inflow of unknown origin). */
  readonly eventId: string | null;
  /** Milliseconds since 1970, when it happened. */
  readonly occurredAtMs: number;
  readonly takes: readonly StepInput[];
  /** Taken and not yet anywhere else. */
  readonly ships: readonly StepInput[];
  /** What is no longer on the way: received, returned or lost. */
  readonly arrives: readonly StepInput[];
  readonly makes: readonly { readonly holding: NewHolding; readonly quantity: bigint }[];
}

/** More was taken from a batch than its holder had. */
export interface Overdraw {
  readonly batchId: string;
  readonly holderId: string;
  readonly dimension: Dimension;
  /** Greater than zero. */
  readonly missing: bigint;
}

export class Stock {
  private readonly states: Map<string, HoldingState>;
  private readonly touched = new Set<string>();

  constructor(locked: readonly HoldingState[]) {
    this.states = new Map(locked.map((state) => [state.id, state]));
  }

  /**
   * Takes from one batch what the actor holds of it, the oldest holding first. Throws CUSTODY_WRONG where the actor holds none of it,
   * BATCH_OVERDRAWN where it is not enough.
   */
  takeBatch(batchId: string, actorId: string, quantity: bigint): StepInput[] {
    const overdraw = this.overdrawOf(batchId, actorId, quantity);
    if (overdraw) {
      throw new DomainError('BATCH_OVERDRAWN', {
        batchId,
        available: (quantity - overdraw.missing).toString(),
        asked: quantity.toString(),
        dimension: overdraw.dimension,
      });
    }
    return this.takeOldest(batchId, actorId, quantity);
  }

  /**
   * As takeBatch, but more than is there is no reason to refuse what happened: what is missing is drawn from a holding of unknown origin of its own,
   * `unknownId`, and told, so that a balance case is opened. Throws CUSTODY_WRONG.
   */
  takeBatchOrUnknown(
    batchId: string,
    actorId: string,
    quantity: bigint,
    unknownId: string,
  ): { inputs: StepInput[]; overdraw: Overdraw | null } {
    const overdraw = this.overdrawOf(batchId, actorId, quantity);
    if (!overdraw) return { inputs: this.takeOldest(batchId, actorId, quantity), overdraw };
    const { missing, dimension } = overdraw;
    const inputs = quantity > missing ? this.takeOldest(batchId, actorId, quantity - missing) : [];
    this.make({ id: unknownId, kind: 'POOL', batchId: null, holderId: actorId, facilityId: null, dimension }, missing);
    this.drawPool(unknownId, missing);
    return { inputs: [...inputs, { holdingId: unknownId, quantity: missing }], overdraw };
  }

  /** What would be missing, or null. Throws CUSTODY_WRONG. */
  private overdrawOf(batchId: string, actorId: string, quantity: bigint): Overdraw | null {
    assert(quantity > 0n, 'Something is taken.');
    const own = this.ownHoldings(batchId, actorId);
    const [first] = own;
    if (!first) throw new DomainError('CUSTODY_WRONG', { batchId });
    const available = own.reduce((total, state) => total + state.made - state.taken, 0n);
    return available < quantity ? { batchId, holderId: actorId, dimension: first.dimension, missing: quantity - available } : null;
  }

  private takeOldest(batchId: string, actorId: string, quantity: bigint): StepInput[] {
    const inputs: StepInput[] = [];
    let rest = quantity;
    for (const state of this.ownHoldings(batchId, actorId)) {
      const part = min(rest, state.made - state.taken);
      if (part === 0n) continue;
      this.put({ ...state, taken: state.taken + part });
      inputs.push({ holdingId: state.id, quantity: part });
      rest -= part;
    }
    return inputs;
  }

  private ownHoldings(batchId: string, actorId: string): HoldingState[] {
    return [...this.states.values()]
      .filter((state) => state.batchId === batchId && state.holderId === actorId)
      .sort((a, b) => a.version - b.version || (a.id < b.id ? -1 : 1));
  }

  /** Notes that what was taken is on the way to somebody. */
  ship(inputs: readonly StepInput[]): void {
    for (const { holdingId, quantity } of inputs) {
      const state = this.get(holdingId);
      this.put({ ...state, inTransit: state.inTransit + quantity });
    }
  }

  /** What was on the way has arrived, or is lost. */
  arrive(inputs: readonly StepInput[]): void {
    for (const { holdingId, quantity } of inputs) {
      const state = this.get(holdingId);
      assert(state.inTransit >= quantity, 'Only what was shipped arrives.');
      this.put({ ...state, inTransit: state.inTransit - quantity });
    }
  }

  /** Draws from a crop season; drawing beyond what was expected raises it. Answers the new expectation where it was raised. */
  drawSeason(holdingId: string, quantity: bigint): bigint | null {
    const state = this.get(holdingId);
    assert(state.kind === 'SEASON', 'A season is drawn from.');
    const taken = state.taken + quantity;
    const raised = taken > state.made;
    this.put({ ...state, taken, made: raised ? taken : state.made });
    return raised ? taken : null;
  }

  /** Takes from a pool of shared payments, which its maker has just made. */
  drawPool(holdingId: string, quantity: bigint): void {
    const state = this.get(holdingId);
    assert(state.kind === 'POOL' && state.made - state.taken >= quantity, 'A pool is drawn from as far as it goes.');
    this.put({ ...state, taken: state.taken + quantity });
  }

  /** Adds to a holding, which is made when it is new. */
  make(holding: NewHolding, quantity: bigint): void {
    assert(quantity > 0n, 'Something is made.');
    const known = this.states.get(holding.id);
    const version = known?.version ?? this.versionsOf(holding) + 1;
    this.put(known ? { ...known, made: known.made + quantity } : { ...holding, version, made: quantity, taken: 0n, inTransit: 0n });
  }

  /**
   * Takes back what a movement did, because its event was declared wrong. Where what it made was used already, the holding gets the missing quantity as of
   * unknown origin, and that is told, one entry a holding: a balance case each. Throws SHIPMENT_RECEIVED for a shipment that is no longer on the way: its
   * receipt rests on it and is declared wrong first. `expectations` are those of the seasons it touches, without this movement.
   */
  undo(
    movement: Movement,
    expectations: ReadonlyMap<string, bigint> = new Map(),
  ): { readonly holdingId: string; readonly overdraw: Overdraw }[] {
    for (const { holdingId, quantity } of movement.ships) {
      if (this.get(holdingId).inTransit < quantity) throw new DomainError('SHIPMENT_RECEIVED', { holdingId });
    }
    for (const { holdingId, quantity } of movement.takes) this.add(holdingId, { taken: -quantity });
    for (const { holdingId, quantity } of movement.ships) this.add(holdingId, { taken: -quantity, inTransit: -quantity });
    for (const { holdingId, quantity } of movement.arrives) this.add(holdingId, { inTransit: quantity });
    for (const { holding, quantity } of movement.makes) this.add(holding.id, { made: -quantity });
    const touched = new Set(
      [...movement.takes, ...movement.makes.map(({ holding }) => ({ holdingId: holding.id }))].map((one) => one.holdingId),
    );
    for (const holdingId of touched) this.expectAnew(holdingId, expectations);
    return [...touched].flatMap((holdingId) => this.cover(holdingId));
  }

  private expectAnew(holdingId: string, expectations: ReadonlyMap<string, bigint>): void {
    const state = this.get(holdingId);
    if (state.kind !== 'SEASON') return;
    const expected = expectations.get(holdingId);
    assert(expected !== undefined, 'What a season was expected to give is known.');
    this.put({ ...state, made: expected > state.taken ? expected : state.taken });
  }

  private cover(holdingId: string): { holdingId: string; overdraw: Overdraw }[] {
    const { kind, batchId, holderId, dimension, made, taken } = this.get(holdingId);
    const missing = taken - made;
    if (missing <= 0n) return [];
    this.add(holdingId, { made: missing });
    // A pool is drawn from by its own event, and a season by what was drawn from it: neither can miss anything.
    return kind === 'GOODS' && batchId !== null ? [{ holdingId, overdraw: { batchId, holderId, dimension, missing } }] : [];
  }

  private add(holdingId: string, change: { made?: bigint; taken?: bigint; inTransit?: bigint }): void {
    const { made = 0n, taken = 0n, inTransit = 0n } = change;
    const state = this.get(holdingId);
    this.put({ ...state, made: state.made + made, taken: state.taken + taken, inTransit: state.inTransit + inTransit });
  }

  get(holdingId: string): HoldingState {
    const state = this.states.get(holdingId);
    assert(state, 'Only holdings that were locked are played on.');
    return state;
  }

  has(holdingId: string): boolean {
    return this.states.has(holdingId);
  }

  /** What must be stored. */
  changed(): HoldingState[] {
    return [...this.touched].map((id) => this.get(id));
  }

  private versionsOf(holding: NewHolding): number {
    if (holding.batchId === null) return 0;
    return [...this.states.values()]
      .filter((state) => state.batchId === holding.batchId && state.holderId === holding.holderId)
      .reduce((highest, state) => Math.max(highest, state.version), 0);
  }

  private put(state: HoldingState): void {
    this.states.set(state.id, state);
    this.touched.add(state.id);
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
