import { describe, expect, it } from '@jest/globals';
import { SCALE } from '../../core/income/coefficient.js';
import type { Organisation } from '../identity/index.js';
import type { RecordedPayment } from '../ledger/index.js';
import type { DatedFigure } from './attribution.repository.js';
import { attributionLines, attributionView } from './attribution-view.js';
import type { StoredPosition } from './figure.js';

function position(kind: StoredPosition['kind'], id: string, value: bigint, more: Partial<StoredPosition> = {}): StoredPosition {
  return { kind, id, received: '0', paid: '0', owed: '0', owing: '0', position: value.toString(), missingTrade: false, ...more };
}

function organisation(id: string): Organisation {
  return { id, name: id, kind: 'COOPERATIVE', areaCode: '', timeZone: 'UTC', currency: 'CNY', gln: null, registeredAt: new Date(0) };
}

const third = (1_000n * SCALE) / 3n;
const figure: DatedFigure = {
  lineId: 'line',
  version: 1,
  saleId: 'sale',
  passId: 'pass',
  figureId: 'figure',
  netMinor: 1_000n,
  currency: 'CNY',
  coefficients: [{ stepId: 's', coefficient: SCALE / 2n }],
  positions: [
    position('HOUSEHOLD', 'h1', third),
    position('HOUSEHOLD', 'h2', 200n * SCALE),
    position('ORGANISATION', 'coop', third),
    position('ORGANISATION', 'haulier', -(100n * SCALE), { missingTrade: true }),
    position('ORGANISATION', 'mill', 900n * SCALE - 2n * third),
  ],
  summary: {
    toHouseholds: { low: '1600/3', high: '1600/3' },
    toTargetGroup: { low: '200/1', high: '500/1' },
    payableToHouseholds: { low: '0/1', high: '0/1' },
    payableToTargetGroup: { low: '0/1', high: '0/1' },
    coverage: '3/4',
    custodyModel: 'IDENTITY_PRESERVED',
    provisional: false,
    feesPending: true,
    rounded: false,
  },
  contentHash: '',
  method: 'm',
  registrySnapshotId: 'snapshot',
  sellerId: 'mill',
};
const everybody = new Map(['coop', 'haulier', 'mill'].map((id) => [id, organisation(id)]));
const millOnly = new Map([['mill', organisation('mill')]]);
const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));

describe('an attribution as it is shown', () => {
  it('shows households together and adds up to net, to an overseer and to the seller alike', () => {
    for (const visible of [everybody, millOnly]) {
      const { parties } = attributionView(figure, visible);
      expect(parties.filter((row) => row.kind === 'HOUSEHOLD')).toHaveLength(1);
      expect(parties.reduce((sum, row) => sum + minor(row.position.amount), 0n)).toBe(1_000n);
    }
  });

  it('names to an organisation only itself, the others in one row', () => {
    const rows = attributionView(figure, millOnly).parties.map((row) => [row.kind, row.organisation?.id ?? null, row.missingTrade]);
    expect(rows).toEqual([
      ['HOUSEHOLD', null, false],
      ['ORGANISATION', null, true],
      ['ORGANISATION', 'mill', false],
    ]);
  });

  it('gives the seller the same margin as its row', () => {
    const view = attributionView(figure, millOnly);
    expect(view.sellerMargin).toEqual(view.parties.find((row) => row.organisation)?.position);
  });

  it('says shares as intervals, and none where net is not above zero', () => {
    expect(attributionView(figure, everybody).shareToPoor).toEqual({ low: '0.2', high: '0.5' });
    const given = { ...figure, netMinor: 0n, positions: [position('ORGANISATION', 'mill', 0n)] };
    expect(attributionView(given, everybody).shareToPoor).toBeNull();
  });
});

describe('the payments behind an attribution', () => {
  const payment = (id: string, payerId: string, amountMinor: bigint): RecordedPayment => ({
    id,
    stepId: 's',
    kind: 'PURCHASE',
    payer: { kind: 'ORGANISATION', id: payerId },
    payee: { kind: 'HOUSEHOLD', id },
    amountMinor,
    currency: 'CNY',
    status: 'PAID',
    admittedMinor: null,
    paidOn: null,
    causeOn: '2026-01-01',
    causeKind: 'EVENT',
    causeId: 'c',
  });
  const payments = [payment('h1', 'coop', 400n), payment('h2', 'coop', 200n), payment('h3', 'mill', 100n)];

  it('are shown one by one to who made them, the others together and without their event', () => {
    const rows = attributionLines(figure, payments, new Map([['s', 'event']]), (one) => one.payer.id === 'mill');
    expect(rows.map(({ eventId, amount, coefficient }) => [eventId, amount, coefficient])).toEqual([
      ['event', '0.5', '0.5'],
      [null, '3', '0.5'],
    ]);
  });
});
