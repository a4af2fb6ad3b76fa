import { Field, InputType, Int, registerEnumType } from '@nestjs/graphql';
import type { HouseholdStatusKind } from '../../core/registry/target-group.js';
import { HOUSEHOLD_STATUS_KINDS } from '../../core/registry/target-group.js';
import { DateScalar, DecimalScalar, FileRefScalar, GeoJsonScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityInput, UnitPriceInput } from '../../platform/graphql/values.model.js';
import type { FacilityKind } from './master-data.entity.js';
import { FACILITY_KINDS } from './master-data.entity.js';

export const FacilityKindEnum = Object.fromEntries(FACILITY_KINDS.map((kind) => [kind, kind]));
registerEnumType(FacilityKindEnum, { name: 'FacilityKind' });
export const HouseholdStatusKindEnum = Object.fromEntries(HOUSEHOLD_STATUS_KINDS.map((kind) => [kind, kind]));
registerEnumType(HouseholdStatusKindEnum, { name: 'HouseholdStatusKind' });

export const AGREEMENT_KINDS = ['REVENUE_SHARE', 'FLOOR_PRICE', 'DIVIDEND'] as const;
export type AgreementKind = (typeof AGREEMENT_KINDS)[number];
export const AgreementKindEnum = Object.fromEntries(AGREEMENT_KINDS.map((kind) => [kind, kind]));
registerEnumType(AgreementKindEnum, { name: 'AgreementKind' });
export const AgreementCountsEnum = { UP_TO: 'UP_TO', ON_TOP: 'ON_TOP' };
registerEnumType(AgreementCountsEnum, { name: 'AgreementCounts' });
export const GrowerWeightsEnum = { QUANTITY: 'QUANTITY', PURCHASE_VALUE: 'PURCHASE_VALUE', EQUAL: 'EQUAL' };
registerEnumType(GrowerWeightsEnum, { name: 'GrowerWeights' });

@InputType('ProductRef', { isOneOf: true })
export class ProductRefInput {
  @Field(() => UuidScalar, { nullable: true }) id?: string | null;
  @Field(() => String, { nullable: true }) gtin?: string | null;
  @Field(() => String, { nullable: true }) sku?: string | null;
}

@InputType('UnregisteredInput')
export class UnregisteredInput {
  @Field(() => Int) count!: number;
  @Field(() => String) areaCode!: string;
}

@InputType('PartyInput', { isOneOf: true })
export class PartyInput {
  @Field(() => UuidScalar, { nullable: true }) householdId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) memberId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) organisationId?: string | null;
  @Field(() => String, { nullable: true }) outsider?: string | null;
  @Field(() => UnregisteredInput, { nullable: true }) unregistered?: UnregisteredInput | null;
}

@InputType('RegisterFacilityInput')
export class RegisterFacilityInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => FacilityKindEnum) kind!: FacilityKind;
  @Field(() => String, { nullable: true }) gln?: string | null;
  @Field(() => String, { nullable: true }) areaCode?: string | null;
  @Field(() => GeoJsonScalar, { nullable: true }) geometry?: object | null;
}

@InputType('PackageTypeInput')
export class PackageTypeInput {
  @Field(() => String) type!: string;
  @Field(() => QuantityInput) netWeight!: QuantityInput;
  @Field(() => DateScalar) validFrom!: string;
}

@InputType('RegisterProductInput', { description: 'Without gtin a restricted-circulation one (prefix 20–29) is given.' })
export class RegisterProductInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) gtin?: string | null;
  @Field(() => String, { nullable: true, description: 'The organisation’s own number, by which a ProductRef may name it.' }) sku?:
    string | null;
  @Field(() => String) baseUnit!: string;
  @Field(() => QuantityInput, { nullable: true }) netContent?: QuantityInput | null;
  @Field(() => [PackageTypeInput], { nullable: true }) packages?: PackageTypeInput[] | null;
}

@InputType('MemberInput')
export class MemberInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) sex?: string | null;
  @Field(() => Int, { nullable: true }) birthYear?: number | null;
  @Field(() => String, { nullable: true }) nationalId?: string | null;
  @Field(() => String, { nullable: true }) phone?: string | null;
  @Field(() => Boolean, { nullable: true }) head?: boolean | null;
}

@InputType('HouseholdStatusInput')
export class HouseholdStatusInput {
  @Field(() => HouseholdStatusKindEnum) kind!: HouseholdStatusKind;
  @Field(() => DateScalar) validFrom!: string;
  @Field(() => String) register!: string;
  @Field(() => String, { nullable: true }) category?: string | null;
  @Field(() => DecimalScalar, { nullable: true }) score?: string | null;
  @Field(() => DecimalScalar, { nullable: true }) threshold?: string | null;
  @Field(() => String, { nullable: true }) reason?: string | null;
  @Field(() => [FileRefScalar], { nullable: true }) evidence?: string[] | null;
}

@InputType('RegisterHouseholdInput')
export class RegisterHouseholdInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String) areaCode!: string;
  @Field(() => UuidScalar, { nullable: true }) cooperativeId?: string | null;
  @Field(() => DateScalar, { nullable: true }) memberSince?: string | null;
  @Field(() => [MemberInput]) members!: MemberInput[];
  @Field(() => HouseholdStatusInput, { nullable: true }) status?: HouseholdStatusInput | null;
}

@InputType('RecordMembershipInput')
export class RecordMembershipInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) householdId!: string;
  @Field(() => UuidScalar) cooperativeId!: string;
  @Field(() => DateScalar) validFrom!: string;
  @Field(() => DateScalar, { nullable: true }) validTo?: string | null;
}

@InputType('RecordHouseholdStatusInput')
export class RecordHouseholdStatusInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) householdId!: string;
  @Field(() => HouseholdStatusInput) status!: HouseholdStatusInput;
}

@InputType('RegisterPlotInput')
export class RegisterPlotInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => PartyInput) owner!: PartyInput;
  @Field(() => String) areaCode!: string;
  @Field(() => GeoJsonScalar, { nullable: true }) geometry?: object | null;
  @Field(() => QuantityInput, { nullable: true }) declaredArea?: QuantityInput | null;
}

@InputType('RegisterAgreementInput')
export class RegisterAgreementInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => AgreementKindEnum) kind!: AgreementKind;
  @Field(() => UuidScalar) promisorId!: string;
  @Field(() => ProductRefInput, { nullable: true }) product?: ProductRefInput | null;
  @Field(() => DateScalar) validFrom!: string;
  @Field(() => DateScalar, { nullable: true }) validTo?: string | null;
  @Field(() => DecimalScalar, { nullable: true }) rate?: string | null;
  @Field(() => UnitPriceInput, { nullable: true }) floor?: UnitPriceInput | null;
  @Field(() => AgreementCountsEnum, { defaultValue: 'UP_TO' }) counts!: keyof typeof AgreementCountsEnum;
  @Field(() => GrowerWeightsEnum, { defaultValue: 'QUANTITY' }) weights!: keyof typeof GrowerWeightsEnum;
}
