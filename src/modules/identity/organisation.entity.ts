import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './principal.js';

export const ORGANISATION_KINDS = ['COOPERATIVE', 'PROCESSOR', 'CARRIER', 'SHOP_OPERATOR', 'AUTHORITY', 'OTHER'] as const;
export type OrganisationKind = (typeof ORGANISATION_KINDS)[number];

@Entity('organisations')
export class Organisation {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column('text') kind!: OrganisationKind;
  @Column('text', { name: 'area_code' }) areaCode!: string;
  @Column('text', { name: 'time_zone' }) timeZone!: string;
  @Column('char', { length: 3 }) currency!: string;
  @Column('char', { length: 13, nullable: true }) gln!: string | null;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt!: Date;
}

@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'organisation_id' }) organisationId!: string;
  @Column('text') role!: Role;
  @Column('text', { name: 'area_code', nullable: true }) areaCode!: string | null;
  @Column('bytea', { name: 'key_hash' }) keyHash!: Buffer;
  @Column('timestamptz', { name: 'expires_at', nullable: true }) expiresAt!: Date | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}
