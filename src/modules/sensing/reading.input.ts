import { Field, InputType, registerEnumType } from '@nestjs/graphql';
import type { MessageFlag, TimeSource } from '../../core/sensing/reading.js';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';

const MESSAGE_FLAGS = [
  'FUTURE',
  'NO_CLOCK',
  'NO_ZONE',
  'STALE',
  'BEFORE_DEPLOYMENT',
  'BACKFILLED',
  'UNREADABLE_VALUE',
] as const satisfies readonly MessageFlag[];
const TIME_SOURCES = ['DEVICE', 'GATEWAY', 'SERVER', 'PERSON'] as const satisfies readonly TimeSource[];

export const QualityFlagEnum = Object.fromEntries(MESSAGE_FLAGS.map((flag) => [flag, flag]));
export const TimeSourceEnum = Object.fromEntries(TIME_SOURCES.map((source) => [source, source]));
registerEnumType(QualityFlagEnum, {
  name: 'QualityFlag',
  description: 'What must be known before trusting a reading.',
  valuesMap: {
    FUTURE: { description: 'Its clock ran ahead: measuredAt is the time of receipt.' },
    NO_CLOCK: { description: 'It said no time, or none that can be believed: measuredAt is the time of receipt.' },
    NO_ZONE: { description: 'It said a local time without offset: measuredAt is the time of receipt.' },
    STALE: { description: 'It has no time of its own and was sent again: older than its receipt, nobody knows by how much.' },
    BEFORE_DEPLOYMENT: { description: 'Measured before the device was first deployed.' },
    BACKFILLED: { description: 'Delivered late, from the device’s own log.' },
    UNREADABLE_VALUE: { description: 'The channel carried no number.' },
  },
});
registerEnumType(TimeSourceEnum, { name: 'TimeSource', description: 'Whose clock measuredAt is; SERVER is ours, at receipt.' });

@InputType('ReadingFilter', { description: 'All that is named must hold.' })
export class ReadingFilterInput {
  @Field(() => UuidScalar, { nullable: true, description: 'The id of the device.' }) deviceId?: string | null;
  @Field(() => UuidScalar, { nullable: true, description: 'Where its channel hung when it measured.' }) plotId?: string | null;
  @Field(() => String, { nullable: true }) channel?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'measuredAt from here on.' }) from?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'measuredAt before this.' }) to?: string | null;
  @Field(() => [QualityFlagEnum], { nullable: true, description: 'At least one of these.' }) flags?: MessageFlag[] | null;
}
