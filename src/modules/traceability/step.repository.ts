import { Injectable } from '@nestjs/common';
import type { AllocationMethod } from '../../core/batch/allocation.js';
import type { CustodyModel } from '../../core/batch/custody-model.js';
import type { StepInput, StepKind } from '../../core/batch/graph.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { Dimension } from '../../core/kernel/quantity.js';
import { RowsInsert } from '../../platform/database/rows.js';
import type { Tx } from '../../platform/database/tx.js';
import type { DeliveryFacts, StepFacts } from './facts.js';

export interface NewStepOutput {
  /** Null for waste. */
  readonly holdingId: string | null;
  readonly quantity: bigint;
  readonly dimension: Dimension;
  readonly weight: Fraction;
}

export interface NewStep {
  readonly id: string;
  readonly kind: StepKind;
  readonly captureId: string;
  readonly eventId: string | null;
  readonly organisationId: string;
  readonly occurredAt: Date;
  readonly custodyModel: CustodyModel | null;
  readonly allocationMethod: AllocationMethod | null;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly NewStepOutput[];
}

interface StepRow {
  id: string;
  kind: StepKind;
  capture_id: string;
  event_id: string | null;
  organisation_id: string;
  occurred_at: Date;
  custody_model: CustodyModel | null;
  inputs: { holding: string; quantity: string }[] | null;
  outputs: { holding: string | null; line: number; quantity: string; num: string; den: string }[] | null;
  source_quantity: string | null;
  source_dimension: Dimension | null;
  unpriced: boolean;
  open_season: boolean;
}

export interface FlowRow {
  readonly from: string;
  readonly to: string;
  readonly eventId: string;
  readonly quantity: bigint;
  readonly dimension: Dimension;
}

const STEPS = new RowsInsert<NewStep>('steps', {
  id: ['uuid', (step) => step.id],
  kind: ['text', (step) => step.kind],
  capture_id: ['uuid', (step) => step.captureId],
  event_id: ['text', (step) => step.eventId],
  organisation_id: ['uuid', (step) => step.organisationId],
  occurred_at: ['timestamptz', (step) => step.occurredAt],
  custody_model: ['text', (step) => step.custodyModel],
  allocation_method: ['text', (step) => step.allocationMethod],
});

const STEP_INPUTS = new RowsInsert<StepInput & { readonly stepId: string }>('step_inputs', {
  step_id: ['uuid', (input) => input.stepId],
  holding_id: ['uuid', (input) => input.holdingId],
  quantity: ['bigint', (input) => input.quantity],
});

const STEP_OUTPUTS = new RowsInsert<NewStepOutput & { readonly stepId: string; readonly line: number }>('step_outputs', {
  step_id: ['uuid', (output) => output.stepId],
  line: ['int', (output) => output.line],
  holding_id: ['uuid', (output) => output.holdingId],
  quantity: ['bigint', (output) => output.quantity],
  dimension: ['text', (output) => output.dimension],
  weight_num: ['numeric', (output) => output.weight.num],
  weight_den: ['numeric', (output) => output.weight.den],
  waste: ['boolean', (output) => output.holdingId === null],
});

/** Tables steps, step_inputs, step_outputs: the composition graph. */
@Injectable()
export class StepRepository {
  async insert(tx: Tx, steps: readonly NewStep[]): Promise<void> {
    await STEPS.insert(tx, steps);
    const inputs = steps.flatMap(({ id, inputs }) =>
      [...summed(inputs)].map(([holdingId, quantity]) => ({ stepId: id, holdingId, quantity })),
    );
    await STEP_INPUTS.insert(tx, inputs);
    const outputs = steps.flatMap(({ id, outputs }) => outputs.map((output, line) => ({ ...output, stepId: id, line })));
    await STEP_OUTPUTS.insert(tx, outputs);
  }

  /** Seasons gave more than was expected: the one output of each grows. By step. */
  async raiseSeasons(tx: Tx, quantities: ReadonlyMap<string, bigint>): Promise<void> {
    if (quantities.size === 0) return;
    await tx.query(
      `UPDATE step_outputs o SET quantity = given.quantity, weight_num = given.quantity
       FROM unnest($1::uuid[], $2::bigint[]) AS given(step_id, quantity) WHERE o.step_id = given.step_id`,
      [[...quantities.keys()], [...quantities.values()]],
    );
  }

