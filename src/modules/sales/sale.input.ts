import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import type { DiscountFunder } from '../../core/income/net.js';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { MoneyInput, QuantityInput } from '../../platform/graphql/values.model.js';
import { StepPaymentInput } from '../ledger/index.js';
import { BatchRefInput } from '../traceability/index.js';
import type { SaleChannel, SaleStatus } from './facts.js';
import { DISCOUNT_FUNDERS, SALE_CHANNELS, SALE_STATUSES } from './facts.js';

export const SaleChannelEnum = Object.fromEntries(SALE_CHANNELS.map((channel) => [channel, channel]));
export const DiscountFunderEnum = Object.fromEntries(DISCOUNT_FUNDERS.map((funder) => [funder, funder]));
export const AttributionStatusEnum = Object.fromEntries(SALE_STATUSES.map((status) => [status, status]));
registerEnumType(SaleChannelEnum, { name: 'SaleChannel' });
registerEnumType(DiscountFunderEnum, { name: 'DiscountFunder' });
registerEnumType(AttributionStatusEnum, { name: 'AttributionStatus' });

@InputType('BuyerInput', { isOneOf: true })
export class BuyerInput {
  @Field(() => Boolean, { nullable: true }) consumer?: boolean | null;
  @Field(() => UuidScalar, { nullable: true }) organisationId?: string | null;
  @Field(() => String, { nullable: true }) external?: string | null;
}

@InputType('AllocationInput')
export class AllocationInput {
  @Field(() => BatchRefInput) batch!: BatchRefInput;
  @Field(() => QuantityInput) quantity!: QuantityInput;
}

@InputType('ChargeInput')
export class ChargeInput {
  @Field(() => String) kind!: string;
  @Field(() => MoneyInput, { description: 'Tax included.' }) amount!: MoneyInput;
  @Field(() => MoneyInput, { nullable: true }) tax?: MoneyInput | null;
}

@InputType('DiscountInput')
export class DiscountInput {
  @Field(() => MoneyInput) amount!: MoneyInput;
  @Field(() => DiscountFunderEnum) funder!: DiscountFunder;
  @Field(() => String, { nullable: true }) code?: string | null;
}

@InputType('SaleLineInput', { description: 'Either batches (known at once) or a listing (decided at fulfilment).' })
export class SaleLineInput {
  @Field(() => String) ref!: string;
  @Field(() => [AllocationInput], { nullable: true }) allocations?: AllocationInput[] | null;
  @Field(() => String, { nullable: true }) sku?: string | null;
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => MoneyInput, { description: 'Charged for the line, tax included, before discounts.' }) gross!: MoneyInput;
  @Field(() => MoneyInput, { nullable: true }) tax?: MoneyInput | null;
  @Field(() => [DiscountInput], { nullable: true }) discounts?: DiscountInput[] | null;
}

@InputType('RecordSaleInput')
export class RecordSaleInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) sellerId!: string;
  @Field(() => BuyerInput, { nullable: true, description: 'A consumer, where nothing is said.' }) buyer?: BuyerInput | null;
  @Field(() => UuidScalar, { nullable: true }) shopId?: string | null;
  @Field(() => SaleChannelEnum, { nullable: true }) channel?: SaleChannel | null;
  @Field(() => DateTimeScalar) soldAt!: string;
  @Field(() => String, { nullable: true }) orderReference?: string | null;
  @Field(() => [SaleLineInput]) lines!: SaleLineInput[];
  @Field(() => [ChargeInput], { nullable: true }) charges?: ChargeInput[] | null;
  @Field(() => [DiscountInput], { nullable: true }) discounts?: DiscountInput[] | null;
  @Field(() => [StepPaymentInput], { nullable: true, description: 'Payments of the sale itself; not part of its net amount.' }) fees?:
    StepPaymentInput[] | null;
}

@InputType('FulfilmentLineInput')
export class FulfilmentLineInput {
  @Field(() => String) lineRef!: string;
  @Field(() => BatchRefInput) batch!: BatchRefInput;
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => QuantityInput, { nullable: true, description: 'What weighed packs really weigh.' }) actualWeight?: QuantityInput | null;
}

@InputType('RecordFulfilmentInput')
export class RecordFulfilmentInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) saleId!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => [FulfilmentLineInput]) lines!: FulfilmentLineInput[];
}

@InputType('SaleFilter')
export class SaleFilter {
  @Field(() => UuidScalar, { nullable: true }) sellerId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) shopId?: string | null;
  @Field(() => String, { nullable: true }) orderReference?: string | null;
  @Field(() => AttributionStatusEnum, { nullable: true }) status?: SaleStatus | null;
}
