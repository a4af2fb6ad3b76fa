import type { Dimension } from '../../core/kernel/quantity.js';
import { JobType } from '../../platform/queue/job-type.js';

export const SALE_STATUSES = ['NOT_FINAL', 'AWAITING_FULFILMENT', 'PENDING', 'ATTRIBUTED', 'CANCELLED', 'FAILED'] as const;
export type SaleStatus = (typeof SALE_STATUSES)[number];

export const SALE_CHANNELS = [
  'ONLINE_SHOP',
  'MARKETPLACE',
  'LIVESTREAM',
  'GROUP_PURCHASE',
  'GOVERNMENT_PURCHASE',
  'DIRECT',
  'WHOLESALE',
  'EXPORT',
] as const;
export type SaleChannel = (typeof SALE_CHANNELS)[number];

export const DISCOUNT_FUNDERS = ['SELLER', 'PLATFORM', 'GOVERNMENT'] as const;

export const SHOP_PLATFORMS = ['SHOPIFY', 'WOOCOMMERCE', 'GENERIC'] as const;
export type ShopPlatform = (typeof SHOP_PLATFORMS)[number];

/** How lots are proposed for a line: oldest first, those the listing names, or none until a receipt says so. */
export const STOCK_RULES = ['FIFO', 'CHOSEN', 'BY_RECEIPT'] as const;
export type StockRule = (typeof STOCK_RULES)[number];

/** What a sale line took from one holding, in the holding's dimension. */
export interface SoldQuantity {
  readonly holdingId: string;
  readonly batchId: string;
  readonly quantity: bigint;
  readonly dimension: Dimension;
}

export interface SaleLineFacts {
  readonly id: string;
  readonly ref: string;
  /** R, in minor units of the sale's currency (income.md, 3). */
  readonly netMinor: bigint;
  readonly grossMinor: bigint;
  /** Whether all that was sold is allocated: only a sale of whole lines is attributed. */
  readonly whole: boolean;
  readonly allocations: readonly SoldQuantity[];
}

/** A sale as the modules to the right know it. */
export interface SaleFacts {
  readonly id: string;
  readonly sellerId: string;
  readonly shopId: string | null;
  readonly final: boolean;
  readonly currency: string;
  readonly soldAt: Date;
  readonly status: SaleStatus;
  /** Sold on a sales platform whose fees are not recorded yet: a settlement will come. */
  readonly feesPending: boolean;
  readonly lines: readonly SaleLineFacts[];
}

/** A sale that waits to be attributed. */
export interface WaitingSale {
  readonly saleId: string;
  /** As the database spells it: exact to the microsecond. */
  readonly since: string;
}

/** Raised when a sale became wholly allocated. */
export interface SaleAllocated {
  readonly saleId: string;
}

export const SALE_ALLOCATED = new JobType<SaleAllocated>({ name: 'sale-allocated', key: ({ saleId }) => saleId });
