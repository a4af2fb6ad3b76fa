import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import type { OrganisationKind } from './organisation.entity.js';
import { ORGANISATION_KINDS } from './organisation.entity.js';
import type { Role } from './principal.js';
import { ROLES } from './principal.js';

/** A GraphQL enum of plain strings. */
export const OrganisationKindEnum = Object.fromEntries(ORGANISATION_KINDS.map((kind) => [kind, kind]));
export const RoleEnum = Object.fromEntries(ROLES.map((role) => [role, role]));
registerEnumType(OrganisationKindEnum, { name: 'OrganisationKind' });
registerEnumType(RoleEnum, { name: 'Role' });

@InputType('RegisterOrganisationInput')
export class RegisterOrganisationInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) name!: string;
  @Field(() => OrganisationKindEnum) kind!: OrganisationKind;
  @Field(() => String) areaCode!: string;
  @Field(() => String) timeZone!: string;
  @Field(() => String) currency!: string;
  @Field(() => String, { nullable: true }) gln?: string | null;
}

@InputType('CreateApiKeyInput')
export class CreateApiKeyInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => RoleEnum) role!: Role;
  @Field(() => String, { nullable: true }) areaCode?: string | null;
  @Field(() => DateTimeScalar, { nullable: true }) expiresAt?: string | null;
}
