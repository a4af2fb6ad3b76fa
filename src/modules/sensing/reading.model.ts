import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { MessageFlag, TimeSource } from '../../core/sensing/reading.js';
import { connectionType } from '../../platform/graphql/page.js';
import { DateTimeScalar, DecimalScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import { QualityFlagEnum, TimeSourceEnum } from './reading.input.js';

@ObjectType('Reading', { description: 'One value of one channel at one time.' })
export class ReadingModel {
  @Field(() => ID) id!: string;
  @Field(() => UuidScalar, { description: 'The id of the device.' }) deviceId!: string;
  @Field(() => String) channel!: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Null where the channel carried no number.' }) value!: string | null;
  @Field(() => String, { description: 'As sent.' }) rawValue!: string;
  @Field(() => String, { nullable: true, description: 'As sent with the value; null where it came without.' }) unit!: string | null;
  @Field(() => DateTimeScalar) measuredAt!: Date;
  @Field(() => DateTimeScalar) receivedAt!: Date;
  @Field(() => TimeSourceEnum) timeSource!: TimeSource;
  @Field(() => String, { nullable: true, description: 'The device’s own count of its messages.' }) sequence!: string | null;
  @Field(() => [QualityFlagEnum]) flags!: readonly MessageFlag[];
}

@ObjectType('ReadingConnection')
export class ReadingConnectionModel extends connectionType('Reading', ReadingModel) {}