  /**
   * Every step upstream of the holdings, with inputs, outputs and what is known of its goods; null where there are more than `limit`. LATERAL
   * with OFFSET 0 is one index look-up a step: PostgreSQL cannot know how far the recursion goes, and would else read whole tables into hashes.
   */
  async upstream(tx: Tx, holdingIds: readonly string[], limit: number): Promise<StepFacts[] | null> {
    const rows = await tx.query<StepRow>(
      `WITH RECURSIVE cone(step_id) AS (
         SELECT o.step_id FROM step_outputs o WHERE o.holding_id = ANY($1::uuid[])
         UNION
         SELECT o.step_id FROM cone
         CROSS JOIN LATERAL (SELECT holding_id FROM step_inputs WHERE step_id = cone.step_id OFFSET 0) i
         CROSS JOIN LATERAL (SELECT step_id FROM step_outputs WHERE holding_id = i.holding_id OFFSET 0) o
       )
       SELECT s.id, s.kind, s.capture_id, s.event_id, s.organisation_id, s.occurred_at, s.custody_model,
         (SELECT json_agg(json_build_object('holding', i.holding_id, 'quantity', i.quantity::text)) FROM step_inputs i WHERE i.step_id = s.id) AS inputs,
         (SELECT json_agg(json_build_object('holding', o.holding_id, 'line', o.line, 'quantity', o.quantity::text, 'num', o.weight_num::text, 'den', o.weight_den::text))
            FROM step_outputs o WHERE o.step_id = s.id) AS outputs,
         coalesce(d.net, u.quantity)::text AS source_quantity,
         coalesce(d.dimension, u.dimension) AS source_dimension,
         (d.id IS NOT NULL AND d.unpriced) AS unpriced,
         (season.id IS NOT NULL AND season.closed_at IS NULL) AS open_season
       FROM (SELECT step_id FROM cone LIMIT $2) AS reached
       CROSS JOIN LATERAL (SELECT * FROM steps WHERE id = reached.step_id OFFSET 0) s
       LEFT JOIN LATERAL (SELECT * FROM deliveries WHERE step_id = s.id OFFSET 0) d ON true
       LEFT JOIN LATERAL (SELECT * FROM unknown_origins WHERE step_id = s.id OFFSET 0) u ON true
       LEFT JOIN LATERAL (SELECT * FROM seasons WHERE step_id = s.id OFFSET 0) season ON true
       ORDER BY s.id`,
      [holdingIds, limit + 1],
    );
    return rows.length > limit ? null : rows.map(stepOf);
  }

