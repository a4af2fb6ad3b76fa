import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import { Facility, Household, HouseholdMember, Plot, Product } from './master-data.entity.js';
import { standingSql } from './standing.js';

/** What a listing may show: of these organisations, or of everybody (null). */
export interface Owners {
  readonly organisationIds: readonly string[] | null;
}

/** Tables facilities, products, households, household_members, outsiders, plots. */
@Injectable()
export class MasterDataRepository {
  async insertFacility(tx: Tx, facility: Facility): Promise<void> {
    await tx.manager.insert(Facility, facility);
  }

  async facilities(tx: Tx, ids: readonly string[]): Promise<Facility[]> {
    return ids.length === 0 ? [] : tx.manager.find(Facility, { where: { id: In([...ids]) } });
  }

  async insertProduct(tx: Tx, product: Product): Promise<void> {
    await tx.manager.insert(Product, product);
  }

  async products(tx: Tx, by: { ids?: readonly string[]; gtins?: readonly string[] }): Promise<Product[]> {
    const where = [...(by.ids?.length ? [{ id: In([...by.ids]) }] : []), ...(by.gtins?.length ? [{ gtin: In([...by.gtins]) }] : [])];
    return where.length === 0 ? [] : tx.manager.find(Product, { where });
  }

  /** SKUs are an organisation's own. */
  async productsBySku(tx: Tx, refs: readonly { readonly organisationId: string; readonly sku: string }[]): Promise<Product[]> {
    const skus = new Map<string, Set<string>>();
    for (const { organisationId, sku } of refs) skus.set(organisationId, (skus.get(organisationId) ?? new Set()).add(sku));
    const where = [...skus].map(([organisationId, own]) => ({ organisationId, sku: In([...own]) }));
    return where.length === 0 ? [] : tx.manager.find(Product, { where });
  }

  async nextRestrictedGtin(tx: Tx): Promise<bigint> {
    const row = await tx.first<{ next: string }>("SELECT nextval('restricted_gtin_sequence')::text AS next");
    return BigInt(row?.next ?? '0');
  }

  async insertHousehold(tx: Tx, household: Household, members: readonly HouseholdMember[]): Promise<void> {
    await tx.manager.insert(Household, household);
    if (members.length > 0) await tx.manager.insert(HouseholdMember, [...members]);
  }

  async households(tx: Tx, ids: readonly string[]): Promise<Household[]> {
    return ids.length === 0 ? [] : tx.manager.find(Household, { where: { id: In([...ids]) } });
  }

  /** Which of these ids are households'. Every delivery asks, so no more is read than that. */
  async knownHouseholds(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await tx.query<{ id: string }>('SELECT id FROM households WHERE id = ANY($1::uuid[])', [ids]);
    return new Set(rows.map(({ id }) => id));
  }

  async members(tx: Tx, ids: readonly string[]): Promise<HouseholdMember[]> {
    return ids.length === 0 ? [] : tx.manager.find(HouseholdMember, { where: { id: In([...ids]) } });
  }

  /** The same name again is the same outsider. */
  async insertOutsiders(tx: Tx, outsiders: readonly { id: string; sealedName: Buffer }[], recordedAt: Date): Promise<void> {
    if (outsiders.length === 0) return;
    await tx.query(
      'INSERT INTO outsiders (id, sealed_name, recorded_at) SELECT *, $3::timestamptz FROM unnest($1::uuid[], $2::bytea[]) ON CONFLICT (id) DO NOTHING',
      [outsiders.map(({ id }) => id), outsiders.map(({ sealedName }) => sealedName), recordedAt],
    );
  }

  async insertPlot(tx: Tx, plot: Plot): Promise<void> {
    await tx.manager.insert(Plot, plot);
  }

  async plots(tx: Tx, ids: readonly string[]): Promise<Plot[]> {
    return ids.length === 0 ? [] : tx.manager.find(Plot, { where: { id: In([...ids]) } });
  }

  /** Organisations that have any. */
  async facilityOwners(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>('SELECT DISTINCT organisation_id AS id FROM facilities')).map(({ id }) => id);
  }

  async productOwners(tx: Tx): Promise<string[]> {
    return (await tx.query<{ id: string }>('SELECT DISTINCT organisation_id AS id FROM products')).map(({ id }) => id);
  }

  async facilityPage(tx: Tx, owners: Owners, seq: bigint, page: PageRequest): Promise<Facility[]> {
    return this.page(tx, Facility, 'organisation_id = ANY($1::uuid[])', owners, seq, page);
  }

  async productPage(tx: Tx, owners: Owners, seq: bigint, page: PageRequest): Promise<Product[]> {
    return this.page(tx, Product, 'organisation_id = ANY($1::uuid[])', owners, seq, page);
  }

  /** Households that an organisation registered, or that are its members. */
  async householdPage(tx: Tx, owners: Owners, areaCode: string | null, seq: bigint, page: PageRequest): Promise<Household[]> {
    const own = `(registered_by = ANY($1::uuid[]) OR ${membersOf('row.id')})`;
    return this.page(tx, Household, own, owners, seq, page, areaCode);
  }

  /** Plots that an organisation registered or owns, or that belong to its members. */
  async plotPage(tx: Tx, owners: Owners, areaCode: string | null, seq: bigint, page: PageRequest): Promise<Plot[]> {
    const own = `(registered_by = ANY($1::uuid[]) OR owner_id = ANY($1::uuid[]) OR ${membersOf('row.owner_id')})`;
    return this.page(tx, Plot, own, owners, seq, page, areaCode);
  }

  /** Ordered by id: pages stay put while others are added. */
  private async page<Row extends { id: string }>(
    tx: Tx,
    entity: new () => Row,
    own: string,
    owners: Owners,
    seq: bigint,
    page: PageRequest,
    areaCode: string | null = null,
  ): Promise<Row[]> {
    const table = tx.manager.dataSource.getMetadata(entity).tableName;
    const ids = await tx.query<{ id: string }>(
      `SELECT row.id FROM ${table} AS row
       WHERE ($1::uuid[] IS NULL OR ${own}) AND ($2::uuid IS NULL OR row.id > $2) AND row.seq <= $4
         ${areaCode === null ? '' : 'AND starts_with(row.area_code, $5)'}
       ORDER BY row.id LIMIT $3`,
      [owners.organisationIds, page.after, page.size + 1, seq, ...(areaCode === null ? [] : [areaCode])],
    );
    const rows = ids.length === 0 ? [] : await tx.manager.find(entity, { where: { id: In(ids.map((row) => row.id)) } as never });
    return ids.flatMap(({ id }) => rows.filter((row) => row.id === id));
  }
}

/** The household was a member of one of them on some day, as it stood at $4. */
function membersOf(householdId: string): string {
  return `EXISTS (SELECT FROM memberships AS fact WHERE fact.household_id = ${householdId} AND fact.cooperative_id = ANY($1::uuid[])
    AND ${standingSql('memberships', 'fact', '$4')})`;
}
