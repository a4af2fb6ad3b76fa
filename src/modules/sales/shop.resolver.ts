import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import type { Listing } from './shop.entity.js';
import { RegisterListingInput, RegisterShopInput } from './shop.input.js';
import type { ListingModel } from './shop.model.js';
import { RegisterListingPayload, RegisterShopPayload } from './shop.model.js';
import { ShopService } from './shop.service.js';

@Resolver()
export class ShopResolver {
  constructor(private readonly shops: ShopService) {}

  @Mutation(() => RegisterShopPayload)
  async registerShop(@By() by: Principal, @Args('input') input: RegisterShopInput): Promise<RegisterShopPayload> {
    return { id: input.id, ...(await this.shops.registerShop(by, input)) };
  }

  @Mutation(() => RegisterListingPayload)
  async registerListing(@By() by: Principal, @Args('input') input: RegisterListingInput): Promise<RegisterListingPayload> {
    const { listing, replayed } = await this.shops.registerListing(by, input);
    return { id: input.id, replayed, listing: listingModel(listing) };
  }
}

function listingModel({ id, shopId, sku, stockRule, batchIds, components }: Listing): ListingModel {
  const shown = components.map(({ productId, value, unit, revenueWeight }) => ({ productId, quantity: { value, unit }, revenueWeight }));
  return { id, shopId, sku, stockRule, batchIds, components: shown };
}
