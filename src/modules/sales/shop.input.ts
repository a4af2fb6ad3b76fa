import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import { DecimalScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityInput } from '../../platform/graphql/values.model.js';
import { ProductRefInput } from '../registry/index.js';
import { BatchRefInput } from '../traceability/index.js';
import type { ShopPlatform, StockRule } from './facts.js';
import { SHOP_PLATFORMS, STOCK_RULES } from './facts.js';

export const ShopPlatformEnum = Object.fromEntries(SHOP_PLATFORMS.map((platform) => [platform, platform]));
export const StockRuleEnum = Object.fromEntries(STOCK_RULES.map((rule) => [rule, rule]));
registerEnumType(ShopPlatformEnum, { name: 'ShopPlatform' });
registerEnumType(StockRuleEnum, { name: 'StockRule', description: 'How lots are proposed; fulfilment decides.' });

@InputType('RegisterShopInput')
export class RegisterShopInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => ShopPlatformEnum) platform!: ShopPlatform;
  @Field(() => String, { nullable: true, description: 'What the platform signs its webhooks with; kept sealed.' }) webhookSecret?:
    string | null;
}

@InputType('ListingComponentInput')
export class ListingComponentInput {
  @Field(() => ProductRefInput) product!: ProductRefInput;
  @Field(() => QuantityInput, { description: 'In one piece of the listing.' }) quantity!: QuantityInput;
  @Field(() => DecimalScalar, { nullable: true }) revenueWeight?: string | null;
}

@InputType('RegisterListingInput')
export class RegisterListingInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) shopId!: string;
  @Field(() => String) sku!: string;
  @Field(() => [ListingComponentInput]) components!: ListingComponentInput[];
  @Field(() => StockRuleEnum) stockRule!: StockRule;
  @Field(() => [BatchRefInput], { nullable: true, description: 'In the order in which they are proposed.' }) batches?:
    BatchRefInput[] | null;
}
