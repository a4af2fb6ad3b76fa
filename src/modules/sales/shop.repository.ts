import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Tx } from '../../platform/database/tx.js';
import { Listing, Shop } from './shop.entity.js';

/** Tables shops and listings. */
@Injectable()
export class ShopRepository {
  async insertShop(tx: Tx, shop: Shop): Promise<void> {
    await tx.manager.insert(Shop, shop);
  }

  async shops(tx: Tx, ids: readonly string[]): Promise<Shop[]> {
    return ids.length === 0 ? [] : tx.manager.find(Shop, { where: { id: In([...ids]) } });
  }

  /** False where the shop lists this SKU already. */
  async insertListing(tx: Tx, listing: Listing): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO listings (id, shop_id, sku, stock_rule, components, batch_ids, registered_at)
       VALUES ($1, $2, $3, $4, $5::jsonb, $6::uuid[], $7) ON CONFLICT (shop_id, sku) DO NOTHING RETURNING id`,
      [
        listing.id,
        listing.shopId,
        listing.sku,
        listing.stockRule,
        JSON.stringify(listing.components),
        listing.batchIds,
        listing.registeredAt,
      ],
    );
    return rows.length > 0;
  }

  async listing(tx: Tx, id: string): Promise<Listing | null> {
    return tx.manager.findOne(Listing, { where: { id } });
  }

  async listingsBySku(tx: Tx, shopId: string, skus: readonly string[]): Promise<Listing[]> {
    return skus.length === 0 ? [] : tx.manager.find(Listing, { where: { shopId, sku: In([...skus]) } });
  }
}
