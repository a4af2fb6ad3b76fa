import { Field, InputType } from '@nestjs/graphql';
import { RecordFulfilmentInput, RecordSaleInput } from '../sales/index.js';
import {
  OpenSeasonInput,
  RecordAggregationInput,
  RecordDeliveryInput,
  RecordPlantingInput,
  RecordReceiptInput,
  RecordShipmentInput,
  RecordTransformationInput,
} from '../traceability/index.js';

@InputType('CaptureItem', { isOneOf: true, description: 'One thing of an offline queue.' })
export class CaptureItemInput {
  @Field(() => OpenSeasonInput, { nullable: true }) openSeason?: OpenSeasonInput | null;
  @Field(() => RecordPlantingInput, { nullable: true }) planting?: RecordPlantingInput | null;
  @Field(() => RecordDeliveryInput, { nullable: true }) delivery?: RecordDeliveryInput | null;
  @Field(() => RecordTransformationInput, { nullable: true }) transformation?: RecordTransformationInput | null;
  @Field(() => RecordAggregationInput, { nullable: true }) aggregation?: RecordAggregationInput | null;
  @Field(() => RecordShipmentInput, { nullable: true }) shipment?: RecordShipmentInput | null;
  @Field(() => RecordReceiptInput, { nullable: true }) receipt?: RecordReceiptInput | null;
  @Field(() => RecordSaleInput, { nullable: true }) sale?: RecordSaleInput | null;
  @Field(() => RecordFulfilmentInput, { nullable: true }) fulfilment?: RecordFulfilmentInput | null;
}
