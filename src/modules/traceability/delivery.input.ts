import { Field, InputType, Int } from '@nestjs/graphql';
import { DateTimeScalar, DecimalScalar, FileRefScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityInput, UnitPriceInput } from '../../platform/graphql/values.model.js';
import { PaymentTermsInput } from '../ledger/index.js';
import { PartyInput, ProductRefInput } from '../registry/index.js';

@InputType('PackageInput')
export class PackageInput {
  @Field(() => String) type!: string;
  @Field(() => Int) count!: number;
}

@InputType('WeightDeductionInput')
export class WeightDeductionInput {
  @Field(() => String) reason!: string;
  @Field(() => QuantityInput) quantity!: QuantityInput;
}

@InputType('QualityInput')
export class QualityInput {
  @Field(() => String) property!: string;
  @Field(() => DecimalScalar) value!: string;
  @Field(() => String, { nullable: true }) unit?: string | null;
}

@InputType('RecordDeliveryInput')
export class RecordDeliveryInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => ProductRefInput) product!: ProductRefInput;
  @Field(() => String) lot!: string;
  @Field(() => DateTimeScalar) deliveredAt!: string;
  @Field(() => UuidScalar, { nullable: true }) facilityId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) seasonId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) plotId?: string | null;
  @Field(() => PartyInput) grower!: PartyInput;
  @Field(() => PartyInput, { nullable: true }) collectedBy?: PartyInput | null;
  @Field(() => [PackageInput], { nullable: true }) packages?: PackageInput[] | null;
  @Field(() => QuantityInput, { nullable: true }) gross?: QuantityInput | null;
  @Field(() => QuantityInput, { nullable: true }) tare?: QuantityInput | null;
  @Field(() => [WeightDeductionInput], { nullable: true }) deductions?: WeightDeductionInput[] | null;
  @Field(() => QuantityInput, { description: 'What counts: gross − tare − deductions must agree with it.' }) net!: QuantityInput;
  @Field(() => QuantityInput, { nullable: true }) rejected?: QuantityInput | null;
  @Field(() => String, { nullable: true }) grade?: string | null;
  @Field(() => [QualityInput], { nullable: true }) quality?: QualityInput[] | null;
  @Field(() => UnitPriceInput, { nullable: true }) price?: UnitPriceInput | null;
  @Field(() => PaymentTermsInput, { nullable: true }) payment?: PaymentTermsInput | null;
  @Field(() => [FileRefScalar], { nullable: true }) evidence?: string[] | null;
}
