import { Field, ObjectType } from '@nestjs/graphql';
import { UuidScalar } from '../../platform/graphql/scalars.js';
import { OrganisationKindEnum } from './identity.input.js';
import type { OrganisationKind } from './organisation.entity.js';

@ObjectType('Organisation')
export class OrganisationModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) name!: string;
  @Field(() => OrganisationKindEnum) kind!: OrganisationKind;
  @Field(() => String) areaCode!: string;
  @Field(() => String) timeZone!: string;
  @Field(() => String) currency!: string;
  @Field(() => String, { nullable: true }) gln!: string | null;
}

@ObjectType('RegisterOrganisationPayload')
export class RegisterOrganisationPayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => OrganisationModel) organisation!: OrganisationModel;
}

@ObjectType('CreateApiKeyPayload')
export class CreateApiKeyPayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => String, { nullable: true, description: 'Shown once: a replay answers null.' }) key!: string | null;
}
