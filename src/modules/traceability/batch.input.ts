import { Field, InputType, Int } from '@nestjs/graphql';
import { UuidScalar } from '../../platform/graphql/scalars.js';

@InputType('GtinLot')
export class GtinLotInput {
  @Field(() => String) gtin!: string;
  @Field(() => String) lot!: string;
}

@InputType('MadeByRef', { description: 'What a capture of mine made, before the server has told me its name.' })
export class MadeByRefInput {
  @Field(() => UuidScalar) captureId!: string;
  @Field(() => Int, { nullable: true, defaultValue: 0 }) output?: number | null;
}

@InputType('BatchRef', { isOneOf: true })
export class BatchRefInput {
  @Field(() => UuidScalar, { nullable: true }) id?: string | null;
  @Field(() => String, { nullable: true }) digitalLink?: string | null;
  @Field(() => GtinLotInput, { nullable: true }) gtinLot?: GtinLotInput | null;
  @Field(() => String, { nullable: true }) shortCode?: string | null;
  @Field(() => MadeByRefInput, { nullable: true }) madeBy?: MadeByRefInput | null;
}

@InputType('EventRef', { isOneOf: true })
export class EventRefInput {
  @Field(() => String, { nullable: true }) eventId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) captureId?: string | null;
}

@InputType('BatchFilter')
export class BatchFilterInput {
  @Field(() => UuidScalar, { nullable: true }) productId?: string | null;
  @Field(() => String, { nullable: true }) lot?: string | null;
}
