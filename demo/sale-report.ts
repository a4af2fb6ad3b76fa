import type { GraphqlClient } from './graphql-client.js';
import { fenOf } from './values.js';

export interface Amount {
  readonly amount: string;
  readonly currency: string;
}

export interface ShareInterval {
  readonly low: string;
  readonly high: string;
}

export interface PartyReport {
  readonly kind: 'HOUSEHOLD' | 'ORGANISATION' | 'OUTSIDER' | 'UNREGISTERED' | 'UNKNOWN';
  readonly organisation: { readonly id: string; readonly name: string } | null;
  readonly received: Amount;
  readonly paid: Amount;
  readonly owed: Amount;
  readonly position: Amount;
}

export interface AttributionReport {
  readonly figureId: string;
  readonly net: Amount;
  readonly toHouseholds: Amount;
  readonly toPoorHouseholds: Amount;
  readonly payableToHouseholds: Amount;
  readonly shareToPoor: ShareInterval | null;
  readonly shareToHouseholds: ShareInterval | null;
  readonly coverage: string;
  readonly provisional: boolean;
  readonly feesPending: boolean;
  readonly claim: string;
  readonly parties: readonly PartyReport[];
}

export interface SaleLineReport {
  readonly ref: string;
  readonly sku: string | null;
  readonly quantity: { readonly value: string; readonly unit: string };
  readonly gross: Amount;
  readonly net: Amount;
  readonly allocations: readonly {
    readonly batch: { readonly id: string; readonly gtin: string; readonly lot: string; readonly digitalLink: string };
  }[];
  readonly attribution: AttributionReport | null;
}

export interface SaleReport {
  readonly id: string;
  readonly status: string;
  readonly lines: readonly SaleLineReport[];
}

const SALE = `query ($id: UUID!) {
  sale(id: $id) {
    id status
    lines {
      ref sku quantity { value unit } gross { amount currency } net { amount currency }
      allocations { batch { id gtin lot digitalLink } }
      attribution {
        figureId coverage provisional feesPending claim
        net { amount currency } toHouseholds { amount currency } toPoorHouseholds { amount currency } payableToHouseholds { amount currency }
        shareToPoor { low high } shareToHouseholds { low high }
        parties {
          kind organisation { id name }
          received { amount currency } paid { amount currency } owed { amount currency } position { amount currency }
        }
      }
    }
  }
}`;

export async function readSale(client: GraphqlClient, id: string): Promise<SaleReport> {
  const { sale } = await client.ask<{ sale: SaleReport | null }>(SALE, { id });
  if (!sale) throw new Error(`The sale ${id} is not to be seen.`);
  return sale;
}

/** What the demo promises: the positions of all parties add up to the net amount, to the fen. Throws where they do not. */
export function requireAddsUp(line: SaleLineReport): AttributionReport {
  const { attribution } = line;
  if (!attribution) throw new Error(`Line ${line.ref} has no attribution.`);
  const sum = attribution.parties.reduce((total, party) => total + fenOf(party.position.amount), 0);
  if (sum !== fenOf(attribution.net.amount) || attribution.net.amount !== line.net.amount) {
    throw new Error(
      `The positions of line ${line.ref} add up to ${String(sum)} fen, its net amount is ${line.net.amount}: ${JSON.stringify(attribution.parties)}`,
    );
  }
  return attribution;
}
