import type { StepKind } from '../../core/batch/graph.js';
import type { BatchStatus } from '../traceability/index.js';

/** What anybody may know of a batch. A whitelist: what is not named here does not leave the platform by the public doors. */
export interface ProvenanceView {
  /** Canonical, on id.gs1.org. */
  readonly digitalLink: string;
  readonly shortCode: string;
  readonly lot: string;
  readonly product: ProductView;
  readonly status: BatchStatus;
  readonly harvests: readonly HarvestView[];
  readonly journey: readonly JourneyStep[];
  readonly conditions: readonly [];
  readonly operations: readonly [];
  readonly certificates: readonly [];
  readonly income: PublicIncome;
  readonly recalled: boolean;
  /** Decimal between 0 and 1, rounded down: 1 − mass of unknown origin ÷ source mass. */
  readonly coverage: string;
}

export interface ProductView {
  readonly name: string;
  /** 14 digits. */
  readonly gtin: string;
  readonly netContent: { readonly value: string; readonly unit: string } | null;
}

/** What the growers of one village delivered to one cooperative, as far as it is in this batch. */
export interface HarvestView {
  readonly cooperative: string;
  /** Of the village; null where it is not known. */
  readonly areaCode: string | null;
  /** Months, "2026-05". */
  readonly from: string;
  readonly to: string;
  /** Part of the batch's source mass, a decimal; null where it would tell something about one household. */
  readonly share: string | null;
  /** Null where there are fewer than 10. */
  readonly households: number | null;
}

export interface JourneyStep {
  readonly eventId: string;
  readonly kind: StepKind;
  readonly bizStep: string | null;
  /** A calendar day at the place. */
  readonly at: string;
  readonly organisation: string;
  readonly facility: string | null;
}

export interface PublicIncome {
  readonly published: boolean;
  readonly reason: string | null;
}

export const INCOME_UNPUBLISHED: PublicIncome = {
  published: false,
  reason: 'No publication rules yet: a figure is shown only once it cannot tell anything about a single household.',
};
