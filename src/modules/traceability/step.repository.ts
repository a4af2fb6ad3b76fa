import { Injectable } from '@nestjs/common';
import type { AllocationMethod } from '../../core/batch/allocation.js';
import type { CustodyModel } from '../../core/batch/custody-model.js';
import type { StepInput, StepKind } from '../../core/batch/graph.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { fraction } from '../../core/kernel/fraction.js';
import type { Dimension } from '../../core/kernel/quantity.js';
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

/** Tables steps, step_inputs, step_outputs: the composition graph. */
@Injectable()
export class StepRepository {
  async insert(tx: Tx, steps: readonly NewStep[]): Promise<void> {
    for (const step of steps) await this.insertOne(tx, step);
  }

  /** A season gave more than was expected: its one output grows. */
  async raiseSeason(tx: Tx, stepId: string, quantity: bigint): Promise<void> {
    await tx.query('UPDATE step_outputs SET quantity = $2::bigint, weight_num = $2::bigint WHERE step_id = $1', [stepId, quantity]);
  }

  /** Every step upstream of the holdings, with inputs, outputs and what is known of its goods; null where there are more than `limit`. */
  async upstream(tx: Tx, holdingIds: readonly string[], limit: number): Promise<StepFacts[] | null> {
    const rows = await tx.query<StepRow>(
      `WITH RECURSIVE cone(step_id) AS (
         SELECT o.step_id FROM step_outputs o WHERE o.holding_id = ANY($1::uuid[])
         UNION
         SELECT o.step_id FROM cone JOIN step_inputs i ON i.step_id = cone.step_id JOIN step_outputs o ON o.holding_id = i.holding_id
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
       JOIN steps s ON s.id = reached.step_id
       LEFT JOIN deliveries d ON d.step_id = s.id
       LEFT JOIN unknown_origins u ON u.step_id = s.id
       LEFT JOIN seasons season ON season.step_id = s.id
       ORDER BY s.id`,
      [holdingIds, limit + 1],
    );
    return rows.length > limit ? null : rows.map(stepOf);
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

  /** What an event took from batches and made of them; waste has no batch and is not here. */
  async ofEvent(tx: Tx, eventId: string): Promise<{ side: 'INPUT' | 'OUTPUT'; batchId: string; quantity: bigint; dimension: Dimension }[]> {
    const rows = await tx.query<{ side: 'INPUT' | 'OUTPUT'; batch_id: string; quantity: string; dimension: Dimension }>(
      `SELECT side, h.batch_id, sum(flow.quantity)::text AS quantity, min(h.dimension) AS dimension FROM (
         SELECT 'INPUT' AS side, i.holding_id, i.quantity FROM steps s JOIN step_inputs i ON i.step_id = s.id WHERE s.event_id = $1
         UNION ALL
         SELECT 'OUTPUT', o.holding_id, o.quantity FROM steps s JOIN step_outputs o ON o.step_id = s.id WHERE s.event_id = $1
       ) flow JOIN holdings h ON h.id = flow.holding_id WHERE h.batch_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      [eventId],
    );
    return rows.map((row) => ({ side: row.side, batchId: row.batch_id, quantity: BigInt(row.quantity), dimension: row.dimension }));
  }

  async isFilledByDeliveries(tx: Tx, batchId: string): Promise<boolean> {
    return (await tx.first('SELECT 1 FROM deliveries WHERE batch_id = $1 LIMIT 1', [batchId])) !== null;
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

  private async insertOne(tx: Tx, step: NewStep): Promise<void> {
    await tx.query(
      `INSERT INTO steps (id, kind, capture_id, event_id, organisation_id, occurred_at, custody_model, allocation_method)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [step.id, step.kind, step.captureId, step.eventId, step.organisationId, step.occurredAt, step.custodyModel, step.allocationMethod],
    );
    const inputs = summed(step.inputs);
    await tx.query('INSERT INTO step_inputs (step_id, holding_id, quantity) SELECT $1, * FROM unnest($2::uuid[], $3::bigint[])', [
      step.id,
      [...inputs.keys()],
      [...inputs.values()],
    ]);
    await tx.query(
      `INSERT INTO step_outputs (step_id, line, holding_id, quantity, dimension, weight_num, weight_den, waste)
       SELECT $1, line - 1, holding_id, quantity, dimension, num, den, holding_id IS NULL
       FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::numeric[], $6::numeric[]) WITH ORDINALITY AS o(holding_id, quantity, dimension, num, den, line)`,
      [
        step.id,
        step.outputs.map((output) => output.holdingId),
        step.outputs.map((output) => output.quantity),
        step.outputs.map((output) => output.dimension),
        step.outputs.map((output) => output.weight.num),
        step.outputs.map((output) => output.weight.den),
      ],
    );
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
