import { Field, InputType } from '@nestjs/graphql';

@InputType('ProvenanceRef', { isOneOf: true })
export class ProvenanceRefInput {
  @Field(() => String, { nullable: true, description: 'A GS1 Digital Link in any spelling, or a short code.' }) code?: string | null;
}
