import type { ValueTransformer } from 'typeorm';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Dimension } from '../../core/kernel/quantity.js';

/** PostgreSQL's bigint travels as text. */
const BIGINT: ValueTransformer = {
  to: (value: bigint | null) => value?.toString() ?? null,
  from: (value: string | null) => (value === null ? null : BigInt(value)),
};

export const FACILITY_KINDS = ['FARM', 'COLLECTION_POINT', 'PROCESSING', 'STORE', 'BULK_STORE', 'SHOP'] as const;
export type FacilityKind = (typeof FACILITY_KINDS)[number];

@Entity('facilities')
export class Facility {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId!: string;
  @Column('text') name!: string;
  @Column('text') kind!: FacilityKind;
  @Column('char', { length: 13, nullable: true }) gln!: string | null;
  @Column('text', { name: 'area_code', nullable: true }) areaCode!: string | null;
  @Column('jsonb', { nullable: true }) geometry!: object | null;
  @Column('bigint', { transformer: BIGINT }) seq!: bigint;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

export interface PackageType {
  readonly type: string;
  readonly netWeight: { readonly value: string; readonly unit: string };
  readonly validFrom: string;
}

@Entity('products')
export class Product {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId!: string;
  @Column('text') name!: string;
  @Column('char', { length: 14 }) gtin!: string;
  @Column('text', { nullable: true }) sku!: string | null;
  @Column('text', { name: 'base_unit' }) baseUnit!: string;
  @Column('text') dimension!: Dimension;
  @Column('bigint', { name: 'net_content', nullable: true, transformer: BIGINT }) netContentAmount!: bigint | null;
  @Column('text', { name: 'net_content_dimension', nullable: true }) netContentDimension!: Dimension | null;
  @Column('text', { name: 'net_content_value', nullable: true }) netContentValue!: string | null;
  @Column('text', { name: 'net_content_unit', nullable: true }) netContentUnit!: string | null;
  @Column('jsonb') packages!: PackageType[];
  @Column('bigint', { transformer: BIGINT }) seq!: bigint;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

@Entity('households')
export class Household {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'area_code' }) areaCode!: string;
  @Column('uuid', { name: 'registered_by' }) registeredBy!: string;
  @Column('bigint', { transformer: BIGINT }) seq!: bigint;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

/** A person. The name, the national id and the phone are sealed; nothing else here tells who it is. */
@Entity('household_members')
export class HouseholdMember {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'household_id' }) householdId!: string;
  @Column('boolean') head!: boolean;
  @Column('text', { nullable: true }) sex!: string | null;
  @Column('int', { name: 'birth_year', nullable: true }) birthYear!: number | null;
  @Column('bytea', { name: 'sealed_name' }) sealedName!: Buffer;
  @Column('bytea', { name: 'sealed_national_id', nullable: true }) sealedNationalId!: Buffer | null;
  @Column('bytea', { name: 'sealed_phone', nullable: true }) sealedPhone!: Buffer | null;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

@Entity('plots')
export class Plot {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'owner_kind' }) ownerKind!: string;
  @Column('uuid', { name: 'owner_id' }) ownerId!: string;
  @Column('text', { name: 'area_code' }) areaCode!: string;
  @Column('jsonb', { nullable: true }) geometry!: object | null;
  @Column('text', { name: 'declared_area_value', nullable: true }) declaredAreaValue!: string | null;
  @Column('text', { name: 'declared_area_unit', nullable: true }) declaredAreaUnit!: string | null;
  @Column('uuid', { name: 'registered_by' }) registeredBy!: string;
  @Column('bigint', { transformer: BIGINT }) seq!: bigint;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}
