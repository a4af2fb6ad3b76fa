import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { TraceDirection } from '../../core/batch/trace.js';
import { connectionType } from '../../platform/graphql/page.js';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityModel } from '../../platform/graphql/values.model.js';
import { CaptureAnswer } from './event.model.js';

export const BATCH_STATUSES = ['OPEN', 'ACTIVE', 'USED_UP', 'RECALLED', 'VOID'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];
export const BatchStatusEnum = Object.fromEntries(BATCH_STATUSES.map((status) => [status, status]));
registerEnumType(BatchStatusEnum, { name: 'BatchStatus' });

export const TRACE_DIRECTIONS = ['UPSTREAM', 'DOWNSTREAM', 'BOTH'] as const satisfies readonly TraceDirection[];
export const TraceDirectionEnum = Object.fromEntries(TRACE_DIRECTIONS.map((direction) => [direction, direction]));
registerEnumType(TraceDirectionEnum, { name: 'TraceDirection' });

/** Its product, holdings, quantities and events are fields of their own, loaded where they are asked for. */
@ObjectType('Batch')
export class BatchModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String, { nullable: true }) gtin!: string | null;
  @Field(() => String) lot!: string;
  @Field(() => String) digitalLink!: string;
  @Field(() => String) shortCode!: string;
  @Field(() => DateTimeScalar) createdAt!: Date;
  productId!: string;
  organisationId!: string;
  drawnFromAt!: Date | null;
}

@ObjectType('Holding', { description: 'A batch in one holder’s hands, in one version.' })
export class HoldingModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Int) version!: number;
  @Field(() => QuantityModel) quantity!: QuantityModel;
  @Field(() => QuantityModel) available!: QuantityModel;
  @Field(() => Boolean, { description: 'True while some of it is on the way to somebody.' }) inTransit!: boolean;
  holderId!: string;
  facilityId!: string | null;
}

@ObjectType('EventQuantity')
export class EventQuantityModel {
  @Field(() => BatchModel) batch!: BatchModel;
  @Field(() => QuantityModel) quantity!: QuantityModel;
  @Field(() => Boolean) waste!: boolean;
}

@ObjectType('BatchConnection')
export class BatchConnectionModel extends connectionType('Batch', BatchModel) {}

@ObjectType('TraceNode')
export class TraceNodeModel {
  @Field(() => BatchModel) batch!: BatchModel;
  @Field(() => Int) depth!: number;
}

@ObjectType('TraceEdge')
export class TraceEdgeModel {
  @Field(() => UuidScalar) from!: string;
  @Field(() => UuidScalar) to!: string;
  @Field(() => String) eventId!: string;
  @Field(() => QuantityModel) quantity!: QuantityModel;
}

@ObjectType('TraceGraph')
export class TraceGraphModel {
  @Field(() => [TraceNodeModel]) nodes!: TraceNodeModel[];
  @Field(() => [TraceEdgeModel]) edges!: TraceEdgeModel[];
  @Field(() => Boolean) truncated!: boolean;
}

@ObjectType('OpenSeasonPayload', { implements: () => [CaptureAnswer] })
export class OpenSeasonPayload extends CaptureAnswer {
  @Field(() => UuidScalar) seasonId!: string;
}

@ObjectType('RecordPlantingPayload', { implements: () => [CaptureAnswer] })
export class RecordPlantingPayload extends CaptureAnswer {}

@ObjectType('RecordDeliveryPayload', { implements: () => [CaptureAnswer] })
export class RecordDeliveryPayload extends CaptureAnswer {
  @Field(() => BatchModel, { nullable: true }) batch!: BatchModel | null;
}

@ObjectType('RecordTransformationPayload', { implements: () => [CaptureAnswer] })
export class RecordTransformationPayload extends CaptureAnswer {
  @Field(() => [BatchModel], { description: 'In the order of the outputs, waste left out.' }) batches!: BatchModel[];
}

@ObjectType('RecordAggregationPayload', { implements: () => [CaptureAnswer] })
export class RecordAggregationPayload extends CaptureAnswer {
  @Field(() => String, { nullable: true }) sscc!: string | null;
}

@ObjectType('RecordShipmentPayload', { implements: () => [CaptureAnswer] })
export class RecordShipmentPayload extends CaptureAnswer {
  @Field(() => UuidScalar) shipmentId!: string;
}

@ObjectType('RecordReceiptPayload', { implements: () => [CaptureAnswer] })
export class RecordReceiptPayload extends CaptureAnswer {
  @Field(() => [BatchModel]) batches!: BatchModel[];
}
