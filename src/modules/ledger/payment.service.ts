import { Injectable } from '@nestjs/common';
import { apportion } from '../../core/kernel/apportion.js';
import { assert } from '../../core/kernel/assert.js';
import { decimalToFraction, parseDecimal } from '../../core/kernel/decimal.js';
import { at, DomainError } from '../../core/kernel/errors.js';
import type { Fraction } from '../../core/kernel/fraction.js';
import { equals, ONE, sum } from '../../core/kernel/fraction.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import type { Instant } from '../../core/kernel/instant.js';
import { localDay, parseInstant } from '../../core/kernel/instant.js';
import type { Money } from '../../core/kernel/money.js';
import { parseMoney } from '../../core/kernel/money.js';
import { AccountSums } from '../../core/ledger/account.js';
import { journal } from '../../core/ledger/journal.js';
import type { Party } from '../../core/ledger/party.js';
import { partyKey } from '../../core/ledger/party.js';
import type { PaymentMethod, PaymentStatus } from '../../core/ledger/payment.js';
import { requireRecordable, requireSettlement } from '../../core/ledger/recording.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { FileService } from '../../platform/files/file.service.js';
import { JobQueue } from '../../platform/queue/job-queue.js';
import type { PartyInput, ResolvedParty } from '../registry/index.js';
import { PartyService } from '../registry/index.js';
import type { NewJournal } from './journal.repository.js';
import { JournalRepository } from './journal.repository.js';
import type { PaymentTermsInput, StepPaymentInput } from './ledger.input.js';
import { PaymentChangesRepository } from './payment-changes.repository.js';
import type { CauseKind, NewPayment, PaymentChange, PaymentsChanged, RecordedPayment } from './payment-facts.js';
import { PAYMENT_RECORD, PAYMENTS_CHANGED } from './payment-facts.js';
import { PaymentRepository } from './payment.repository.js';

/** More payments of one step than that are a payroll of their own. */
export const STEP_PAYMENTS_MAX = 1_000;
/** A phone's clock may be wrong by so much before a payment is said to lie in the future. */
export const PAID_AHEAD_MS_MAX = 24 * 3_600_000;

/** What the payments of one capture share. */
interface Occasion {
  readonly captureId: string;
  readonly stepId: string | null;
  readonly payer: Party;
  readonly at: Instant;
  /** Local day of the cause. */
  readonly causeOn: string;
  /** IANA, of the recording organisation. */
  readonly timeZone: string;
  readonly recordedBy: string;
}

export interface StepPayments extends Occasion {
  readonly inputs: readonly StepPaymentInput[];
  readonly causeKind: CauseKind;
  readonly causeId: string;
}

export interface DeliveryPayments extends Occasion {
  readonly terms: PaymentTermsInput | null;
  /** price × net, or null where the delivery has no price. */
  readonly priced: Money | null;
  readonly grower: ResolvedParty;
  /** Those whom the terms name to share in it, in their order. */
  readonly payees: readonly ResolvedParty[];
  readonly deliveryId: string;
}

/** The payment book: what is payable, paid, confirmed. It alone makes a household's passbook. */
@Injectable()
export class PaymentService {
  constructor(
    private readonly parties: PartyService,
    private readonly payments: PaymentRepository,
    private readonly changes: PaymentChangesRepository,
    private readonly journals: JournalRepository,
    private readonly files: FileService,
    private readonly clock: Clock,
    private readonly queue: JobQueue,
  ) {}

  /**
   * Records payments with their first fact. Those that one organisation records in one currency are booked by one balanced journal. Throws
   * TRADE_WITH_ONESELF, BAD_INPUT for a status that a client cannot state, CONFLICT for an id that is taken, FILE_UNKNOWN for evidence that was
   * not sent.
   */
  async record(tx: Tx, payments: readonly NewPayment[], payables: ReadonlyMap<string, RecordedPayment> = new Map()): Promise<void> {
    if (payments.length === 0) return;
    payments.forEach(requireRecordable);
    const now = new Date(this.clock.nowMs());
    const journals = journalsOf(payments, payables);
    const journalOf = (payment: NewPayment): string | null =>
      payment.amountMinor === 0n ? null : (journals.get(bookOf(payment))?.id ?? null);
    const rows = payments.map((payment) => ({ ...payment, journalId: journalOf(payment) }));
    const inserted = await this.payments.insert(tx, rows, now);
    const taken = payments.find((payment) => !inserted.delete(payment.id));
    if (taken) throw new DomainError('CONFLICT', { paymentId: taken.id });
    await this.nameEvidence(tx, payments);
    if (journals.size > 0) await this.journals.insert(tx, [...journals.values()], now);
  }

