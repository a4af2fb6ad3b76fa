import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import type { ExactJson } from '../../core/kernel/exact-json.js';
import { parseExactJson } from '../../core/kernel/exact-json.js';
import { parseUuid } from '../../core/kernel/ids.js';
import { sha256Hex } from '../../core/kernel/sha256.js';
import { Clock } from '../../platform/clock/clock.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Log } from '../../platform/logging/log.js';
import type { Principal } from '../identity/index.js';
import { SaleService } from './sale.service.js';
import { SaleRepository } from './sale.repository.js';
import type { Shop } from './shop.entity.js';
import { ShopRepository } from './shop.repository.js';
import { SECRET_SEALED_FOR } from './shop.service.js';
import type { NoSale } from './shopify-order.js';
import { readShopifyOrder } from './shopify-order.js';
import { isSignedBy } from './shopify-signature.js';
import { WebhookRepository } from './webhook.repository.js';

const UNDERSTOOD_TOPIC = 'orders/create';
const BODY_SEALED_FOR = 'shop webhook body';
export const WEBHOOK_HEADER_LENGTH_MAX = 200;

/** A message as it came over HTTP. */
export interface IncomingWebhook {
  readonly shopId: string;
  readonly rawBody: Uint8Array;
  readonly topic: string | null;
  readonly deliveryId: string | null;
  readonly signature: string | null;
}

/** RECORDED: a sale was made of it. ALREADY_RECORDED: the order came before, in another delivery or by hand. */
export type WebhookOutcome = 'RECORDED' | 'ALREADY_RECORDED' | 'IGNORED' | 'REJECTED' | NoSale;

export interface WebhookAnswer {
  readonly outcome: string;
  readonly saleId?: string;
  /** Of a rejection, from the catalogue. */
  readonly code?: string;
}

interface Delivery {
  readonly shop: Shop;
  readonly deliveryId: string;
  readonly topic: string;
  readonly rawBody: Uint8Array;
}

/**
 * Takes in what a shop's platform sends. The signature is the key. Every delivery is answered once and for all; only one that was rejected
 * (a listing was missing) may come again. A rejection is acknowledged and kept: platforms stop sending to an address that refuses.
 */
