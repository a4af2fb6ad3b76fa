import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import {
  OpenSeasonPayload,
  RecordAggregationPayload,
  RecordDeliveryPayload,
  RecordPlantingPayload,
  RecordReceiptPayload,
  RecordShipmentPayload,
  RecordTransformationPayload,
} from './batch.model.js';
import { BatchService } from './batch.service.js';
import type { Captured } from './capture.service.js';
import { CaptureService } from './capture.service.js';
import { RecordDeliveryInput } from './delivery.input.js';
import type { CaptureAnswer } from './event.model.js';
import { EventService } from './event.service.js';
import { OpenSeasonInput, RecordPlantingInput } from './season.input.js';
import { RecordAggregationInput, RecordReceiptInput, RecordShipmentInput } from './shipment.input.js';
import { RecordTransformationInput } from './transformation.input.js';
import { batchModel, eventModel } from './views.js';
import type { BatchModel } from './batch.model.js';

@Resolver()
export class CaptureResolver {
  constructor(
    private readonly captures: CaptureService,
    private readonly events: EventService,
    private readonly batches: BatchService,
  ) {}

  @Mutation(() => OpenSeasonPayload)
  async openSeason(@By() by: Principal, @Args('input') input: OpenSeasonInput): Promise<OpenSeasonPayload> {
    return { ...(await this.answer(await this.captures.capture(by, { kind: 'openSeason', input }))), seasonId: input.id };
  }

  @Mutation(() => RecordPlantingPayload)
  async recordPlanting(@By() by: Principal, @Args('input') input: RecordPlantingInput): Promise<RecordPlantingPayload> {
    return this.answer(await this.captures.capture(by, { kind: 'recordPlanting', input }));
  }

  @Mutation(() => RecordDeliveryPayload)
  async recordDelivery(@By() by: Principal, @Args('input') input: RecordDeliveryInput): Promise<RecordDeliveryPayload> {
    const captured = await this.captures.capture(by, { kind: 'recordDelivery', input });
    const [batch] = await this.made(captured);
    return { ...(await this.answer(captured)), batch: batch ?? null };
  }

  @Mutation(() => RecordTransformationPayload)
  async recordTransformation(@By() by: Principal, @Args('input') input: RecordTransformationInput): Promise<RecordTransformationPayload> {
    const captured = await this.captures.capture(by, { kind: 'recordTransformation', input });
    return { ...(await this.answer(captured)), batches: await this.made(captured) };
  }

  @Mutation(() => RecordAggregationPayload)
  async recordAggregation(@By() by: Principal, @Args('input') input: RecordAggregationInput): Promise<RecordAggregationPayload> {
    const answer = await this.answer(await this.captures.capture(by, { kind: 'recordAggregation', input }));
    // The unit's number, also where the platform gave it, stands in the event.
    const { parentID } = (answer.event?.epcis ?? {}) as { parentID?: string };
    return { ...answer, sscc: parentID?.split('/').at(-1) ?? null };
  }

  @Mutation(() => RecordShipmentPayload)
  async recordShipment(@By() by: Principal, @Args('input') input: RecordShipmentInput): Promise<RecordShipmentPayload> {
    return { ...(await this.answer(await this.captures.capture(by, { kind: 'recordShipment', input }))), shipmentId: input.id };
  }

  @Mutation(() => RecordReceiptPayload)
  async recordReceipt(@By() by: Principal, @Args('input') input: RecordReceiptInput): Promise<RecordReceiptPayload> {
    const captured = await this.captures.capture(by, { kind: 'recordReceipt', input });
    return { ...(await this.answer(captured)), batches: await this.made(captured) };
  }

  private async answer(captured: Captured): Promise<CaptureAnswer> {
    const [event] = captured.fresh ? [captured.fresh.event] : await this.events.byIds([captured.eventId]);
    return { id: captured.id, replayed: captured.replayed, event: event ? eventModel(event) : null };
  }

  private async made(captured: Captured): Promise<BatchModel[]> {
    const batches = captured.fresh ? [captured.fresh.batch] : await this.batches.batches(captured.batchIds);
    return captured.batchIds.flatMap((id) => batches.filter((batch) => batch.id === id).map(batchModel));
  }
}
