import { claimText } from '../../core/batch/custody-model.js';
import type { CustodyModel } from '../../core/batch/custody-model.js';
import { divide, divideHalfEven, fraction, roundHalfEven } from '../../core/kernel/fraction.js';
import { formatMoney } from '../../core/kernel/money.js';
import type { PartyKind } from '../../core/ledger/party.js';
import { partyKey } from '../../core/ledger/party.js';
import type { PaymentKind, PaymentStatus } from '../../core/ledger/payment.js';
import { countedMinor } from '../../core/ledger/payment.js';
import { carriedPayments } from '../../core/income/position.js';
import type { Organisation } from '../identity/index.js';
import type { RecordedPayment } from '../ledger/index.js';
import type { DatedFigure } from './attribution.repository.js';
import { printedCoefficient, printedExact, printedMinor, printedPositions, printedShare } from './display.js';
import type { StoredPosition } from './figure.js';
import { readFraction } from './figure.js';

interface PrintedMoney {
  amount: string;
  currency: string;
}

export interface PartyNetView {
  kind: PartyKind;
  organisation: Organisation | null;
  received: PrintedMoney;
  paid: PrintedMoney;
  owed: PrintedMoney;
  position: PrintedMoney;
  missingTrade: boolean;
}

/** An attribution as one caller may see it; the payments behind it are worked out only where they are asked for. */
export interface AttributionView {
  lineId: string;
  saleId: string;
  figureId: string;
  net: PrintedMoney;
  toHouseholds: PrintedMoney;
  toPoorHouseholds: PrintedMoney;
  payableToHouseholds: PrintedMoney;
  sellerMargin: PrintedMoney;
  shareToPoor: { low: string; high: string } | null;
  shareToHouseholds: { low: string; high: string } | null;
  coverage: string;
  provisional: boolean;
  feesPending: boolean;
  claim: string;
  custodyModel: CustodyModel;
  registrySnapshotId: string;
  parties: PartyNetView[];
  version: number;
  method: string;
}

export interface AttributionLineView {
  eventId: string | null;
  payeeKind: PartyKind;
  kind: PaymentKind;
  amount: string;
  currency: string;
  coefficient: string;
  status: PaymentStatus;
}

/** `visible`: the organisations that the caller may see by name; the others stand together in one row. */
export function attributionView(figure: DatedFigure, visible: ReadonlyMap<string, Organisation>): AttributionView {
  const { netMinor, currency, summary } = figure;
  const money = (amountMinor: bigint): PrintedMoney => formatMoney({ amountMinor, currency });
  const minor = (text: string): PrintedMoney => money(roundHalfEven(readFraction(text)));
  const share = ({ low, high }: { low: string; high: string }): { low: string; high: string } | null =>
    netMinor <= 0n
      ? null
      : {
          low: printedShare(divide(readFraction(low), fraction(netMinor))),
          high: printedShare(divide(readFraction(high), fraction(netMinor))),
        };
  const printed = printedByRow(figure);
  const seller = partyKey({ kind: 'ORGANISATION', id: figure.sellerId });
  return {
    lineId: figure.lineId,
    saleId: figure.saleId,
    figureId: figure.figureId,
    net: money(netMinor),
    toHouseholds: minor(summary.toHouseholds.low),
    toPoorHouseholds: minor(summary.toTargetGroup.low),
    payableToHouseholds: minor(summary.payableToHouseholds.low),
    sellerMargin: money(printed.get(seller) ?? 0n),
    shareToPoor: share(summary.toTargetGroup),
    shareToHouseholds: share(summary.toHouseholds),
    coverage: printedShare(readFraction(summary.coverage)),
    provisional: summary.provisional,
    feesPending: summary.feesPending,
    claim: claimText(summary.custodyModel),
    custodyModel: summary.custodyModel,
    registrySnapshotId: figure.registrySnapshotId,
    parties: partyRows(figure, printed, visible),
    version: figure.version,
    method: figure.method,
  };
}

/**
 * What the line carries of each payment, as payments stand now. To those who do not oversee, payments between others are shown together by
 * kind, payee kind and status, without the event: what a cooperative paid to each grower is not for the shop to know. The coefficient of such a
 * row is what the line carries of all of them, over all of them.
 */
