import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';

export interface StoredWebhook {
  readonly shopId: string;
  /** The platform's own id of the delivery: the same on every retry. */
  readonly deliveryId: string;
  readonly topic: string;
  readonly bodyHash: string;
  readonly outcome: string;
  readonly saleId: string | null;
  /** The code of the catalogue, where the outcome is REJECTED; the body is kept sealed then. */
  readonly rejection: string | null;
  readonly sealedBody: Uint8Array | null;
  readonly receivedAt: Date;
}

/** Table webhook_deliveries. */
@Injectable()
export class WebhookRepository {
  /** Held until the transaction ends: an order that comes twice at the same moment is recorded once. */
  async lock(tx: Tx, key: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
  }

  /** What came of it, if anything stands: a rejected delivery may come again. */
  async find(tx: Tx, shopId: string, deliveryId: string): Promise<{ outcome: string; saleId: string | null } | null> {
    const row = await tx.first<{ outcome: string; sale_id: string | null }>(
      `SELECT outcome, sale_id FROM webhook_deliveries WHERE shop_id = $1 AND delivery_id = $2 AND outcome <> 'REJECTED'`,
      [shopId, deliveryId],
    );
    return row && { outcome: row.outcome, saleId: row.sale_id };
  }

  async insert(tx: Tx, webhook: StoredWebhook): Promise<void> {
    await tx.query(
      `INSERT INTO webhook_deliveries (shop_id, delivery_id, topic, body_hash, outcome, sale_id, rejection, sealed_body, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        webhook.shopId,
        webhook.deliveryId,
        webhook.topic,
        webhook.bodyHash,
        webhook.outcome,
        webhook.saleId,
        webhook.rejection,
        webhook.sealedBody,
        webhook.receivedAt,
      ],
    );
  }
}
