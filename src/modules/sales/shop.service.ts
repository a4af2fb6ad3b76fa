import { Injectable } from '@nestjs/common';
import { decimalToFraction, parseDecimal } from '../../core/kernel/decimal.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import { convert, parseQuantity } from '../../core/kernel/quantity.js';
import { Clock } from '../../platform/clock/clock.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Principal } from '../identity/index.js';
import { checkName, IdentityService } from '../identity/index.js';
import type { ProductFacts } from '../registry/index.js';
import { RegistryService } from '../registry/index.js';
import { BatchService } from '../traceability/index.js';
import { readText } from './sale-order.js';
import type { Listing, ListingComponent, Shop } from './shop.entity.js';
import type { ListingComponentInput, RegisterListingInput, RegisterShopInput } from './shop.input.js';
import { ShopRepository } from './shop.repository.js';

export const LISTING_COMPONENTS_MAX = 50;
export const LISTING_BATCHES_MAX = 200;
export const WEBHOOK_SECRET_LENGTH_MAX = 500;
export const SECRET_SEALED_FOR = 'shop webhook secret';

@Injectable()
export class ShopService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly batches: BatchService,
    private readonly shops: ShopRepository,
    private readonly sealing: Sealing,
    private readonly clock: Clock,
  ) {}

  async registerShop(principal: Principal, input: RegisterShopInput): Promise<{ shop: Shop; replayed: boolean }> {
    this.identity.mayActFor(principal, input.organisationId);
    return this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'registerShop', content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        await this.identity.requireOrganisation(tx, input.organisationId);
        const { id, organisationId, platform } = input;
        const name = checkName(input.name);
        const sealedWebhookSecret = this.sealed(input.webhookSecret ?? null);
        await this.shops.insertShop(tx, {
          id,
          organisationId,
          name,
          platform,
          sealedWebhookSecret,
          registeredAt: new Date(this.clock.nowMs()),
        });
        return {};
      });
      return { shop: await this.requireShop(tx, input.id), replayed };
    });
  }

  async registerListing(principal: Principal, input: RegisterListingInput): Promise<{ listing: Listing; replayed: boolean }> {
    return this.database.transaction(async (tx) => {
      const shop = await this.requireShop(tx, input.shopId);
      if (shop.organisationId !== principal.organisationId)
        throw new DomainError('NOT_FOUND', { shopId: input.shopId }, ['input', 'shopId']);
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'registerListing', content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        const listing = await this.draftListing(tx, shop, input);
        if (!(await this.shops.insertListing(tx, listing))) throw new DomainError('ALREADY_EXISTS', { sku: input.sku }, ['input', 'sku']);
        return {};
      });
      const listing = await this.shops.listing(tx, input.id);
      if (!listing) throw new DomainError('NOT_FOUND', { listingId: input.id });
      return { listing, replayed };
    });
  }

  private async requireShop(tx: Tx, id: string): Promise<Shop> {
    const [shop] = await this.shops.shops(tx, [id]);
    if (!shop) throw new DomainError('NOT_FOUND', { shopId: id }, ['input', 'shopId']);
    return shop;
  }

  private sealed(secret: string | null): Buffer | null {
    if (secret === null) return null;
    if (secret === '' || secret.length > WEBHOOK_SECRET_LENGTH_MAX) {
      throw new DomainError('BAD_INPUT', { expected: `1 to ${WEBHOOK_SECRET_LENGTH_MAX} characters` }, ['input', 'webhookSecret']);
    }
    return this.sealing.seal(secret, SECRET_SEALED_FOR);
  }

  private async draftListing(tx: Tx, shop: Shop, input: RegisterListingInput): Promise<Listing> {
    const sku = at(['input'], () => readText(input.sku, 'sku'));
    requireCount(input.components.length, 1, LISTING_COMPONENTS_MAX, 'components');
    requireCount(input.batches?.length ?? 0, 0, LISTING_BATCHES_MAX, 'batches');
    const refs = input.components.map((component) => component.product);
    const products = await this.registry.resolveProducts(tx, refs, shop.organisationId);
    const components = input.components.map((component, i) =>
      at(['input', 'components', i], () => componentOf(component, products[i], products.slice(0, i))),
    );
    const batches = await this.batches.resolve(tx, input.batches ?? []);
    const foreign = batches.findIndex((batch) => !components.some((component) => component.productId === batch.productId));
    if (foreign >= 0) {
      throw new DomainError('LOT_OF_ANOTHER_PRODUCT', { productId: batches[foreign]?.productId }, ['input', 'batches', String(foreign)]);
    }
    const batchIds = [...new Set(batches.map((batch) => batch.id))];
    const { id, shopId, stockRule } = input;
    return { id, shopId, sku, stockRule, components, batchIds, registeredAt: new Date(this.clock.nowMs()) };
  }
}

function componentOf(input: ListingComponentInput, product: ProductFacts | undefined, before: readonly ProductFacts[]): ListingComponent {
  if (!product) throw new DomainError('NOT_FOUND', {}, ['product']);
  // A second component of one product would leave open which of the two a lot went into.
  if (before.some((one) => one.id === product.id)) throw new DomainError('BAD_INPUT', { expected: 'each product once' }, ['product']);
  const { dimension, netContent } = product;
  const { amount } = at(['quantity'], () => convert(parseQuantity(input.quantity), dimension, netContent));
  const { value, unit } = input.quantity;
  return { productId: product.id, dimension, amount: amount.toString(), value, unit, revenueWeight: weightOf(input.revenueWeight ?? null) };
}

function weightOf(weight: string | null): string | null {
  if (weight !== null && decimalToFraction(parseDecimal(weight)).num <= 0n)
    throw new DomainError('FRACTION_INVALID', { weight }, ['revenueWeight']);
  return weight;
}

function requireCount(count: number, min: number, max: number, field: string): void {
  if (count < min) throw new DomainError('BAD_INPUT', { expected: `at least ${min}` }, ['input', field]);
  if (count > max) throw new DomainError('TOO_MANY_ITEMS', { max }, ['input', field]);
}
