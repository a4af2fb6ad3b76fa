import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { connectionType } from '../../platform/graphql/page.js';
import { DateScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityModel } from '../../platform/graphql/values.model.js';
import type { FacilityFacts, PlotFacts, ProductFacts } from './facts.js';
import type { FacilityKind } from './master-data.entity.js';
import { FacilityKindEnum } from './registry.input.js';

export const PartyKindEnum = {
  HOUSEHOLD: 'HOUSEHOLD',
  ORGANISATION: 'ORGANISATION',
  OUTSIDER: 'OUTSIDER',
  UNREGISTERED: 'UNREGISTERED',
  UNKNOWN: 'UNKNOWN',
};
registerEnumType(PartyKindEnum, { name: 'PartyKind' });

@ObjectType('Facility')
export class FacilityModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => FacilityKindEnum) kind!: FacilityKind;
  @Field(() => String, { nullable: true }) gln!: string | null;
  @Field(() => String, { nullable: true }) areaCode!: string | null;
}

@ObjectType('Product')
export class ProductModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => String) gtin!: string;
  @Field(() => String, { nullable: true }) sku!: string | null;
  @Field(() => String) baseUnit!: string;
  @Field(() => QuantityModel, { nullable: true }) netContent!: QuantityModel | null;
}

@ObjectType('Household', { description: 'A pseudonym and a village; who lives there is in the vault.' })
export class HouseholdModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) areaCode!: string;
}

@ObjectType('Plot', { description: 'Its polygon is personal data and not shown here.' })
export class PlotModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => PartyKindEnum) ownerKind!: string;
  @Field(() => UuidScalar) ownerId!: string;
  @Field(() => String) areaCode!: string;
}

@ObjectType('FacilityConnection')
export class FacilityConnectionModel extends connectionType('Facility', FacilityModel) {}

@ObjectType('ProductConnection')
export class ProductConnectionModel extends connectionType('Product', ProductModel) {}

@ObjectType('HouseholdConnection')
export class HouseholdConnectionModel extends connectionType('Household', HouseholdModel) {}

@ObjectType('PlotConnection')
export class PlotConnectionModel extends connectionType('Plot', PlotModel) {}

@ObjectType({ isAbstract: true })
abstract class RegistrationPayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
}

@ObjectType('RegisterFacilityPayload')
export class RegisterFacilityPayload extends RegistrationPayload {
  @Field(() => FacilityModel) facility!: FacilityModel;
}

@ObjectType('RegisterProductPayload')
export class RegisterProductPayload extends RegistrationPayload {
  @Field(() => ProductModel) product!: ProductModel;
}

@ObjectType('RegisterHouseholdPayload')
export class RegisterHouseholdPayload extends RegistrationPayload {
  @Field(() => HouseholdModel) household!: HouseholdModel;
}

@ObjectType('RecordMembershipPayload')
export class RecordMembershipPayload extends RegistrationPayload {
  @Field(() => DateScalar) validFrom!: string;
}

@ObjectType('RecordHouseholdStatusPayload')
export class RecordHouseholdStatusPayload extends RegistrationPayload {
  @Field(() => UuidScalar) householdId!: string;
}

@ObjectType('RegisterPlotPayload')
export class RegisterPlotPayload extends RegistrationPayload {
  @Field(() => PlotModel) plot!: PlotModel;
}

@ObjectType('RegisterAgreementPayload')
export class RegisterAgreementPayload extends RegistrationPayload {
  @Field(() => UuidScalar) promisorId!: string;
}

export function productModel(product: ProductFacts): ProductModel {
  const { id, organisationId, name, gtin, sku, baseUnit, netContentSaid } = product;
  return { id, organisationId, name, gtin, sku, baseUnit, netContent: netContentSaid };
}

export function facilityModel(facility: FacilityFacts): FacilityModel {
  const { id, organisationId, name, kind, gln, areaCode } = facility;
  return { id, organisationId, name, kind, gln, areaCode };
}

export function plotModel({ id, ownerKind, ownerId, areaCode }: PlotFacts): PlotModel {
  return { id, ownerKind, ownerId, areaCode };
}
