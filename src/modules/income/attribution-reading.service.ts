import { Injectable } from '@nestjs/common';
import { assert } from '../../core/kernel/assert.js';
import { partyKey } from '../../core/ledger/party.js';
import { Database } from '../../platform/database/database.js';
import type { Organisation, Principal } from '../identity/index.js';
import { IdentityService, oversees } from '../identity/index.js';
import type { RecordedPayment } from '../ledger/index.js';
import { PaymentService } from '../ledger/index.js';
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

  /** The payments behind one attribution, as they stand now, carried by its coefficients. */
  async linesOf(principal: Principal, of: { readonly lineId: string; readonly saleId: string }): Promise<AttributionLineView[]> {
    const { reader } = this.database;
    const [figure] = await this.figures.latest(reader, [of.lineId]);
    const [sale] = await this.sales.saleFacts(reader, [of.saleId]);
    const line = sale?.lines.find((one) => one.id === of.lineId);
    assert(figure && sale && line, 'What was attributed is there.');
    const steps = await this.graph.upstream(
      reader,
      line.allocations.map((allocation) => allocation.holdingId),
    );
    const ofSteps = await this.payments.paymentsOfSteps(
      reader,
      figure.coefficients.map(({ stepId }) => stepId),
    );
    const ofSale = await this.payments.paymentsOfSales(reader, [sale.id]);
    const parts = splitOverLines(ofSale, sale.lines).get(line.ref) ?? [];
    const bySaleId = new Map(ofSale.map((payment) => [payment.id, payment]));
    const own = parts.flatMap((part): RecordedPayment[] => {
      const whole = bySaleId.get(part.id);
      return whole ? [{ ...whole, ...part }] : [];
    });
    const ownKey = partyKey({ kind: 'ORGANISATION', id: principal.organisationId });
    const mayPair = (payment: RecordedPayment): boolean =>
      oversees(principal) || partyKey(payment.payer) === ownKey || partyKey(payment.payee) === ownKey;
    return attributionLines(figure, [...ofSteps, ...own], new Map(steps.map((step) => [step.id, step.eventId])), mayPair);
  }

  private async visible(principal: Principal, organisationIds: readonly string[]): Promise<Map<string, Organisation>> {
    const ids = await this.identity.visible(principal, [...new Set(organisationIds)]);
    const organisations = await this.identity.organisations([...ids]);
    return new Map(organisations.map((organisation) => [organisation.id, organisation]));
  }
}
