import { Field, ObjectType } from '@nestjs/graphql';
import { connectionType } from '../../platform/graphql/page.js';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { MoneyModel, QuantityModel } from '../../platform/graphql/values.model.js';
import { BatchModel, CaptureAnswer } from '../traceability/index.js';
import type { SaleChannel, SaleStatus } from './facts.js';
import { AttributionStatusEnum, SaleChannelEnum } from './sale.input.js';

@ObjectType('SaleAllocation')
export class SaleAllocationModel {
  @Field(() => BatchModel) batch!: BatchModel;
  @Field(() => QuantityModel) quantity!: QuantityModel;
}

/** What it was found to be worth to whom is a field that the income module adds. */
@ObjectType('SaleLine')
export class SaleLineModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) ref!: string;
  @Field(() => String, { nullable: true }) sku!: string | null;
  @Field(() => QuantityModel) quantity!: QuantityModel;
  @Field(() => MoneyModel, { description: 'Charged for the line, tax included, before discounts.' }) gross!: MoneyModel;
  @Field(() => MoneyModel, { description: 'With its part of the charges, without tax and without what the seller gave off.' })
  net!: MoneyModel;
  @Field(() => MoneyModel) refunded!: MoneyModel;
  @Field(() => [SaleAllocationModel], { description: 'The lots that went into it.' }) allocations!: SaleAllocationModel[];
  @Field(() => [SaleAllocationModel], { description: 'The lots that the stock rule proposed.' }) proposals!: SaleAllocationModel[];
  @Field(() => QuantityModel, { nullable: true, description: 'What is still to be decided; null where nothing is.' })
  unallocated!: QuantityModel | null;
  saleId!: string;
}

@ObjectType('Sale')
export class SaleModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) sellerId!: string;
  @Field(() => UuidScalar, { nullable: true }) shopId!: string | null;
  @Field(() => SaleChannelEnum, { nullable: true }) channel!: SaleChannel | null;
  @Field(() => String, { nullable: true }) orderReference!: string | null;
  @Field(() => DateTimeScalar) soldAt!: string;
  @Field(() => Boolean, { description: 'False where the buyer is a business on the platform: the goods have not left it.' })
  final!: boolean;
  @Field(() => AttributionStatusEnum) status!: SaleStatus;
  @Field(() => [SaleLineModel]) lines!: SaleLineModel[];
}

@ObjectType('SaleConnection')
export class SaleConnectionModel extends connectionType('Sale', SaleModel) {}

@ObjectType('RecordSalePayload', { implements: () => [CaptureAnswer] })
export class RecordSalePayload extends CaptureAnswer {
  @Field(() => SaleModel) sale!: SaleModel;
}

@ObjectType('RecordFulfilmentPayload', { implements: () => [CaptureAnswer] })
export class RecordFulfilmentPayload extends CaptureAnswer {
  @Field(() => SaleModel) sale!: SaleModel;
}
