import { assert } from '../../core/kernel/assert.js';
import type { Money } from '../../core/kernel/money.js';
import type { Dimension, Quantity } from '../../core/kernel/quantity.js';
import { parseQuantity, unitOf } from '../../core/kernel/quantity.js';
import type { StoredBatch } from '../traceability/index.js';
import type { SaleChannel, SaleStatus } from './facts.js';
import type { StoredAllocation, StoredLine, StoredProposal, StoredSale } from './sale.repository.js';
import type { Need } from './wholeness.js';
import { rest } from './wholeness.js';

/** An exact quantity and the unit to tell it in; null: the plain unit of its dimension. */
export interface Told {
  readonly quantity: Quantity;
  readonly unit: string | null;
}

export interface SaleLineView {
  readonly id: string;
  readonly saleId: string;
  readonly ref: string;
  readonly sku: string | null;
  readonly said: { readonly value: string; readonly unit: string };
  readonly gross: Money;
  readonly net: Money;
  readonly allocations: readonly { readonly batch: StoredBatch; readonly told: Told }[];
  readonly proposals: readonly { readonly batch: StoredBatch; readonly told: Told }[];
  readonly unallocated: Told | null;
}

/** A sale as it is shown to those who may see it. */
export interface SaleView {
  readonly id: string;
  readonly sellerId: string;
  readonly shopId: string | null;
  readonly channel: SaleChannel | null;
  readonly orderReference: string | null;
  /** As said, with its offset. */
  readonly soldAt: string;
  readonly final: boolean;
  readonly status: SaleStatus;
  readonly lines: readonly SaleLineView[];
}

export function saleView(
  sale: StoredSale,
  parts: {
    readonly lines: readonly StoredLine[];
    readonly allocations: readonly StoredAllocation[];
    readonly proposals: readonly StoredProposal[];
    readonly batches: ReadonlyMap<string, StoredBatch>;
  },
): SaleView {
  const { id, sellerId, shopId, channel, orderReference, final, status, currency } = sale;
  const lines = parts.lines
    .filter((line) => line.saleId === id)
    .map((line): SaleLineView => {
      const allocations = parts.allocations.filter((allocation) => allocation.lineId === line.id);
      const proposals = parts.proposals.filter((proposal) => proposal.lineId === line.id).map((proposal) => ({ ...proposal, unit: null }));
      return {
        id: line.id,
        saleId: id,
        ref: line.ref,
        sku: line.sku,
        said: { value: line.quantityValue, unit: line.quantityUnit },
        gross: { amountMinor: line.grossMinor, currency },
        net: { amountMinor: line.netMinor, currency },
        allocations: byBatch(allocations, parts.batches),
        proposals: byBatch(proposals, parts.batches),
        unallocated: unallocated(line, allocations),
      };
    });
  return { id, sellerId, shopId, channel, orderReference, soldAt: sale.particulars.soldAt, final, status, lines };
}

/** One entry a batch: from which of the seller's holdings of it something came is nothing a packer knows. */
function byBatch(
  taken: readonly { readonly batchId: string; readonly quantity: bigint; readonly dimension: Dimension; readonly unit: string | null }[],
  batches: ReadonlyMap<string, StoredBatch>,
): { batch: StoredBatch; told: Told }[] {
  return [...new Set(taken.map((one) => one.batchId))].map((batchId) => {
    const own = taken.filter((one) => one.batchId === batchId);
    const batch = batches.get(batchId);
    const [first] = own;
    assert(batch && first, 'What was allocated is a batch.');
    const amount = own.reduce((total, one) => total + one.quantity, 0n);
    return { batch, told: { quantity: { dimension: first.dimension, amount }, unit: first.unit } };
  });
}

/** What is still to be decided, in the line's own unit where it can be told in it; a gift box by the pieces that are not complete. */
function unallocated(line: StoredLine, allocated: readonly StoredAllocation[]): Told | null {
  const open = line.needs.map((need) => ({ need, left: rest(need, allocated) })).filter(({ left }) => left > 0n);
  const [first] = open;
  if (!first) return null;
  const said = parseQuantity({ value: line.quantityValue, unit: line.quantityUnit });
  if (said.dimension === 'COUNT') {
    const pieces = open.map(({ need, left }) => incomplete(said.amount, need, left)).reduce((most, one) => (one > most ? one : most), 0n);
    return { quantity: { dimension: 'COUNT', amount: pieces }, unit: line.quantityUnit };
  }
  const unit = unitOf(line.quantityUnit).dimension === first.need.dimension ? line.quantityUnit : null;
  return { quantity: { dimension: first.need.dimension, amount: first.left }, unit };
}

function incomplete(pieces: bigint, need: Need, left: bigint): bigint {
  return (left * pieces + need.amount - 1n) / need.amount;
}
