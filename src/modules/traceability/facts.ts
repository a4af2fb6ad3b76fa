import type { CustodyModel } from '../../core/batch/custody-model.js';
import type { CompositionStep } from '../../core/batch/graph.js';
import type { Instant } from '../../core/kernel/instant.js';
import type { Dimension, Quantity } from '../../core/kernel/quantity.js';
import { JobType } from '../../platform/queue/job-type.js';

/** A batch (GS1 batch/lot): one product, one lot code, wherever its quantities lie. */
export interface BatchFacts {
  readonly id: string;
  readonly productId: string;
  readonly gtin: string;
  readonly lot: string;
  /** Canonical, on id.gs1.org. */
  readonly digitalLink: string;
  readonly shortCode: string;
  /** Who made it. */
  readonly organisationId: string;
  readonly createdAt: Date;
}

/** A batch in one holder's hands, in one version. Amounts in the smallest unit of the dimension. */
export interface HoldingFacts {
  readonly id: string;
  readonly batchId: string;
  readonly holderId: string;
  readonly facilityId: string | null;
  readonly version: number;
  readonly dimension: Dimension;
  readonly made: bigint;
  /** made − taken, what is on the way not counted. */
  readonly available: bigint;
  readonly inTransit: boolean;
}

/** A step of the composition graph with what income asks of it. */
export interface StepFacts extends CompositionStep {
  readonly captureId: string;
  readonly eventId: string | null;
  readonly organisationId: string;
  readonly occurredAt: Date;
  readonly custodyModel: CustodyModel | null;
  /** Of the steps where goods come into being (DELIVERY, HARVEST, UNKNOWN_ORIGIN); null elsewhere. */
  readonly source: { readonly quantity: bigint; readonly dimension: Dimension; readonly unpriced: boolean } | null;
  /** Of a SEASON step: whether it is still open, so that figures are provisional. */
  readonly openSeason: boolean;
}

/** A batch as it stands now, wherever it lies. */
export interface StandingBatch extends BatchFacts {
  readonly drawnFromAt: Date | null;
  readonly filledByDeliveries: boolean;
  readonly holdings: readonly Pick<HoldingFacts, 'id' | 'made' | 'available' | 'inTransit'>[];
}

/** A step upstream of a batch with all that may be told of it, and more: what of it is public, provenance decides. */
export interface Ancestor extends CompositionStep {
  readonly eventId: string | null;
  readonly source: { readonly quantity: bigint; readonly dimension: Dimension } | null;
  readonly delivery: {
    readonly organisationId: string;
    readonly growerKind: string;
    readonly growerId: string;
    readonly plotId: string | null;
    readonly deliveredAt: Date;
  } | null;
  readonly event: {
    readonly id: string;
    readonly bizStep: string | null;
    readonly eventTimeMs: number;
    readonly eventOffsetMinutes: number;
    readonly organisationId: string;
    readonly facilityId: string | null;
  } | null;
}

/** One harvest delivery, without the money. */
export interface DeliveryFacts {
  readonly id: string;
  readonly stepId: string;
  readonly batchId: string;
  readonly organisationId: string;
  readonly growerKind: string;
  readonly growerId: string;
  readonly plotId: string | null;
  readonly seasonId: string | null;
  readonly deliveredAt: Date;
  readonly net: Quantity;
}

export interface SaleTake {
  readonly batch: BatchFacts;
  readonly quantity: Quantity;
}

export interface SoldFrom {
  readonly batchId: string;
  readonly holdingId: string;
  /** In the holding's dimension. */
  readonly quantity: bigint;
  readonly dimension: Dimension;
}

export interface SellCommand {
  readonly captureId: string;
  readonly sellerId: string;
  readonly at: Instant;
  /** For the event's bizTransactionList: the order's reference. */
  readonly orderReference: string | null;
  readonly takes: readonly SaleTake[];
}

/** A holding whose composition changed after something was taken from it, with the moment of the last such change. */
export interface Recomposed {
  readonly holdingId: string;
  /** As the database spells it: exact to the microsecond. */
  readonly at: string;
}

/** Raised when the composition of holdings changed after something was taken from them: what was attributed from them is looked at again. */
export interface CompositionChanged {
  readonly holdingIds: readonly string[];
}

export const COMPOSITION_CHANGED = new JobType<CompositionChanged>({
  name: 'composition-changed',
  key: ({ holdingIds }) => [...holdingIds].sort().join('-'),
});
