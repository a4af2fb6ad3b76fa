import type { Dimension, Quantity } from '../../core/kernel/quantity.js';
import type { Party } from '../../core/ledger/party.js';
import type { FacilityKind, PackageType } from './master-data.entity.js';

export interface ProductFacts {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly gtin: string;
  readonly sku: string | null;
  readonly baseUnit: string;
  readonly dimension: Dimension;
  /** What one piece contains. */
  readonly netContent: Quantity | null;
  readonly netContentSaid: { readonly value: string; readonly unit: string } | null;
  readonly packages: readonly PackageType[];
}

export interface FacilityFacts {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly kind: FacilityKind;
  readonly gln: string | null;
  readonly areaCode: string | null;
}

export interface PlotFacts {
  readonly id: string;
  readonly ownerKind: string;
  readonly ownerId: string;
  readonly areaCode: string;
}

export interface ResolvedParty {
  readonly party: Party;
  /** Which member of the household was named, where one was. */
  readonly memberId: string | null;
}
