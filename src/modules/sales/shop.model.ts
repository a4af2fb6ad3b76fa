import { Field, ObjectType } from '@nestjs/graphql';
import { DecimalScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityModel } from '../../platform/graphql/values.model.js';
import type { ShopPlatform, StockRule } from './facts.js';
import { ShopPlatformEnum, StockRuleEnum } from './shop.input.js';

@ObjectType('Shop')
export class ShopModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => ShopPlatformEnum) platform!: ShopPlatform;
}

@ObjectType('ListingComponent')
export class ListingComponentModel {
  @Field(() => UuidScalar) productId!: string;
  @Field(() => QuantityModel) quantity!: QuantityModel;
  @Field(() => DecimalScalar, { nullable: true }) revenueWeight!: string | null;
}

@ObjectType('Listing')
export class ListingModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) shopId!: string;
  @Field(() => String) sku!: string;
  @Field(() => StockRuleEnum) stockRule!: StockRule;
  @Field(() => [ListingComponentModel]) components!: ListingComponentModel[];
  @Field(() => [UuidScalar]) batchIds!: string[];
}

@ObjectType('RegisterShopPayload')
export class RegisterShopPayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => ShopModel) shop!: ShopModel;
}

@ObjectType('RegisterListingPayload')
export class RegisterListingPayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => ListingModel) listing!: ListingModel;
}