  /** The evidence becomes readable through its payment. That a receipt stands on two payments is no rejection: it may cover both. */
  private async nameEvidence(tx: Tx, payments: readonly NewPayment[]): Promise<void> {
    const evidenced = payments.filter(({ evidence }) => evidence.length > 0);
    for (const organisationId of new Set(evidenced.map(({ recordedBy }) => recordedBy))) {
      const own = evidenced.filter(({ recordedBy }) => recordedBy === organisationId);
      const namings = own.map(({ id, evidence }) => ({ recordKind: PAYMENT_RECORD, recordId: id, fileIds: evidence }));
      for (const named of await this.files.filesNamed(tx, namings, { organisationId })) {
        if (named instanceof DomainError) throw named;
      }
    }
  }

  /** As `record`, for steps and sales that may have been attributed before: they are looked at again after the commit. */
  async recordLate(tx: Tx, payments: readonly NewPayment[], payables: ReadonlyMap<string, RecordedPayment> = new Map()): Promise<void> {
    await this.record(tx, payments, payables);
    const stepIds = [...new Set(payments.flatMap(({ stepId }) => (stepId === null ? [] : [stepId])))];
    const saleIds = [
      ...new Set(payments.flatMap(({ stepId, causeKind, causeId }) => (stepId === null && causeKind === 'SALE' ? [causeId] : []))),
    ];
    await this.announce(tx, { stepIds, saleIds });
  }

  /** The payments of these steps and sales stand otherwise than when those who carry them were attributed: they are looked at again. */
  async announce(tx: Tx, changed: PaymentsChanged): Promise<void> {
    if (changed.stepIds.length + changed.saleIds.length === 0) return;
    await this.changes.insert(tx, changed);
    tx.afterCommit(() => this.queue.add(PAYMENTS_CHANGED, [changed]));
  }

  /** What was announced and not looked at yet, the longest waiting first, from behind the given one on. */
  async announced(tx: Tx, after: PaymentChange | null, limit: number): Promise<PaymentChange[]> {
    return this.changes.page(tx, after, limit);
  }

  /** What was announced of these steps and sales and not looked at yet. */
  async announcedOf(tx: Tx, changed: PaymentsChanged): Promise<PaymentChange[]> {
    return this.changes.of(tx, changed);
  }

  /** Those who carry them were looked at. What was announced meanwhile goes on waiting. */
  async settleAnnounced(tx: Tx, looked: readonly PaymentChange[]): Promise<void> {
    if (looked.length > 0) await this.changes.delete(tx, looked);
  }

