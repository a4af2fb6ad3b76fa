import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Dimension } from '../../core/kernel/quantity.js';
import type { ShopPlatform, StockRule } from './facts.js';

@Entity('shops')
export class Shop {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId!: string;
  @Column('text') name!: string;
  @Column('text') platform!: ShopPlatform;
  @Column('bytea', { name: 'sealed_webhook_secret', nullable: true }) sealedWebhookSecret!: Buffer | null;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

/** One product inside a listing. As JSON: amounts are strings. */
export interface ListingComponent {
  readonly productId: string;
  /** Of the product. */
  readonly dimension: Dimension;
  /** For one piece of the listing, in the smallest unit of the dimension. */
  readonly amount: string;
  /** As said. */
  readonly value: string;
  readonly unit: string;
  readonly revenueWeight: string | null;
}

@Entity('listings')
export class Listing {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'shop_id' }) shopId!: string;
  @Column('text') sku!: string;
  @Column('text', { name: 'stock_rule' }) stockRule!: StockRule;
  @Column('jsonb') components!: ListingComponent[];
  @Column('uuid', { name: 'batch_ids', array: true }) batchIds!: string[];
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}
