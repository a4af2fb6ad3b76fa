import { Field, InterfaceType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { DateTimeScalar, JsonScalar, UuidScalar } from '../../platform/graphql/scalars.js';

export const EPCIS_EVENT_TYPES = ['OBJECT', 'AGGREGATION', 'TRANSFORMATION', 'TRANSACTION', 'ASSOCIATION'] as const;
export type EpcisEventTypeName = (typeof EPCIS_EVENT_TYPES)[number];
export const EpcisEventTypeEnum = Object.fromEntries(EPCIS_EVENT_TYPES.map((type) => [type, type]));
registerEnumType(EpcisEventTypeEnum, { name: 'EpcisEventType' });

@ObjectType('SupplyEvent')
export class SupplyEventModel {
  @Field(() => String) id!: string;
  @Field(() => UuidScalar, { nullable: true }) captureId!: string | null;
  @Field(() => EpcisEventTypeEnum) type!: EpcisEventTypeName;
  @Field(() => String, { nullable: true }) action!: string | null;
  @Field(() => String, { nullable: true }) bizStep!: string | null;
  @Field(() => String, { nullable: true }) disposition!: string | null;
  @Field(() => DateTimeScalar) eventTime!: string;
  @Field(() => DateTimeScalar) recordedAt!: Date;
  @Field(() => UuidScalar, { nullable: true }) organisationId!: string | null;
  @Field(() => UuidScalar, { nullable: true }) facilityId!: string | null;
  @Field(() => Boolean) errorDeclared!: boolean;
  @Field(() => [String]) correctedBy!: string[];
  @Field(() => String) hash!: string;
  @Field(() => JsonScalar) epcis!: unknown;
}

/** What every mutation that records something answers. A payload gives the event's id; the event itself is a field of its own. */
@InterfaceType('CaptureAnswer')
export abstract class CaptureAnswer {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => SupplyEventModel, { nullable: true }) event!: SupplyEventModel | null;
}