  /**
   * The payments that a capture names, paid by the acting organisation. Answers their ids in the order of the inputs. Throws what `record`
   * throws, CURRENCY_MISMATCH where they are of several currencies, TOO_MANY_ITEMS, and what parties and amounts are rejected for.
   */
  async stepPayments(tx: Tx, given: StepPayments): Promise<string[]> {
    const { inputs, causeKind, causeId } = given;
    if (inputs.length > STEP_PAYMENTS_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: STEP_PAYMENTS_MAX }, ['payments']);
    if (inputs.length === 0) return [];
    const payees = await this.resolve(tx, inputs, ['payments']);
    const payments = inputs.map((input, i) =>
      at(['payments', i], () => {
        const payee = payees[i];
        assert(payee, 'Every payee that is asked for is answered.');
        const payment: NewPayment = {
          id: input.id ?? derivedUuid(given.captureId, 'payment', i),
          causeKind,
          causeId,
          kind: input.kind,
          payee: payee.party,
          payeeMemberId: payee.memberId,
          ...at(['amount'], () => parseMoney(input.amount)),
          ...this.standing(input, given),
          evidence: input.evidence ?? [],
        };
        requireRecordable(payment);
        return payment;
      }),
    );
    requireOneCurrency(payments);
    // A season goes on being paid for after its first goods were sold; every other step is paid for as it comes to be.
    if (causeKind === 'SEASON') await this.recordLate(tx, payments);
    else await this.record(tx, payments);
    return payments.map((payment) => payment.id);
  }

  /**
   * What a delivery owes or has paid to its grower, or to those who share in it, for the caller to `record`; nothing where neither price nor
   * amount is known: the delivery is UNPRICED then, which is not 0. Throws FRACTION_INVALID where the shares do not add up to one,
   * CURRENCY_MISMATCH, and what `record` throws for each.
   */
  ofDelivery(given: DeliveryPayments): NewPayment[] {
    const { terms, priced } = given;
    const agreed = terms?.amount ? at(['payment', 'amount'], () => parseMoney(terms.amount ?? { amount: '', currency: '' })) : null;
    if (agreed && priced && agreed.currency !== priced.currency) {
      throw new DomainError('CURRENCY_MISMATCH', { currencies: `${agreed.currency} ${priced.currency}` }, ['payment', 'amount']);
    }
    const amount = agreed ?? priced;
    if (!amount) return [];
    return sharesOf(given, amount).map(({ id, payee, amountMinor }) =>
      at(['payment'], () => {
        const payment: NewPayment = {
          id,
          causeKind: 'DELIVERY',
          causeId: given.deliveryId,
          kind: 'PURCHASE',
          payee: payee.party,
          payeeMemberId: payee.memberId,
          amountMinor,
          currency: amount.currency,
          ...this.standing(terms ?? {}, given),
          evidence: [],
        };
        requireRecordable(payment);
        return payment;
      }),
    );
  }

  /** Which of these ids are taken: for a list in which each payment stands or falls alone. */
  async known(tx: Tx, paymentIds: readonly string[]): Promise<Set<string>> {
    return this.payments.known(tx, paymentIds);
  }

  /** The payments of these steps as they stand now; a payable is counted by its open rest. */
  async paymentsOfSteps(tx: Tx, stepIds: readonly string[]): Promise<RecordedPayment[]> {
    return stepIds.length === 0 ? [] : this.payments.ofSteps(tx, stepIds);
  }

  /** The sales' own payments (fees and the like) as they stand now; `causeId` is the sale. */
  async paymentsOfSales(tx: Tx, saleIds: readonly string[]): Promise<RecordedPayment[]> {
    return saleIds.length === 0 ? [] : this.payments.ofSales(tx, saleIds);
  }

  /**
   * Records a payment that settles a payable: it takes its cause and kind and lowers its open rest. Throws NOT_FOUND, CURRENCY_MISMATCH,
   * PAYMENT_STATUS_ORDER where nothing is payable (any more), AMOUNT_OUT_OF_RANGE for more than its open rest.
   */
  async settle(
    tx: Tx,
    settles: string,
    payment: Omit<NewPayment, 'causeKind' | 'causeId' | 'stepId' | 'kind' | 'causeOn' | 'settles'>,
  ): Promise<RecordedPayment> {
    await this.payments.lock(tx, settles);
    const payable = await this.payments.byId(tx, settles);
    if (!payable) throw new DomainError('NOT_FOUND', { paymentId: settles }, ['settles']);
    requireSettlement({ ...payable, openMinor: payable.amountMinor, reverses: null }, payment);
    const { causeKind, causeId, stepId, kind, causeOn } = payable;
    await this.recordLate(tx, [{ ...payment, causeKind, causeId, stepId, kind, causeOn, settles }], new Map([[settles, payable]]));
    return payable;
  }

  /** Where a payment stands and since when. Throws BAD_INPUT for a payable with a day of payment, TIME_IN_FUTURE. */
  private standing(
    said: { readonly status?: PaymentStatus | null; readonly method?: PaymentMethod | null; readonly paidAt?: string | null },
    occasion: Omit<Occasion, 'captureId'>,
  ): Pick<NewPayment, 'status' | 'method' | 'at' | 'paidOn' | 'stepId' | 'payer' | 'causeOn' | 'recordedBy'> {
    const { stepId, payer, causeOn, recordedBy, timeZone } = occasion;
    const status = said.status ?? 'PAYABLE';
    const paidAt = said.paidAt ? parseInstant(said.paidAt) : null;
    if (paidAt && status === 'PAYABLE') throw new DomainError('BAD_INPUT', { expected: 'no paidAt for what is PAYABLE' }, ['paidAt']);
    if (paidAt && paidAt.epochMs > this.clock.nowMs() + PAID_AHEAD_MS_MAX) throw new DomainError('TIME_IN_FUTURE', {}, ['paidAt']);
    const paidOn = paidAt ? localDay(paidAt.epochMs, timeZone) : null;
    return { status, method: said.method ?? null, at: paidAt ?? occasion.at, paidOn, stepId, payer, causeOn, recordedBy };
  }

  /** The registry names the place of a party in the list; the caller named it somewhere in an input. */
  private async resolve(tx: Tx, inputs: readonly { readonly payee: PartyInput }[], path: readonly string[]): Promise<ResolvedParty[]> {
    try {
      return await this.parties.resolve(
        tx,
        inputs.map((input) => input.payee),
      );
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const [place, ...rest] = error.path;
      throw new DomainError(error.code, error.detail, place === undefined ? path : [...path, place, 'payee', ...rest]);
    }
  }
}

