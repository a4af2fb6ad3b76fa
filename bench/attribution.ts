import assert from 'node:assert/strict';
import pg from 'pg';
import type { GraphqlClient } from '../demo/graphql-client.js';
import { eventually, inParallel } from '../demo/parallel.js';
import { idOf } from '../demo/values.js';
import type { CompositionStep } from '../src/core/batch/graph.js';
import { compose } from '../src/core/income/composition.js';
import { attributeLine } from '../src/core/income/position.js';
import { fraction } from '../src/core/kernel/fraction.js';
import type { Payment } from '../src/core/ledger/payment.js';
import type { SeasonSize } from './season.js';
import { aSaleOf, aSeason, PACK_KG } from './season.js';
import type { Benchmark } from './support.js';
import { startServer, tell } from './support.js';

const SIZE: SeasonSize = { lots: 50, deliveriesPerLot: 12, packsPerLot: 24 };
const SMOKE: SeasonSize = { lots: 2, deliveriesPerLot: 4, packsPerLot: 4 };
/** Every batch is sold by the kilogram, so often. */
const LINES_PER_SALE = 4;
const IN_FLIGHT = 16;
const WAIT_MS_MAX = 300_000;
const KG_MG = 1_000_000n;

/**
 * Final sales over a season, recorded and attributed by the worker of the same process: from the first sale until the last is attributed. Beside
 * it the rule alone, in memory, over a graph of the same shape. Every position adds up to its line's net amount, or it throws.
 */
export const run: Benchmark = async ({ smoke }) => {
  const size = smoke ? SMOKE : SIZE;
  const server = await startServer();
  const client = new pg.Client({ connectionString: server.databaseUrl });
  try {
    const season = await aSeason(server.admin, size);
    await client.connect();
    const batchIds = Array.from({ length: PACK_KG }, () => season.packs.map((pack) => pack.id))
      .flat()
      .slice(0, smoke ? 16 : 4_800);
    const sales = Array.from({ length: batchIds.length / LINES_PER_SALE }, (_, i) =>
      batchIds.slice(i * LINES_PER_SALE, (i + 1) * LINES_PER_SALE),
    );
    const startedMs = performance.now();
    await inParallel(sales, IN_FLIGHT, (ids, i) => aSaleOf(season, idOf('bench', 'sale', i), ids));
    const recordedMs = performance.now();
    await eventually('Attribution of all sales', WAIT_MS_MAX, async () => {
      const { rows } = await client.query<{ left: string }>(`SELECT count(*)::text AS left FROM sales WHERE status <> 'ATTRIBUTED'`);
      return rows[0]?.left === '0' ? true : null;
    });
    const attributedMs = performance.now();
    await requireWholePositions(server.admin.withKey(season.managerKey), sales.length, batchIds.length);
    process.stdout.write(`  ${String(batchIds.length)} lines attributed, each to the last fen\n`);
    const core = coreRate(size, smoke ? 100 : 5_000);
    if (smoke) return;
    const perSecond = (fromMs: number, toMs: number): number => (batchIds.length * 1_000) / (toMs - fromMs);
    tell('the rule alone: compose once, attribute each line', core, 'lines/s');
    tell(`sales of ${String(LINES_PER_SALE)} lines recorded meanwhile`, perSecond(startedMs, recordedMs), 'lines/s');
    tell('recorded and attributed, end to end', perSecond(startedMs, attributedMs), 'lines/s', {
      ratios: [{ limit: 'the rule alone', limitPerSecond: core }],
    });
  } finally {
    await client.end();
    await server.stop();
  }
};

interface Attributed {
  readonly sale: {
    readonly lines: readonly {
      readonly attribution: {
        readonly net: { readonly amount: string };
        readonly parties: readonly { readonly position: { readonly amount: string } }[];
        readonly coverage: string;
      } | null;
    }[];
  };
}

async function requireWholePositions(manager: GraphqlClient, sales: number, lines: number): Promise<void> {
  const query =
    'query ($id: UUID!) { sale(id: $id) { lines { attribution { net { amount } coverage parties { position { amount } } } } } }';
  const found = await inParallel(
    Array.from({ length: sales }, (_, i) => idOf('bench', 'sale', i)),
    IN_FLIGHT,
    async (id) => (await manager.ask<Attributed>(query, { id })).sale.lines,
  );
  const fen = (amount: string): bigint => BigInt(amount.replace('.', ''));
  assert.equal(found.flat().length, lines);
  for (const { attribution } of found.flat()) {
    assert.ok(attribution, 'Every line is attributed.');
    assert.equal(attribution.coverage, '1', 'Nothing is of unknown origin.');
    const sum = attribution.parties.reduce((total, party) => total + fen(party.position.amount), 0n);
    assert.equal(sum, fen(attribution.net.amount), 'Positions add up to the net amount.');
  }
}

/** Lines per second of core/income alone, composition included, on one thread. */
function coreRate({ lots, deliveriesPerLot, packsPerLot }: SeasonSize, lines: number): number {
  const steps: CompositionStep[] = [];
  const paymentsByLot: Payment[][] = [];
  const packs: { readonly holdingId: string; readonly lot: number }[] = [];
  const pack = BigInt(PACK_KG) * KG_MG;
  for (let lot = 0; lot < lots; lot += 1) {
    const net = (pack * BigInt(packsPerLot)) / BigInt(deliveriesPerLot);
    const deliveries = Array.from({ length: deliveriesPerLot }, (_, i) => ({ stepId: `d${String(lot)}-${String(i)}`, i }));
    for (const { stepId } of deliveries) {
      steps.push({
        id: stepId,
        kind: 'DELIVERY',
        inputs: [],
        outputs: [{ holdingId: `l${String(lot)}`, quantity: net, weight: fraction(net) }],
      });
    }
    const outputs = Array.from({ length: packsPerLot }, (_, i) => ({
      holdingId: `p${String(lot)}-${String(i)}`,
      quantity: pack,
      weight: fraction(pack),
    }));
    steps.push({
      id: `t${String(lot)}`,
      kind: 'TRANSFORMATION',
      inputs: [{ holdingId: `l${String(lot)}`, quantity: net * BigInt(deliveriesPerLot) }],
      outputs,
    });
    packs.push(...outputs.map(({ holdingId }) => ({ holdingId, lot })));
    paymentsByLot.push(deliveries.map(({ stepId, i }) => paymentOf(stepId, i)));
  }
  const startedMs = performance.now();
  const composition = compose(
    steps,
    packs.map(({ holdingId }) => holdingId),
  );
  for (let i = 0; i < lines; i += 1) {
    const { holdingId, lot } = packs[i % packs.length] ?? { holdingId: '', lot: 0 };
    // attributeLine itself refuses positions that do not add up.
    attributeLine({
      allocations: [{ holdingId, quantity: KG_MG }],
      composition,
      payments: paymentsByLot[lot] ?? [],
      seller: { kind: 'ORGANISATION', id: 'cooperative' },
      netMinor: 1_200n,
      currency: 'CNY',
    });
  }
  return (lines * 1_000) / (performance.now() - startedMs);
}

function paymentOf(stepId: string, i: number): Payment {
  return {
    id: `payment of ${stepId}`,
    stepId,
    kind: 'PURCHASE',
    payer: { kind: 'ORGANISATION', id: 'cooperative' },
    payee: { kind: 'HOUSEHOLD', id: `household ${String(i)}` },
    amountMinor: 8_000n,
    currency: 'CNY',
    status: 'PAYABLE',
    admittedMinor: null,
    paidOn: null,
    causeOn: '2026-05-26',
  };
}
