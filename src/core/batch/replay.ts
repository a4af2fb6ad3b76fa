/**
 * What the record says of holdings, and what follows from all of it. A movement is the effect of one event: it takes from holdings, puts on the way what it
 * took, brings what was on the way to its end, makes holdings or adds to them. Holdings are sums over the movements that count, so the whole record played
 * into nothing gives what was kept while it happened, row for row; a movement whose event was declared wrong leaves its holdings behind, empty. Order
 * decides only what order must decide: the version of a holding, and when a lot was first drawn from.
 */
import { assert } from '../kernel/assert.js';
import type { HoldingState, Movement, NewHolding } from './stock.js';

interface Sums {
  readonly holding: NewHolding;
  readonly version: number;
  made: bigint;
  taken: bigint;
  inTransit: bigint;
}

/** Plays the record, in its order. */
export class Replay {
  private readonly sums = new Map<string, Sums>();
  private readonly versions = new Map<string, number>();
  private readonly drawn = new Map<string, number>();

  /** `declared` are the events that were declared wrong, whenever that was. */
  constructor(private readonly declared: ReadonlySet<string>) {}

  apply(movement: Movement): void {
    const counts = movement.eventId === null || !this.declared.has(movement.eventId);
    for (const { holding, quantity } of movement.makes) {
      const sums = this.sums.get(holding.id) ?? this.open(holding);
      if (counts) sums.made += quantity;
    }
    if (!counts) return;
    for (const { holdingId, quantity } of movement.takes) this.take(holdingId, quantity, movement.occurredAtMs);
    for (const { holdingId, quantity } of movement.ships) this.take(holdingId, quantity, movement.occurredAtMs).inTransit += quantity;
    for (const { holdingId, quantity } of movement.arrives) this.of(holdingId).inTransit -= quantity;
  }

  /** All holdings, in the order in which they came to be. */
  holdings(): HoldingState[] {
    return [...this.sums.values()].map(({ holding, version, made, taken, inTransit }) => {
      // What is drawn from a season beyond its expectation raises it.
      const whole = holding.kind === 'SEASON' && taken > made ? taken : made;
      return { ...holding, version, made: whole, taken, inTransit };
    });
  }

  /** Batch → when it was first drawn from, milliseconds since 1970; batches that never were are left out. */
  drawnFrom(): ReadonlyMap<string, number> {
    return this.drawn;
  }

  private open(holding: NewHolding): Sums {
    const key = `${holding.batchId ?? holding.id} ${holding.holderId}`;
    const version = (this.versions.get(key) ?? 0) + 1;
    this.versions.set(key, version);
    const sums = { holding, version, made: 0n, taken: 0n, inTransit: 0n };
    this.sums.set(holding.id, sums);
    return sums;
  }

  private take(holdingId: string, quantity: bigint, atMs: number): Sums {
    const sums = this.of(holdingId);
    sums.taken += quantity;
    const { batchId } = sums.holding;
    if (batchId !== null) this.drawn.set(batchId, Math.min(this.drawn.get(batchId) ?? atMs, atMs));
    return sums;
  }

  private of(holdingId: string): Sums {
    const sums = this.sums.get(holdingId);
    assert(sums, 'Only what was made before is moved.');
    return sums;
  }
}