/** The odd fen goes by who is paid, not by the order in which they were named. */
function sharesOf(
  given: DeliveryPayments,
  amount: Money,
): { readonly id: string; readonly payee: ResolvedParty; readonly amountMinor: bigint }[] {
  const { terms, captureId } = given;
  const inputs = terms?.payees ?? [];
  if (inputs.length === 0)
    return [{ id: terms?.id ?? derivedUuid(captureId, 'payment', 0), payee: given.grower, amountMinor: amount.amountMinor }];
  if (inputs.length > STEP_PAYMENTS_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: STEP_PAYMENTS_MAX }, ['payment', 'payees']);
  const parts = at(['payment', 'payees'], () => partsOf(inputs.map((input) => input.part)));
  const shares = inputs.map((input, i) => {
    const payee = given.payees[i];
    const weight = parts[i];
    assert(payee && weight, 'Every payee that is asked for is answered.');
    const id = input.id ?? derivedUuid(terms?.id ?? captureId, 'payment', i);
    return { id, payee, weight, key: `${partyKey(payee.party)} ${payee.memberId ?? ''} ${id}` };
  });
  if (new Set(shares.map((share) => share.key)).size < shares.length) throw new DomainError('CONFLICT', {}, ['payment', 'payees']);
  const amounts = apportion(amount.amountMinor, shares);
  return shares.map(({ id, payee, key }) => ({ id, payee, amountMinor: amounts.get(key) ?? 0n }));
}

/** Throws FRACTION_INVALID unless the parts are positive and add up to one. */
function partsOf(texts: readonly string[]): Fraction[] {
  const parts = texts.map((text) => decimalToFraction(parseDecimal(text)));
  const total = sum(parts);
  if (parts.some((part) => part.num <= 0n) || !equals(total, ONE)) throw new DomainError('FRACTION_INVALID', { parts: texts.join(' + ') });
  return parts;
}

/** Payments of one book are booked together. */
function bookOf({ recordedBy, currency }: NewPayment): string {
  return `${recordedBy} ${currency}`;
}

/** By book. The entries of one account are one entry; where nothing moves there is no journal. */
function journalsOf(payments: readonly NewPayment[], payables: ReadonlyMap<string, RecordedPayment>): Map<string, NewJournal> {
  const books = new Map<string, { readonly first: NewPayment; readonly sums: AccountSums }>();
  for (const payment of payments) {
    const payable = payment.settles ? payables.get(payment.settles) : undefined;
    assert(payable || !payment.settles, 'Who settles a payable has looked at it.');
    const book = books.get(bookOf(payment)) ?? { first: payment, sums: new AccountSums() };
    books.set(bookOf(payment), book);
    book.sums.addPayment(payment);
    // A payer may be another than the one who owed (a cooperative pays for its mill): the debt is taken off the accounts of the payable.
    if (payable) book.sums.addPayment({ ...payable, amountMinor: payment.amountMinor, offsetMinor: 0n }, -1n);
  }
  const journals = new Map<string, NewJournal>();
  for (const [book, { first, sums }] of books) {
    const entries = sums.entries();
    if (entries.length === 0) continue;
    const booked = journal({ currency: first.currency, entries });
    journals.set(book, { id: derivedUuid(first.id, 'journal'), book: 'PAYMENT', cause: `payment ${first.id}`, journal: booked });
  }
  return journals;
}

function requireOneCurrency(payments: readonly NewPayment[]): void {
  const currencies = [...new Set(payments.map((payment) => payment.currency))];
  if (currencies.length > 1) throw new DomainError('CURRENCY_MISMATCH', { currencies: currencies.join(' ') }, ['payments']);
}
