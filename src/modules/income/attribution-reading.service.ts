import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { partyKey } from '../../core/ledger/party.js';
import { Database } from '../../platform/database/database.js';
import type { Organisation, Principal } from '../identity/index.js';
import { IdentityService, oversees } from '../identity/index.js';
import type { RecordedPayment } from '../ledger/index.js';
import { PaymentService } from '../ledger/index.js';
import type { SaleFacts, SaleLineFacts } from '../sales/index.js';
import { SaleService } from '../sales/index.js';
import { GraphService } from '../traceability/index.js';
import type { AttributionLineView, AttributionView } from './attribution-view.js';
import { attributionLines, attributionView } from './attribution-view.js';
import { AttributionRepository } from './attribution.repository.js';
import { splitOverLines } from './line-attribution.js';

/** Attributions as callers may see them. Whether a caller may see the sale at all is decided where the sale is asked for. */
@Injectable()
export class AttributionReadingService {
  constructor(
    private readonly database: Database,
    private readonly identity: IdentityService,
    private readonly sales: SaleService,
    private readonly graph: GraphService,
    private readonly payments: PaymentService,
    private readonly figures: AttributionRepository,
  ) {}

  /** By line id; lines that are not attributed yet are absent. */
  async ofLines(principal: Principal, lineIds: readonly string[]): Promise<Map<string, AttributionView>> {
    const figures = await this.figures.latest(this.database.reader, lineIds);
    const organisationIds = figures.flatMap(({ positions }) => positions.filter(({ kind }) => kind === 'ORGANISATION').map(({ id }) => id));
    const visible = await this.visible(principal, organisationIds);
    return new Map(figures.map((figure) => [figure.lineId, attributionView(figure, visible)]));
  }

  /** By line id: the payments behind each attribution, as they stand now, carried by its coefficients. */
  async linesOf(principal: Principal, lineIds: readonly string[]): Promise<Map<string, AttributionLineView[]>> {
    const { reader } = this.database;
    const figures = await this.figures.latest(reader, lineIds);
    const saleIds = [...new Set(figures.map((figure) => figure.saleId))];
    const [sales, ofSales, ofSteps] = await Promise.all([
      this.sales.saleFacts(reader, saleIds),
      this.payments.paymentsOfSales(reader, saleIds),
      this.payments.paymentsOfSteps(reader, [...new Set(figures.flatMap(({ coefficients }) => coefficients.map(({ stepId }) => stepId)))]),
    ]);
    const lines = new Map(sales.flatMap((sale) => sale.lines.map((line) => [line.id, { sale, line }])));
    const holdingIds = figures.flatMap((figure) => lines.get(figure.lineId)?.line.allocations.map(({ holdingId }) => holdingId) ?? []);
    const steps = await this.graph.upstream(reader, [...new Set(holdingIds)]);
    const eventIdOf = new Map(steps.map((step) => [step.id, step.eventId]));
    const mayPair = mayPairOf(principal);
    return new Map(
      figures.map((figure) => {
        const found = lines.get(figure.lineId);
        assert(found, 'What was attributed is there.');
        const own = partsOfLine(
          found,
          ofSales.filter((payment) => payment.causeId === found.sale.id),
        );
        const stepIds = new Set(figure.coefficients.map(({ stepId }) => stepId));
        const upstream = ofSteps.filter((payment) => payment.stepId !== null && stepIds.has(payment.stepId));
        return [figure.lineId, attributionLines(figure, [...upstream, ...own], eventIdOf, mayPair)];
      }),
    );
  }

  private async visible(principal: Principal, organisationIds: readonly string[]): Promise<Map<string, Organisation>> {
    const ids = await this.identity.visible(principal, [...new Set(organisationIds)]);
    const organisations = await this.identity.organisations([...ids]);
    return new Map(organisations.map((organisation) => [organisation.id, organisation]));
  }
}

/** The line's parts of the sale's own payments. */
function partsOfLine(
  { sale, line }: { readonly sale: SaleFacts; readonly line: SaleLineFacts },
  ofSale: readonly RecordedPayment[],
): RecordedPayment[] {
  const byId = new Map(ofSale.map((payment) => [payment.id, payment]));
  return (splitOverLines(ofSale, sale.lines).get(line.ref) ?? []).flatMap((part): RecordedPayment[] => {
    const whole = byId.get(part.id);
    return whole ? [{ ...whole, ...part }] : [];
  });
}

/** Who oversees sees each payment; everybody else the own ones. */
function mayPairOf(principal: Principal): (payment: RecordedPayment) => boolean {
  const ownKey = partyKey({ kind: 'ORGANISATION', id: principal.organisationId });
  return (payment) => oversees(principal) || partyKey(payment.payer) === ownKey || partyKey(payment.payee) === ownKey;
}
