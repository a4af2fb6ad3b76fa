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
    assert(quantity > 0n, 'Something is taken.');
    const all = [...this.states.values()].filter((state) => state.batchId === batchId);
    const own = all.filter((state) => state.holderId === actorId).sort((a, b) => a.version - b.version || (a.id < b.id ? -1 : 1));
    if (own.length === 0) throw new DomainError('CUSTODY_WRONG', { batchId });
    const available = own.reduce((total, state) => total + state.made - state.taken, 0n);
    if (available < quantity) {
      throw new DomainError('BATCH_OVERDRAWN', {
        batchId,
        available: available.toString(),
        asked: quantity.toString(),
        dimension: own[0]?.dimension,
      });
    }
    const inputs: StepInput[] = [];
    let rest = quantity;
    for (const state of own) {
      const part = min(rest, state.made - state.taken);
      if (part === 0n) continue;
      this.put({ ...state, taken: state.taken + part });
      inputs.push({ holdingId: state.id, quantity: part });
      rest -= part;
    }
    return inputs;
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
