import { Field, InputType } from '@nestjs/graphql';
import { DateScalar, DateTimeScalar, FileRefScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityInput } from '../../platform/graphql/values.model.js';
import { StepPaymentInput } from '../ledger/index.js';
import { ProductRefInput } from '../registry/index.js';

@InputType('OpenSeasonInput')
export class OpenSeasonInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => ProductRefInput) product!: ProductRefInput;
  @Field(() => [UuidScalar]) plotIds!: string[];
  @Field(() => String) name!: string;
  @Field(() => DateScalar) from!: string;
  @Field(() => QuantityInput) expected!: QuantityInput;
  @Field(() => [StepPaymentInput], { nullable: true }) payments?: StepPaymentInput[] | null;
}

@InputType('RecordPlantingInput')
export class RecordPlantingInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar, { nullable: true }) seasonId?: string | null;
  @Field(() => ProductRefInput) product!: ProductRefInput;
  @Field(() => UuidScalar) plotId!: string;
  @Field(() => DateTimeScalar) plantedAt!: string;
  @Field(() => String, { nullable: true }) seed?: string | null;
  @Field(() => QuantityInput, { nullable: true }) area?: QuantityInput | null;
  @Field(() => QuantityInput, { nullable: true }) expected?: QuantityInput | null;
  @Field(() => [StepPaymentInput], { nullable: true }) payments?: StepPaymentInput[] | null;
  @Field(() => [FileRefScalar], { nullable: true }) evidence?: string[] | null;
}
