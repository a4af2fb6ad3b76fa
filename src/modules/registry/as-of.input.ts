import { Field, ID, InputType } from '@nestjs/graphql';
import { DateScalar, DateTimeScalar } from '../../platform/graphql/scalars.js';

@InputType('AsOfInput', {
  description:
    'The two times of a question: how things were `on` a day (today), as they were known (now) at a moment or at a registry snapshot. A snapshot is answered the same for ever.',
})
export class AsOfInput {
  @Field(() => DateScalar, { nullable: true }) on?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Not beside a snapshot.' }) knownAt?: string | null;
  @Field(() => ID, { nullable: true }) snapshot?: string | null;
}
