/**
 * What a page may claim (income.md, 4): the weakest chain-of-custody model on the path is the ceiling (ISO 22095), and the claim says where the
 * money was measured. What a cooperative received for its members is not yet what a household was paid: Transparent Trade Coffee had to
 * rename its "grower share" for that.
 */
import type { CustodyModel } from '../batch/custody-model.js';
import { claimText, weakest } from '../batch/custody-model.js';
import type { Party } from '../ledger/party.js';

export type MeasurementPoint = 'PAID_TO_HOUSEHOLD' | 'RECEIVED_BY_COOPERATIVE' | 'NOT_MEASURED';

export interface Claim {
  readonly model: CustodyModel;
  readonly measuredAt: MeasurementPoint;
  /** In English. */
  readonly text: string;
  /** False for book and claim: no figure may stand on a pack. */
  readonly perPack: boolean;
}

const MEASURED: Readonly<Record<MeasurementPoint, string>> = {
  PAID_TO_HOUSEHOLD: 'Paid to the household.',
  RECEIVED_BY_COOPERATIVE: 'Received by the cooperative for its members.',
  NOT_MEASURED: 'No payment to growers is recorded.',
};

/** `models`: of the steps on the path, those that handled nothing left out. `payees`: who was paid where the goods were weighed in. */
export function claimOf(models: Iterable<CustodyModel>, payees: Iterable<Party>): Claim {
  const model = weakest(models);
  const measuredAt = measurementPoint(payees);
  return { model, measuredAt, text: `${claimText(model)} ${MEASURED[measuredAt]}`, perPack: model !== 'BOOK_AND_CLAIM' };
}

/** Where one of them is not a household, the figure is what that one received. */
export function measurementPoint(payees: Iterable<Party>): MeasurementPoint {
  let measured: MeasurementPoint = 'NOT_MEASURED';
  for (const { kind } of payees) {
    if (kind === 'ORGANISATION') return 'RECEIVED_BY_COOPERATIVE';
    if (kind === 'HOUSEHOLD') measured = 'PAID_TO_HOUSEHOLD';
  }
  return measured;
}