export function attributionLines(
  figure: DatedFigure,
  payments: readonly RecordedPayment[],
  eventIdOf: ReadonlyMap<string, string | null>,
  mayPair: (payment: RecordedPayment) => boolean,
): AttributionLineView[] {
  const { currency } = figure;
  const rows: AttributionLineView[] = [];
  const together = new Map<string, { payment: RecordedPayment; carriedScaled: bigint; countedMinor: bigint }>();
  for (const { payment, coefficient } of carried(figure, payments)) {
    const amountMinor = countedMinor(payment);
    if (mayPair(payment)) {
      rows.push({
        ...described(payment),
        eventId: payment.stepId === null ? null : (eventIdOf.get(payment.stepId) ?? null),
        amount: printedExact(coefficient * amountMinor, currency),
        coefficient: printedCoefficient(coefficient),
      });
      continue;
    }
    const key = `${payment.payee.kind} ${payment.kind} ${payment.status}`;
    const sum = together.get(key) ?? { payment, carriedScaled: 0n, countedMinor: 0n };
    sum.carriedScaled += coefficient * amountMinor;
    sum.countedMinor += amountMinor;
    together.set(key, sum);
  }
  for (const { payment, carriedScaled, countedMinor: total } of together.values()) {
    rows.push({
      ...described(payment),
      eventId: null,
      amount: printedExact(carriedScaled, currency),
      coefficient: printedCoefficient(divideHalfEven(carriedScaled, total)),
    });
  }
  return rows;
}

/** As carriedPayments of the core finds them; the sale's own payments come already as the line's part. */
function carried(figure: DatedFigure, payments: readonly RecordedPayment[]): { payment: RecordedPayment; coefficient: bigint }[] {
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  return carriedPayments(figure.coefficients, payments, figure.currency).flatMap(({ payment, coefficient }) => {
    const recorded = byId.get(payment.id);
    return recorded ? [{ payment: recorded, coefficient }] : [];
  });
}

function described(payment: RecordedPayment): Pick<AttributionLineView, 'payeeKind' | 'kind' | 'currency' | 'status'> {
  return { payeeKind: payment.payee.kind, kind: payment.kind, currency: payment.currency, status: payment.status };
}

/** Households together, never one by one; outsiders, day labourers and the unknown likewise; organisations each for themselves. */
function rowOf(position: StoredPosition): string {
  return position.kind === 'ORGANISATION' ? partyKey(position) : position.kind;
}

function printedByRow(figure: DatedFigure): Map<string, bigint> {
  const scaled = new Map<string, bigint>();
  for (const position of figure.positions) {
    const key = rowOf(position);
    scaled.set(key, (scaled.get(key) ?? 0n) + BigInt(position.position));
  }
  return printedPositions(
    figure.netMinor,
    [...scaled].map(([key, value]) => ({ key, scaled: value })),
  );
}

const ROW_ORDER: readonly PartyKind[] = ['HOUSEHOLD', 'ORGANISATION', 'OUTSIDER', 'UNREGISTERED', 'UNKNOWN'];

/** Rows are merged after printing, so that positions add up to the net amount for every caller alike. */
function partyRows(figure: DatedFigure, printed: ReadonlyMap<string, bigint>, visible: ReadonlyMap<string, Organisation>): PartyNetView[] {
  const rows = new Map<
    string,
    { first: StoredPosition; fine: Set<string>; received: bigint; paid: bigint; owed: bigint; missingTrade: boolean }
  >();
  for (const position of figure.positions) {
    const fine = rowOf(position);
    const key = position.kind === 'ORGANISATION' && !visible.has(position.id) ? 'ORGANISATION' : fine;
    const row = rows.get(key) ?? { first: position, fine: new Set<string>(), received: 0n, paid: 0n, owed: 0n, missingTrade: false };
    row.fine.add(fine);
    row.received += BigInt(position.received);
    row.paid += BigInt(position.paid);
    row.owed += BigInt(position.owed);
    row.missingTrade ||= position.missingTrade;
    rows.set(key, row);
  }
  const money = (amountMinor: bigint): PrintedMoney => formatMoney({ amountMinor, currency: figure.currency });
  return [...rows]
    .sort(([a, x], [b, y]) => ROW_ORDER.indexOf(x.first.kind) - ROW_ORDER.indexOf(y.first.kind) || (a < b ? -1 : 1))
    .map(([key, row]) => ({
      kind: row.first.kind,
      organisation: key === partyKey(row.first) ? (visible.get(row.first.id) ?? null) : null,
      received: money(printedMinor(row.received)),
      paid: money(printedMinor(row.paid)),
      owed: money(printedMinor(row.owed)),
      position: money([...row.fine].reduce((sum, fine) => sum + (printed.get(fine) ?? 0n), 0n)),
      missingTrade: row.missingTrade,
    }));
}
