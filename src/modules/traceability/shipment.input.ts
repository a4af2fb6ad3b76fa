import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QuantityInput, UnitPriceInput } from '../../platform/graphql/values.model.js';
import { StepPaymentInput } from '../ledger/index.js';
import { BatchRefInput } from './batch.input.js';
import { TakenLotInput } from './transformation.input.js';

export const AGGREGATION_ACTIONS = ['ADD', 'DELETE'] as const;
export const AggregationActionEnum = { ADD: 'ADD', DELETE: 'DELETE' };
registerEnumType(AggregationActionEnum, { name: 'AggregationAction' });

export const REJECTED_FATES = ['RETURNED', 'DESTROYED', 'DOWNGRADED', 'RENEGOTIATED'] as const;
export type RejectedFate = (typeof REJECTED_FATES)[number];
export const RejectedFateEnum = Object.fromEntries(REJECTED_FATES.map((fate) => [fate, fate]));
registerEnumType(RejectedFateEnum, { name: 'RejectedFate' });

@InputType('RecordAggregationInput')
export class RecordAggregationInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => AggregationActionEnum) action!: (typeof AGGREGATION_ACTIONS)[number];
  @Field(() => String, { nullable: true }) sscc?: string | null;
  @Field(() => UuidScalar, { nullable: true }) facilityId?: string | null;
  @Field(() => [TakenLotInput]) contents!: TakenLotInput[];
  @Field(() => [String], { nullable: true }) childSsccs?: string[] | null;
}

@InputType('ShipmentLineInput')
export class ShipmentLineInput {
  @Field(() => BatchRefInput) batch!: BatchRefInput;
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => UnitPriceInput, { nullable: true, description: 'A price makes it a trade.' }) price?: UnitPriceInput | null;
}

@InputType('DocumentInput')
export class DocumentInput {
  @Field(() => String, { description: 'CBV business transaction type: po, inv, desadv …' }) type!: string;
  @Field(() => String) id!: string;
}

@InputType('RecordShipmentInput')
export class RecordShipmentInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => UuidScalar, { nullable: true }) from?: string | null;
  @Field(() => UuidScalar) to!: string;
  @Field(() => UuidScalar) toOrganisationId!: string;
  @Field(() => [ShipmentLineInput]) lines!: ShipmentLineInput[];
  @Field(() => [String], { nullable: true }) sscc?: string[] | null;
  @Field(() => String, { nullable: true }) vehicle?: string | null;
  @Field(() => [DocumentInput], { nullable: true }) documents?: DocumentInput[] | null;
  @Field(() => [StepPaymentInput], { nullable: true }) payments?: StepPaymentInput[] | null;
}

@InputType('RejectedPartInput')
export class RejectedPartInput {
  @Field(() => QuantityInput) quantity!: QuantityInput;
  @Field(() => String) reason!: string;
  @Field(() => RejectedFateEnum) fate!: RejectedFate;
  @Field(() => UnitPriceInput, { nullable: true }) price?: UnitPriceInput | null;
}

@InputType('ReceiptLineInput', {
  description: 'arrived = accepted + rejected; a price here replaces the shipment’s for the accepted part.',
})
export class ReceiptLineInput {
  @Field(() => BatchRefInput) batch!: BatchRefInput;
  @Field(() => QuantityInput) arrived!: QuantityInput;
  @Field(() => QuantityInput) accepted!: QuantityInput;
  @Field(() => [RejectedPartInput], { nullable: true }) rejected?: RejectedPartInput[] | null;
  @Field(() => UnitPriceInput, { nullable: true }) price?: UnitPriceInput | null;
}

@InputType('RecordReceiptInput')
export class RecordReceiptInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => DateTimeScalar) at!: string;
  @Field(() => UuidScalar) shipmentId!: string;
  @Field(() => UuidScalar, { nullable: true }) facilityId?: string | null;
  @Field(() => [ReceiptLineInput]) lines!: ReceiptLineInput[];
  @Field(() => [StepPaymentInput], { nullable: true }) payments?: StepPaymentInput[] | null;
}