  async madeBy(tx: Tx, stepIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ holding_id: string }>(
      'SELECT DISTINCT holding_id FROM step_outputs WHERE step_id = ANY($1::uuid[]) AND holding_id IS NOT NULL',
      [stepIds],
    );
    return rows.map((row) => row.holding_id);
  }

  /** These holdings and all that were made from them. */
  async downstream(tx: Tx, holdingIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ holding_id: string }>(
      `WITH RECURSIVE cone(holding_id) AS (
         SELECT unnest($1::uuid[])
         UNION
         SELECT o.holding_id FROM cone JOIN step_inputs i ON i.holding_id = cone.holding_id JOIN step_outputs o ON o.step_id = i.step_id
         WHERE o.holding_id IS NOT NULL
       ) SELECT holding_id FROM cone`,
      [holdingIds],
    );
    return rows.map((row) => row.holding_id);
  }

  /** How goods flowed between batches, reached from one batch within `depth` steps; receipts of the same batch in other hands count as no flow. */
  async flows(tx: Tx, batchId: string, direction: 'UPSTREAM' | 'DOWNSTREAM', depth: number, limit: number): Promise<FlowRow[]> {
    // Walking up, the known end is the output; walking down, it is the input.
    const [known, next] = direction === 'UPSTREAM' ? ['out_holding', 'in_holding'] : ['in_holding', 'out_holding'];
    const rows = await tx.query<{ from_batch: string; to_batch: string; event_id: string; quantity: string; dimension: Dimension }>(
      `WITH RECURSIVE flow AS (
         SELECT i.holding_id AS in_holding, o.holding_id AS out_holding, i.step_id, i.quantity
         FROM step_inputs i JOIN step_outputs o ON o.step_id = i.step_id AND o.holding_id IS NOT NULL
       ), reached(holding_id, depth) AS (
         SELECT id, 0 FROM holdings WHERE batch_id = $1
         UNION
         SELECT flow.${next}, reached.depth + 1 FROM reached JOIN flow ON flow.${known} = reached.holding_id WHERE reached.depth < $2
       )
       SELECT a.batch_id AS from_batch, b.batch_id AS to_batch, s.event_id, sum(f.quantity)::text AS quantity, min(a.dimension) AS dimension
       FROM (SELECT DISTINCT flow.* FROM reached JOIN flow ON flow.${known} = reached.holding_id) f
       JOIN holdings a ON a.id = f.in_holding JOIN holdings b ON b.id = f.out_holding JOIN steps s ON s.id = f.step_id
       WHERE a.batch_id IS NOT NULL AND b.batch_id IS NOT NULL AND a.batch_id <> b.batch_id AND s.event_id IS NOT NULL
       GROUP BY 1, 2, 3 LIMIT $3`,
      [batchId, depth, limit],
    );
    return rows.map((row) => ({
      from: row.from_batch,
      to: row.to_batch,
      eventId: row.event_id,
      quantity: BigInt(row.quantity),
      dimension: row.dimension,
    }));
  }

  /** What events took from batches and made of them; waste has no batch and is not here. */
  async ofEvents(
    tx: Tx,
    eventIds: readonly string[],
  ): Promise<{ eventId: string; side: 'INPUT' | 'OUTPUT'; batchId: string; quantity: bigint; dimension: Dimension }[]> {
    const rows = await tx.query<{ event_id: string; side: 'INPUT' | 'OUTPUT'; batch_id: string; quantity: string; dimension: Dimension }>(
      // Steps are found by the capture that made them.
      `WITH named AS (
         SELECT s.id, s.event_id FROM supply_events e JOIN steps s ON s.capture_id = e.capture_id AND s.event_id = e.id WHERE e.id = ANY($1)
       )
       SELECT flow.event_id, side, h.batch_id, sum(flow.quantity)::text AS quantity, min(h.dimension) AS dimension FROM (
         SELECT s.event_id, 'INPUT' AS side, i.holding_id, i.quantity
         FROM named s JOIN step_inputs i ON i.step_id = s.id
         UNION ALL
         SELECT s.event_id, 'OUTPUT', o.holding_id, o.quantity
         FROM named s JOIN step_outputs o ON o.step_id = s.id
       ) flow JOIN holdings h ON h.id = flow.holding_id WHERE h.batch_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      [eventIds],
    );
    return rows.map((row) => ({
      eventId: row.event_id,
      side: row.side,
      batchId: row.batch_id,
      quantity: BigInt(row.quantity),
      dimension: row.dimension,
    }));
  }

  /** Which of these batches deliveries went into. */
  async filledByDeliveries(tx: Tx, batchIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ batch_id: string }>('SELECT DISTINCT batch_id FROM deliveries WHERE batch_id = ANY($1::uuid[])', [
      batchIds,
    ]);
    return new Set(rows.map((row) => row.batch_id));
  }

  async deliveries(tx: Tx, stepIds: readonly string[]): Promise<DeliveryFacts[]> {
    const rows = await tx.query<{
      id: string;
      step_id: string;
      batch_id: string;
      organisation_id: string;
      grower_kind: string;
      grower_id: string;
      plot_id: string | null;
      season_id: string | null;
      delivered_at: Date;
      net: string;
      dimension: Dimension;
    }>(
      `SELECT id, step_id, batch_id, organisation_id, grower_kind, grower_id, plot_id, season_id, delivered_at, net::text, dimension
       FROM deliveries WHERE step_id = ANY($1::uuid[]) ORDER BY delivered_at, id`,
      [stepIds],
    );
    return rows.map((row) => ({
      id: row.id,
      stepId: row.step_id,
      batchId: row.batch_id,
      organisationId: row.organisation_id,
      growerKind: row.grower_kind,
      growerId: row.grower_id,
      plotId: row.plot_id,
      seasonId: row.season_id,
      deliveredAt: row.delivered_at,
      net: { dimension: row.dimension, amount: BigInt(row.net) },
    }));
  }

  async insertUnknownOrigin(
    tx: Tx,
    row: { stepId: string; productId: string; quantity: bigint; dimension: Dimension; note: string | null },
  ): Promise<void> {
    await tx.query('INSERT INTO unknown_origins (step_id, product_id, quantity, dimension, note) VALUES ($1, $2, $3, $4, $5)', [
      row.stepId,
      row.productId,
      row.quantity,
      row.dimension,
      row.note,
    ]);
  }
}

function summed(inputs: readonly StepInput[]): Map<string, bigint> {
  const total = new Map<string, bigint>();
  for (const { holdingId, quantity } of inputs) total.set(holdingId, (total.get(holdingId) ?? 0n) + quantity);
  return total;
}

function stepOf(row: StepRow): StepFacts {
  return {
    id: row.id,
    kind: row.kind,
    captureId: row.capture_id,
    eventId: row.event_id,
    organisationId: row.organisation_id,
    occurredAt: row.occurred_at,
    custodyModel: row.custody_model,
    inputs: (row.inputs ?? []).map((input) => ({ holdingId: input.holding, quantity: BigInt(input.quantity) })),
    outputs: (row.outputs ?? []).map((output) => ({
      // Waste lies in nobody's hands: a name that nothing takes from.
      holdingId: output.holding ?? `waste:${row.id}:${output.line}`,
      quantity: BigInt(output.quantity),
      weight: fraction(BigInt(output.num), BigInt(output.den)),
    })),
    source:
      row.source_quantity === null || row.source_dimension === null
        ? null
        : { quantity: BigInt(row.source_quantity), dimension: row.source_dimension, unpriced: row.unpriced },
    openSeason: row.open_season,
  };
}
