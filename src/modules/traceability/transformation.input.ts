import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import type { AllocationMethod } from '../../core/batch/allocation.js';
import type { CustodyModel } from '../../core/batch/custody-model.js';
import { CUSTODY_MODELS } from '../../core/batch/custody-model.js';
import { DateTimeScalar, FileRefScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { MoneyInput, QuantityInput, UnitPriceInput } from '../../platform/graphql/values.model.js';
import { StepPaymentInput } from '../ledger/index.js';
import { ProductRefInput } from '../registry/index.js';
import { BatchRefInput } from './batch.input.js';

export const AllocationMethodEnum = { QUANTITY: 'QUANTITY', VALUE: 'VALUE' };
registerEnumType(AllocationMethodEnum, { name: 'AllocationMethod' });
export const CustodyModelEnum = Object.fromEntries(CUSTODY_MODELS.map((model) => [model, model]));
registerEnumType(CustodyModelEnum, { name: 'CustodyModel' });

@InputType('TakenLotInput')
export class TakenLotInput {
  @Field(() => BatchRefInput) batch!: BatchRefInput;
  @Field(() => QuantityInput) quantity!: QuantityInput;
}

@InputType('UnknownInput')
export class UnknownInput {
  @Field(() => ProductRefInput) product!: ProductRefInput;
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => MoneyInput, { nullable: true }) paid?: MoneyInput | null;
  @Field(() => String, { nullable: true }) note?: string | null;
}

@InputType('AuxiliaryInput', { description: 'Water, salt, packaging: counts for the mass, carries no origin.' })
export class AuxiliaryInput {
  @Field(() => String) name!: string;
  @Field(() => QuantityInput) quantity!: QuantityInput;
}

@InputType('InputLotInput', { isOneOf: true })
export class InputLotInput {
  @Field(() => TakenLotInput, { nullable: true }) lot?: TakenLotInput | null;
  @Field(() => UnknownInput, { nullable: true }) unknown?: UnknownInput | null;
  @Field(() => AuxiliaryInput, { nullable: true }) auxiliary?: AuxiliaryInput | null;
}

@InputType('OutputLotInput', { description: 'The product may be absent for waste only.' })
export class OutputLotInput {
  @Field(() => ProductRefInput, { nullable: true }) product?: ProductRefInput | null;
  @Field(() => String, { nullable: true }) lot?: string | null;
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => UnitPriceInput, { nullable: true }) unitValue?: UnitPriceInput | null;
  @Field(() => Boolean, { defaultValue: false }) waste!: boolean;
}

@InputType('RecordTransformationInput')
export class RecordTransformationInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => UuidScalar, { nullable: true }) facilityId?: string | null;
  @Field(() => String, { nullable: true }) bizStep?: string | null;
  @Field(() => [InputLotInput]) inputs!: InputLotInput[];
  @Field(() => [OutputLotInput]) outputs!: OutputLotInput[];
  @Field(() => QuantityInput, { nullable: true }) declaredLoss?: QuantityInput | null;
  @Field(() => AllocationMethodEnum, { nullable: true }) allocation?: AllocationMethod | null;
  @Field(() => CustodyModelEnum, { nullable: true }) custodyModel?: CustodyModel | null;
  @Field(() => [StepPaymentInput], { nullable: true }) payments?: StepPaymentInput[] | null;
  @Field(() => [FileRefScalar], { nullable: true }) evidence?: string[] | null;
}
