import { Field, ObjectType, registerEnumType } from '@nestjs/graphql';
import { JsonScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { BatchModel } from '../traceability/index.js';
import type { CaptureStatus } from './capture-queue.service.js';

// HELD belongs to the contract: clients know it before the first item is held.
export const CaptureStatusEnum = { ACCEPTED: 'ACCEPTED', REPLAYED: 'REPLAYED', HELD: 'HELD', REJECTED: 'REJECTED' };
registerEnumType(CaptureStatusEnum, { name: 'CaptureStatus' });

@ObjectType('Rejection')
export class RejectionModel {
  @Field(() => String) code!: string;
  @Field(() => String) message!: string;
  @Field(() => [String], { nullable: true }) path!: string[] | null;
  @Field(() => Boolean) retryable!: boolean;
  @Field(() => JsonScalar, { nullable: true }) detail!: unknown;
}

@ObjectType('CaptureResult')
export class CaptureResultModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => CaptureStatusEnum) status!: CaptureStatus;
  @Field(() => String, { nullable: true }) eventId!: string | null;
  @Field(() => BatchModel, { nullable: true }) batch!: BatchModel | null;
  @Field(() => RejectionModel, { nullable: true }) error!: RejectionModel | null;
}
