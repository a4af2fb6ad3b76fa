import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/database/tx.js';

/** What of master data is asked for by those who only name things. */
export interface LabelQuestion {
  readonly productIds: readonly string[];
  readonly facilityIds: readonly string[];
  readonly plotIds: readonly string[];
  readonly householdIds: readonly string[];
}

export interface Labels {
  readonly products: ReadonlyMap<
    string,
    { readonly name: string; readonly netContentSaid: { readonly value: string; readonly unit: string } | null }
  >;
  readonly facilities: ReadonlyMap<string, { readonly id: string; readonly name: string }>;
  /** The village of each plot and household. */
  readonly areaCodes: ReadonlyMap<string, string>;
}

interface LabelRow {
  kind: 'PRODUCT' | 'FACILITY' | 'AREA';
  id: string;
  label: string;
  value: string | null;
  unit: string | null;
}

/** Tables products, facilities, plots and households, read together in one statement. */
@Injectable()
export class LabelRepository {
  async labels(tx: Tx, of: LabelQuestion): Promise<Labels> {
    const rows = await tx.query<LabelRow>(
      `SELECT 'PRODUCT' AS kind, id, name AS label, net_content_value AS value, net_content_unit AS unit FROM products WHERE id = ANY($1::uuid[])
       UNION ALL SELECT 'FACILITY', id, name, NULL, NULL FROM facilities WHERE id = ANY($2::uuid[])
       UNION ALL SELECT 'AREA', id, area_code, NULL, NULL FROM plots WHERE id = ANY($3::uuid[])
       UNION ALL SELECT 'AREA', id, area_code, NULL, NULL FROM households WHERE id = ANY($4::uuid[])`,
      [of.productIds, of.facilityIds, of.plotIds, of.householdIds],
    );
    const ofKind = (kind: LabelRow['kind']): LabelRow[] => rows.filter((row) => row.kind === kind);
    return {
      products: new Map(
        ofKind('PRODUCT').map(({ id, label, value, unit }) => [
          id,
          { name: label, netContentSaid: value === null || unit === null ? null : { value, unit } },
        ]),
      ),
      facilities: new Map(ofKind('FACILITY').map(({ id, label }) => [id, { id, name: label }])),
      areaCodes: new Map(ofKind('AREA').map(({ id, label }) => [id, label])),
    };
  }
}
