import { Injectable } from '@nestjs/common';
import type { TargetVerdict } from '../../core/income/interval.js';
import { compose } from '../../core/income/composition.js';
import { assert } from '../../core/kernel/assert.js';
import { DomainError } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import type { Payment } from '../../core/ledger/payment.js';
import { countedMinor, judgedOn } from '../../core/ledger/payment.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { Log } from '../../platform/logging/log.js';
import type { PaymentsChanged, RecordedPayment } from '../ledger/index.js';
import { LedgerService, PaymentService } from '../ledger/index.js';
import { StatusService } from '../registry/index.js';
import type { SaleFacts, SaleLineFacts } from '../sales/index.js';
import { SaleService } from '../sales/index.js';
import { GraphService } from '../traceability/index.js';
import { AttributionRepository } from './attribution.repository.js';
import type { LineFigure } from './figure.js';
import { positionDeltas, storedPositions, storedSummary } from './figure.js';
import type { LineContent, Upstream } from './line-attribution.js';
import { contentHash, lineContent, METHOD, splitOverLines } from './line-attribution.js';

/** Upstream steps of one pass: so many exact fractions take some seconds, during which this process does nothing else. */
export const COMPOSITION_STEPS_MAX = 50_000;
export const SALES_PER_PASS_MAX = 200;

interface Found {
  readonly sale: SaleFacts;
  readonly line: SaleLineFacts;
  readonly content: LineContent;
  readonly hash: string;
}