@Injectable()
export class ShopWebhookService {
  constructor(
    private readonly database: Database,
    private readonly shops: ShopRepository,
    private readonly webhooks: WebhookRepository,
    private readonly sales: SaleService,
    private readonly saleRepository: SaleRepository,
    private readonly sealing: Sealing,
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** Throws NOT_FOUND, WEBHOOK_SIGNATURE_INVALID, WEBHOOK_NOT_UNDERSTOOD. */
  async receive(incoming: IncomingWebhook): Promise<WebhookAnswer> {
    const shop = await this.authenticated(incoming);
    const { rawBody } = incoming;
    const topic = (incoming.topic ?? '').slice(0, WEBHOOK_HEADER_LENGTH_MAX);
    const deliveryId = incoming.deliveryId?.slice(0, WEBHOOK_HEADER_LENGTH_MAX) ?? `body ${sha256Hex(rawBody)}`;
    const delivery = { shop, deliveryId, topic, rawBody };
    const body = topic === UNDERSTOOD_TOPIC ? parsed(rawBody) : null;
    try {
      return await this.database.transaction((tx) => this.take(tx, delivery, body));
    } catch (error) {
      if (!(error instanceof DomainError) || error.retryable || error.code === 'WEBHOOK_NOT_UNDERSTOOD') throw error;
      return this.keepRejected(delivery, error);
    }
  }

  private async authenticated({ shopId, rawBody, signature }: IncomingWebhook): Promise<Shop> {
    const [shop] = await this.shops.shops(this.database.reader, idsOf(shopId));
    if (!shop) throw new DomainError('NOT_FOUND', { shopId: shopId.slice(0, 64) });
    if (shop.platform !== 'SHOPIFY') throw new DomainError('WEBHOOK_NOT_UNDERSTOOD', { platform: shop.platform });
    const secret = shop.sealedWebhookSecret === null ? null : this.sealing.open(shop.sealedWebhookSecret, SECRET_SEALED_FOR);
    if (secret === null || signature === null || !isSignedBy(secret, rawBody, signature)) {
      throw new DomainError('WEBHOOK_SIGNATURE_INVALID', { shopId: shop.id });
    }
    return shop;
  }

  private async take(tx: Tx, delivery: Delivery, body: ExactJson): Promise<WebhookAnswer> {
    const { shop, deliveryId } = delivery;
    await this.webhooks.lock(tx, `webhook ${shop.id} ${deliveryId}`);
    const known = await this.webhooks.find(tx, shop.id, deliveryId);
    if (known) return answer(known.outcome, known.saleId);
    const { outcome, saleId } =
      delivery.topic === UNDERSTOOD_TOPIC ? await this.record(tx, shop, body) : { outcome: 'IGNORED' as const, saleId: null };
    await this.keep(tx, delivery, { outcome, saleId, rejection: null, sealedBody: null });
    return answer(outcome, saleId);
  }

  private async record(tx: Tx, shop: Shop, body: ExactJson): Promise<{ outcome: WebhookOutcome; saleId: string | null }> {
    const order = readShopifyOrder(body, shop);
    if (order.noSale) return { outcome: order.noSale, saleId: null };
    const { sale } = order;
    // The same lock as the client's id of recordSale takes: two deliveries of one order come one after the other.
    await this.webhooks.lock(tx, sale.id);
    const [existing] = await this.saleRepository.sales(tx, [sale.id]);
    if (existing) return { outcome: 'ALREADY_RECORDED', saleId: sale.id };
    const principal: Principal = { keyId: shop.id, organisationId: shop.organisationId, role: 'SHOP', areaCode: null };
    await this.sales.recordSaleIn(tx, principal, sale);
    return { outcome: 'RECORDED', saleId: sale.id };
  }

  private async keepRejected(delivery: Delivery, error: DomainError): Promise<WebhookAnswer> {
    const { shop, deliveryId, rawBody } = delivery;
    // Recorded by hand before the shop's own message came: what was asked for stands already.
    if (error.code === 'ALREADY_EXISTS') return { outcome: 'ALREADY_RECORDED' };
    this.log.write('warn', 'A webhook was rejected.', { shopId: shop.id, deliveryId, code: error.code, path: error.path.join('.') });
    const sealedBody = this.sealing.seal(Buffer.from(rawBody).toString('utf8'), BODY_SEALED_FOR);
    await this.database.transaction((tx) =>
      this.keep(tx, delivery, { outcome: 'REJECTED', saleId: null, rejection: error.code, sealedBody }),
    );
    return { outcome: 'REJECTED', code: error.code };
  }

  private async keep(
    tx: Tx,
    { shop, deliveryId, topic, rawBody }: Delivery,
    result: { outcome: WebhookOutcome; saleId: string | null; rejection: string | null; sealedBody: Uint8Array | null },
  ): Promise<void> {
    const receivedAt = new Date(this.clock.nowMs());
    await this.webhooks.insert(tx, { shopId: shop.id, deliveryId, topic, bodyHash: sha256Hex(rawBody), ...result, receivedAt });
  }
}

function answer(outcome: string, saleId: string | null): WebhookAnswer {
  return saleId === null ? { outcome } : { outcome, saleId };
}

/** Whoever asks under what is no id at all finds no shop. */
function idsOf(shopId: string): string[] {
  try {
    return [parseUuid(shopId)];
  } catch {
    return [];
  }
}

function parsed(rawBody: Uint8Array): ExactJson {
  try {
    return parseExactJson(Buffer.from(rawBody).toString('utf8'));
  } catch (error) {
    throw error instanceof DomainError ? new DomainError('WEBHOOK_NOT_UNDERSTOOD', error.detail) : error;
  }
}
