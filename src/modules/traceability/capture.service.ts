import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import type { Instant } from '../../core/kernel/instant.js';
import { parseInstant, startOfDay } from '../../core/kernel/instant.js';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Organisation, Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import type { Made } from './acting.js';
import { Acting } from './acting.js';
import { AggregationService } from './aggregation.service.js';
import { DeliveryGroups } from './delivery-group.service.js';
import type { TakenDelivery } from './delivery-plan.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import { ReceiptService } from './receipt.service.js';
import type { OpenSeasonInput, RecordPlantingInput } from './season.input.js';
import { SeasonService } from './season.service.js';
import type { RecordAggregationInput, RecordReceiptInput, RecordShipmentInput } from './shipment.input.js';
import { ShipmentService } from './shipment.service.js';
import type { RecordTransformationInput } from './transformation.input.js';
import { TransformationService } from './transformation.service.js';

/** One thing that a cooperative records. */
export type Capture =
  | { readonly kind: 'openSeason'; readonly input: OpenSeasonInput }
  | { readonly kind: 'recordPlanting'; readonly input: RecordPlantingInput }
  | { readonly kind: 'recordDelivery'; readonly input: RecordDeliveryInput }
  | { readonly kind: 'recordTransformation'; readonly input: RecordTransformationInput }
  | { readonly kind: 'recordAggregation'; readonly input: RecordAggregationInput }
  | { readonly kind: 'recordShipment'; readonly input: RecordShipmentInput }
  | { readonly kind: 'recordReceipt'; readonly input: RecordReceiptInput };

/** Deliveries come by the thousand and are recorded in groups; of everything else each has a transaction of its own. */
type SingleCapture = Exclude<Capture, { readonly kind: 'recordDelivery' }>;

export interface Captured extends Made {
  readonly id: string;
  readonly replayed: boolean;
  /** What it made, where that is at hand and need not be read. */
  readonly fresh: TakenDelivery | null;
}

/** Every kind of event walks the same way: one client id, one transaction, one event and its projections. Only the recorder differs. */
@Injectable()
export class CaptureService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identity: IdentityService,
    private readonly seasons: SeasonService,
    private readonly deliveries: DeliveryGroups,
    private readonly transformations: TransformationService,
    private readonly aggregations: AggregationService,
    private readonly shipments: ShipmentService,
    private readonly receipts: ReceiptService,
    private readonly clock: Clock,
  ) {}

  async capture(principal: Principal, capture: Capture): Promise<Captured> {
    const { id } = capture.input;
    if (capture.kind === 'recordDelivery') return { id, ...(await this.deliveries.record(principal.organisationId, capture.input)) };
    const request = { id, organisationId: principal.organisationId, kind: capture.kind, content: capture.input };
    const { answer, replayed } = await this.database.transaction((tx) =>
      this.idempotency.once<Made>(tx, request, async () => {
        const organisation = await this.identity.requireOrganisation(tx, principal.organisationId);
        const acting = new Acting(organisation, id, this.instantOf(capture, organisation));
        return this.record(tx, acting, capture);
      }),
    );
    return { id, replayed, fresh: null, ...answer };
  }

  /** Deliveries that came together, in their order; each has its own outcome. */
  async captureDeliveries(
    principal: Principal,
    inputs: readonly RecordDeliveryInput[],
  ): Promise<PromiseSettledResult<Captured | DomainError>[]> {
    const settled = await this.deliveries.recordTogether(principal.organisationId, inputs);
    return settled.map((one, i): PromiseSettledResult<Captured | DomainError> => {
      if (one.status === 'rejected') return one;
      const { value } = one;
      return { ...one, value: value instanceof DomainError ? value : { id: inputs[i]?.id ?? '', ...value } };
    });
  }

  private async record(tx: Tx, acting: Acting, capture: SingleCapture): Promise<Made> {
    switch (capture.kind) {
      case 'openSeason':
        return this.seasons.open(tx, acting, capture.input);
      case 'recordPlanting':
        return this.seasons.plant(tx, acting, capture.input);
      case 'recordTransformation':
        return this.transformations.record(tx, acting, capture.input);
      case 'recordAggregation':
        return this.aggregations.record(tx, acting, capture.input);
      case 'recordShipment':
        return this.shipments.record(tx, acting, capture.input);
      case 'recordReceipt':
        return this.receipts.record(tx, acting, capture.input);
    }
  }

  /** When it happened, by the input. A season planned ahead is opened now. */
  private instantOf(capture: SingleCapture, organisation: Organisation): Instant {
    switch (capture.kind) {
      case 'openSeason': {
        const from = startOfDay(capture.input.from, organisation.timeZone);
        return from.epochMs <= this.clock.nowMs() ? from : { ...from, epochMs: this.clock.nowMs() };
      }
      case 'recordPlanting':
        return parseInstant(capture.input.plantedAt);
      case 'recordTransformation':
      case 'recordAggregation':
      case 'recordShipment':
      case 'recordReceipt':
        return parseInstant(capture.input.at);
    }
  }
}
