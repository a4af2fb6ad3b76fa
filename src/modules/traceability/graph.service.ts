import { Injectable } from '@nestjs/common';
import type { Trace, TraceDirection } from '../../core/batch/trace.js';
import { trace } from '../../core/batch/trace.js';
import { DomainError } from '../../core/kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { DeliveryFacts, Recomposed, StepFacts } from './facts.js';
import type { FlowRow } from './step.repository.js';
import { HoldingRepository } from './holding.repository.js';
import { StepRepository } from './step.repository.js';

/** More upstream steps than this are not loaded for one computation. */
export const UPSTREAM_STEPS_MAX = 200_000;
export const TRACE_DEPTH_DEFAULT = 20;
export const TRACE_DEPTH_MAX = 50;
export const TRACE_NODES_MAX = 2_000;
export const TRACE_EDGES_MAX = 20_000;

@Injectable()
export class GraphService {
  constructor(
    private readonly database: Database,
    private readonly steps: StepRepository,
    private readonly holdings: HoldingRepository,
  ) {}

  /** All steps upstream of these holdings, those that made them included. Throws COMPOSITION_TOO_LARGE. */
  async upstream(tx: Tx, holdingIds: readonly string[]): Promise<StepFacts[]> {
    const steps = await this.steps.upstream(tx, holdingIds, UPSTREAM_STEPS_MAX);
    if (!steps) throw new DomainError('COMPOSITION_TOO_LARGE', { stepsMax: UPSTREAM_STEPS_MAX });
    return steps;
  }

  /** The holdings that these steps made. */
  async madeBy(tx: Tx, stepIds: readonly string[]): Promise<string[]> {
    return stepIds.length === 0 ? [] : this.steps.madeBy(tx, stepIds);
  }

  /** These holdings and all made from them. */
  async downstream(tx: Tx, holdingIds: readonly string[]): Promise<string[]> {
    return this.steps.downstream(tx, holdingIds);
  }

  /** Holdings whose composition changed after something was taken, and whose takers nobody has looked at since; the longest waiting first. */
  async recomposed(tx: Tx, after: Recomposed | null, limit: number): Promise<Recomposed[]> {
    return this.holdings.recomposed(tx, after, limit);
  }

  /** Since when these holdings wait for that; those that do not wait are left out. */
  async recompositionsOf(tx: Tx, holdingIds: readonly string[]): Promise<Recomposed[]> {
    return this.holdings.recompositionsOf(tx, holdingIds);
  }

  /** Their takers were looked at. What changed again meanwhile goes on waiting. */
  async settleRecompositions(tx: Tx, looked: readonly Recomposed[]): Promise<void> {
    if (looked.length > 0) await this.holdings.settleRecompositions(tx, looked);
  }

  /** The deliveries behind these steps; steps that are none are left out. */
  async deliveries(tx: Tx, stepIds: readonly string[]): Promise<DeliveryFacts[]> {
    return this.steps.deliveries(tx, stepIds);
  }

  /** Which batches went into this one, or came from it. Throws BAD_INPUT for a depth out of range. */
  async trace(batchId: string, direction: TraceDirection, maxDepth: number | null): Promise<Trace<FlowRow>> {
    const depth = maxDepth ?? TRACE_DEPTH_DEFAULT;
    if (depth < 0 || depth > TRACE_DEPTH_MAX) throw new DomainError('BAD_INPUT', { maxDepth: depth, max: TRACE_DEPTH_MAX }, ['maxDepth']);
    const ways = direction === 'BOTH' ? (['UPSTREAM', 'DOWNSTREAM'] as const) : [direction];
    const flows: FlowRow[] = [];
    // One step of the graph may be a receipt, which stays within a batch: two steps a level are enough to see the next batch.
    for (const way of ways) flows.push(...(await this.steps.flows(this.database.reader, batchId, way, 2 * depth + 2, TRACE_EDGES_MAX)));
    const found = trace(flows, batchId, direction, depth, TRACE_NODES_MAX);
    return { ...found, truncated: found.truncated || flows.length >= TRACE_EDGES_MAX };
  }
}