/** From final sales back to those who made the goods: works out lines, keeps their versions, posts what changed. */
@Injectable()
export class AttributionService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly sales: SaleService,
    private readonly graph: GraphService,
    private readonly payments: PaymentService,
    private readonly statuses: StatusService,
    private readonly ledger: LedgerService,
    private readonly figures: AttributionRepository,
  ) {}

  /**
   * Attributes the whole lines of these final sales, in one transaction a seller and currency. A line that is found as it was is left alone,
   * so running it again stores and posts nothing. A sale that lacks an exchange rate stays PENDING. Throws COMPOSITION_TOO_LARGE, after all
   * other sales are done.
   */
  async attribute(saleIds: readonly string[], cause: string): Promise<void> {
    const facts = await this.sales.saleFacts(this.database.reader, [...new Set(saleIds)].sort());
    const groups = new Map<string, SaleFacts[]>();
    for (const sale of facts.filter(isAttributable)) {
      const key = `${sale.sellerId} ${sale.currency}`;
      groups.set(key, [...(groups.get(key) ?? []), sale]);
    }
    let refused: DomainError | null = null;
    for (const group of groups.values()) {
      for (let from = 0; from < group.length; from += SALES_PER_PASS_MAX) {
        refused = (await this.passes(group.slice(from, from + SALES_PER_PASS_MAX), cause)) ?? refused;
      }
    }
    if (refused) throw refused;
  }

  /** What was sold from these holdings, or from what was made of them, is looked at again. */
  async reattributeHoldings(holdingIds: readonly string[], cause: string): Promise<void> {
    const { reader } = this.database;
    // Read first: what changes from here on is another change, and goes on waiting.
    const changes = await this.graph.recompositionsOf(reader, holdingIds);
    await this.attribute(await this.soldFrom(holdingIds), cause);
    await this.database.transaction((tx) => this.graph.settleRecompositions(tx, changes));
  }

  /**
   * What carries these steps, and these sales, is looked at again: a payment came late, or stands otherwise than before. Asked of the graph and not
   * of the figures: a sale that is just being attributed for the first time has none that can be seen.
   */
  async reattributePayments(changed: PaymentsChanged, cause: string): Promise<void> {
    const { reader } = this.database;
    const changes = await this.payments.announcedOf(reader, changed);
    const carrying = await this.soldFrom(await this.graph.madeBy(reader, changed.stepIds));
    await this.attribute([...carrying, ...changed.saleIds], cause);
    await this.database.transaction((tx) => this.payments.settleAnnounced(tx, changes));
  }

  private async soldFrom(holdingIds: readonly string[]): Promise<string[]> {
    const { reader } = this.database;
    return this.sales.salesOfHoldings(reader, await this.graph.downstream(reader, holdingIds));
  }

  /**
   * One pass, or where its goods have too many steps upstream for one, two of half the sales each: a pass must not fail for its size. Answers
   * what a sale was refused for, which hinders no other.
   */
  private async passes(group: readonly SaleFacts[], cause: string): Promise<DomainError | null> {
    try {
      await this.database.transaction((tx) => this.pass(tx, group, cause));
      return null;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code !== 'COMPOSITION_TOO_LARGE' || group.length === 1) return error;
      const middle = Math.ceil(group.length / 2);
      const first = await this.passes(group.slice(0, middle), cause);
      return (await this.passes(group.slice(middle), cause)) ?? first;
    }
  }

  private async pass(tx: Tx, group: readonly SaleFacts[], cause: string): Promise<void> {
    const [first] = group;
    assert(first, 'A pass has sales.');
    const { sellerId, currency } = first;
    await this.figures.lock(tx, sellerId, currency);
    // Read again: what another pass or a fulfilment did while this one waited for the lock must be seen.
    const sales = (
      await this.sales.saleFacts(
        tx,
        group.map((sale) => sale.id),
      )
    ).filter(isAttributable);
    const registrySnapshotId = await this.statuses.snapshot(tx);
    const { found, stuck } = await this.workOut(tx, sales, registrySnapshotId);
    await this.keep(tx, found, { sellerId, currency, cause, registrySnapshotId });
    const done = sales.filter((sale) => !stuck.has(sale.id) && sale.lines.length > 0 && sale.lines.every((line) => line.whole));
    await this.sales.markAttributed(
      tx,
      done.map((sale) => sale.id),
    );
  }

  private async workOut(tx: Tx, sales: readonly SaleFacts[], registrySnapshotId: string): Promise<{ found: Found[]; stuck: Set<string> }> {
    const { upstream, ownPayments } = await this.load(tx, sales, registrySnapshotId);
    const found: Found[] = [];
    const stuck = new Set<string>();
    for (const sale of sales) {
      try {
        const own = splitOverLines(ownPayments.get(sale.id) ?? [], sale.lines);
        const lines = sale.lines
          .filter((line) => line.whole)
          .map((line) => {
            const content = lineContent(sale, line, upstream, own.get(line.ref) ?? []);
            return { sale, line, content, hash: contentHash(content) };
          });
        found.push(...lines);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'RATE_MISSING') throw error;
        stuck.add(sale.id);
        this.log.write('warn', 'A sale waits for an exchange rate.', { saleId: sale.id, code: error.code, detail: error.detail });
      }
    }
    return { found, stuck };
  }

  private async load(
    tx: Tx,
    sales: readonly SaleFacts[],
    registrySnapshotId: string,
  ): Promise<{ upstream: Upstream; ownPayments: Map<string, RecordedPayment[]> }> {
    const lines = sales.flatMap((sale) => sale.lines.filter((line) => line.whole));
    const holdingIds = [...new Set(lines.flatMap((line) => line.allocations.map((allocation) => allocation.holdingId)))];
    const steps = holdingIds.length === 0 ? [] : await this.graph.upstream(tx, holdingIds);
    if (steps.length > COMPOSITION_STEPS_MAX) {
      throw new DomainError('COMPOSITION_TOO_LARGE', { steps: steps.length, max: COMPOSITION_STEPS_MAX });
    }
    const composition = compose(steps, holdingIds);
    const ofSteps = await this.payments.paymentsOfSteps(
      tx,
      steps.map((step) => step.id),
    );
    const ofSales = await this.payments.paymentsOfSales(
      tx,
      sales.map((sale) => sale.id),
    );
    const verdictOn = await this.verdicts(tx, [...ofSteps, ...ofSales], registrySnapshotId);
    const paymentsByStep = grouped(ofSteps, (payment) => payment.stepId ?? '');
    const upstream = { steps: new Map(steps.map((step) => [step.id, step])), composition, paymentsByStep, verdictOn };
    return { upstream, ownPayments: grouped(ofSales, (payment) => payment.causeId) };
  }

  /** Who of the payees counted as poor on the day of the payment (of its cause, while it is payable), by the default target group. */
  private async verdicts(tx: Tx, payments: readonly Payment[], snapshotId: string): Promise<Upstream['verdictOn']> {
    const asked = new Map<string, { householdId: string; day: string }>();
    for (const payment of payments) {
      if (payment.payee.kind !== 'HOUSEHOLD' || countedMinor(payment) === 0n) continue;
      const day = judgedOn(payment);
      asked.set(`${payment.payee.id} ${day}`, { householdId: payment.payee.id, day });
    }
    const questions = [...asked.values()];
    const answers = await this.statuses.verdicts(tx, questions, snapshotId);
    const byKey = new Map<string, TargetVerdict>([...asked.keys()].map((key, i) => [key, answers[i] ?? 'UNKNOWN']));
    return (householdId, day) => byKey.get(`${householdId} ${day}`) ?? 'UNKNOWN';
  }

  /** Appends the versions of what is new or found otherwise than before, and posts the difference as one journal. */
  private async keep(
    tx: Tx,
    found: readonly Found[],
    pass: { readonly sellerId: string; readonly currency: string; readonly cause: string; readonly registrySnapshotId: string },
  ): Promise<void> {
    const known = new Map(
      (
        await this.figures.latest(
          tx,
          found.map(({ line }) => line.id),
        )
      ).map((figure) => [figure.lineId, figure]),
    );
    const changed = found
      .map((one) => ({ ...one, before: known.get(one.line.id) ?? null }))
      .filter(({ hash, before }) => hash !== before?.contentHash);
    if (changed.length === 0) return;
    // Each version of a line is made once, so the list of them names the pass: a retry makes the same one.
    const versions = changed.map(({ line, before }) => `${line.id} ${(before?.version ?? 0) + 1}`).sort();
    const passId = derivedUuid('attribution-pass', ...versions);
    const figures = changed.map(({ sale, line, content, hash, before }): LineFigure => {
      const version = (before?.version ?? 0) + 1;
      return {
        lineId: line.id,
        version,
        saleId: sale.id,
        passId,
        figureId: derivedUuid(line.id, 'figure', version),
        netMinor: content.netMinor,
        currency: content.currency,
        coefficients: content.coefficients,
        positions: storedPositions(content.positions),
        summary: storedSummary(content),
        contentHash: hash,
      };
    });
    const changes = figures.map((figure) => ({ after: figure.positions, before: known.get(figure.lineId)?.positions ?? [] }));
    const nowMs = this.clock.nowMs();
    const journalId = await this.ledger.postAttribution(tx, {
      passId,
      sellerId: pass.sellerId,
      currency: pass.currency,
      deltas: positionDeltas(changes).map((delta) => ({ ...delta, agreementId: null })),
      poolDeltaMinor: figures.reduce((sum, figure) => sum + figure.netMinor - (known.get(figure.lineId)?.netMinor ?? 0n), 0n),
      cause: `${pass.cause} ${passId}`,
      at: { epochMs: nowMs, offsetMinutes: 0 },
    });
    const { sellerId, currency, registrySnapshotId } = pass;
    await this.figures.insertPass(tx, {
      id: passId,
      sellerId,
      currency,
      journalId,
      method: METHOD,
      registrySnapshotId,
      computedAt: new Date(nowMs),
    });
    await this.figures.insertFigures(tx, figures);
  }
}

function isAttributable(sale: SaleFacts): boolean {
  return sale.final && sale.status !== 'CANCELLED';
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(key(item));
    if (list) list.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
