/**
 * What all devices of one make have in common: the channels they measure, with unit, what they can measure, what they say when a probe fails, how
 * long they may say the same; how often they speak, in which zone their clock runs, and how a payload of no known dialect is read. A model is
 * configuration; some that the field uses stand here, because their fault values are not in their manuals (found by running the vendors' decoders).
 */
import type { Decimal } from '../kernel/decimal.js';
import { parseDecimal } from '../kernel/decimal.js';
import { at, DomainError } from '../kernel/errors.js';
import { isTimeZone } from '../kernel/instant.js';
import type { CompiledMapping, Mapping } from './mapping.js';
import { compileMapping } from './mapping.js';
import { CHANNEL_LENGTH_MAX, UNIT_LENGTH_MAX } from './reading.js';

export interface ChannelSpec {
  readonly channel: string;
  /** Other names under which firmware and codecs send it. */
  readonly aliases: readonly string[];
  /** What is measured, as GS1 names it (CBV 2.0, measurement types): Temperature, RelativeHumidity, …; null where it has no name there. */
  readonly property: string | null;
  readonly unit: string | null;
  /** What the model can measure, exact decimals in its unit. */
  readonly min: string | null;
  readonly max: string | null;
  /** What it sends in place of a value when its probe fails. */
  readonly faultValues: readonly string[];
  /** A fault value is believed to be one only when this channel failed in the same message: -0.1 °C is also a temperature. */
  readonly faultWith: string | null;
  /** After how many seconds of saying exactly the same it counts as stuck; null: never. */
  readonly stuckAfterS: number | null;
}

export interface DeviceModel {
  readonly name: string;
  /** How often it speaks; null where that is not known, and no coverage can be told. */
  readonly intervalS: number | null;
  /** Of local times without offset. */
  readonly timeZone: string | null;
  readonly channels: readonly ChannelSpec[];
  readonly mapping: Mapping | null;
}

export interface CompiledChannelSpec extends Omit<ChannelSpec, 'min' | 'max' | 'faultValues'> {
  readonly min: Decimal | null;
  readonly max: Decimal | null;
  readonly faultValues: readonly Decimal[];
}

export interface CompiledModel {
  readonly name: string;
  readonly intervalS: number | null;
  readonly timeZone: string | null;
  /** By channel and by each alias. */
  readonly channels: ReadonlyMap<string, CompiledChannelSpec>;
  readonly mapping: CompiledMapping | null;
}

export const MODEL_CHANNELS_MAX = 200;
export const FAULT_VALUES_MAX = 16;
export const INTERVAL_S_MAX = 7 * 86_400;
export const STUCK_S_MAX = 31 * 86_400;

/** Throws BAD_INPUT, TOO_MANY_ITEMS, ALREADY_EXISTS (a name of two channels) with a path into the model. */
export function compileModel(model: DeviceModel): CompiledModel {
  if (model.channels.length > MODEL_CHANNELS_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: MODEL_CHANNELS_MAX }, ['channels']);
  if (model.timeZone !== null && !isTimeZone(model.timeZone))
    throw new DomainError('BAD_INPUT', { expected: 'an IANA time zone' }, ['timeZone']);
  seconds(model.intervalS, INTERVAL_S_MAX, 'intervalS');
  const channels = new Map<string, CompiledChannelSpec>();
  model.channels.forEach((spec, i) =>
    at(['channels', i], () => {
      const compiled = compileSpec(spec);
      for (const name of new Set([spec.channel, ...spec.aliases])) {
        if (channels.has(name)) throw new DomainError('ALREADY_EXISTS', { channel: name }, ['channel']);
        channels.set(name, compiled);
      }
    }),
  );
  const { mapping } = model;
  return {
    name: model.name,
    intervalS: model.intervalS,
    timeZone: model.timeZone,
    channels,
    mapping: mapping === null ? null : at(['mapping'], () => compileMapping(mapping)),
  };
}

function compileSpec(spec: ChannelSpec): CompiledChannelSpec {
  for (const name of [spec.channel, ...spec.aliases]) {
    if (name === '' || name.length > CHANNEL_LENGTH_MAX || /[\p{Cc}\p{Cs}]/u.test(name)) {
      throw new DomainError('BAD_INPUT', { expected: `names of 1 to ${CHANNEL_LENGTH_MAX} characters` }, ['channel']);
    }
  }
  if (spec.faultValues.length > FAULT_VALUES_MAX || spec.aliases.length > FAULT_VALUES_MAX) {
    throw new DomainError('TOO_MANY_ITEMS', { max: FAULT_VALUES_MAX }, ['faultValues']);
  }
  if (spec.unit !== null && (spec.unit === '' || spec.unit.length > UNIT_LENGTH_MAX)) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${UNIT_LENGTH_MAX} characters` }, ['unit']);
  }
  seconds(spec.stuckAfterS, STUCK_S_MAX, 'stuckAfterS');
  const decimal = (name: string, text: string | null): Decimal | null => (text === null ? null : at([name], () => parseDecimal(text)));
  const [min, max] = [decimal('min', spec.min), decimal('max', spec.max)];
  if (min && max && compareDecimals(min, max) > 0) throw new DomainError('BAD_INPUT', { expected: 'min not above max' }, ['max']);
  return { ...spec, min, max, faultValues: spec.faultValues.map((value, i) => at(['faultValues', i], () => parseDecimal(value))) };
}

function seconds(value: number | null, max: number, name: string): void {
  if (value !== null && !(Number.isInteger(value) && value > 0 && value <= max)) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${max} seconds` }, [name]);
  }
}

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.scale === b.scale) return a.units < b.units ? -1 : a.units > b.units ? 1 : 0;
  const left = a.units * 10n ** BigInt(Math.max(0, b.scale - a.scale));
  const right = b.units * 10n ** BigInt(Math.max(0, a.scale - b.scale));
  return left < right ? -1 : left > right ? 1 : 0;
}

const spec = (channel: string, more: Partial<ChannelSpec> = {}): ChannelSpec => ({
  channel,
  aliases: [],
  property: null,
  unit: null,
  min: null,
  max: null,
  faultValues: [],
  faultWith: null,
  stuckAfterS: null,
  ...more,
});

const temperature = (channel: string, more: Partial<ChannelSpec> = {}): ChannelSpec =>
  spec(channel, { property: 'Temperature', unit: '°C', min: '-40', max: '85', ...more });
const moisture = (channel: string, more: Partial<ChannelSpec> = {}): ChannelSpec =>
  spec(channel, { unit: '%', min: '0', max: '100', ...more });

/**
 * Models that are known without being registered, by the name that is printed on them. An organisation's own model of the same name counts
 * before them.
 */
export const KNOWN_MODELS: readonly DeviceModel[] = [
  {
    // A probe that does not answer reads 0xFFFF: moisture and EC become `…_error`, the temperature a plausible -0.1 °C.
    name: 'EM500-SMTC',
    intervalS: 600,
    timeZone: null,
    mapping: null,
    channels: [
      spec('battery', { unit: '%', min: '0', max: '100' }),
      temperature('temperature', { faultValues: ['-0.1'], faultWith: 'moisture' }),
      moisture('moisture'),
      spec('ec', { aliases: ['electricity'], property: 'Conductivity', unit: 'µS/cm', min: '0', max: '23000' }),
    ],
  },
  {
    name: 'EM300-TH',
    intervalS: 600,
    timeZone: null,
    mapping: null,
    channels: [
      spec('battery', { unit: '%', min: '0', max: '100' }),
      temperature('temperature', { min: '-30', max: '70', faultValues: ['-0.1'], faultWith: 'humidity' }),
      spec('humidity', { property: 'RelativeHumidity', unit: '%', min: '0', max: '100' }),
    ],
  },
  ...['LSE01', 'SE01-LB'].map((name): DeviceModel => ({
    // Its DS18B20 reads 327.67 °C where none is plugged in, and 85 °C before its first conversion.
    name,
    intervalS: 1_200,
    timeZone: null,
    mapping: null,
    channels: [
      spec('battery', { aliases: ['Bat', 'BatV'], unit: 'V', min: '2', max: '4' }),
      moisture('water_SOIL', { aliases: ['DATALOG.1'] }),
      temperature('temp_SOIL', { aliases: ['DATALOG.2'], min: '-40', max: '85' }),
      temperature('temp_DS18B20', {
        aliases: ['TempC_DS18B20', 'DATALOG.3'],
        min: '-55',
        max: '125',
        faultValues: ['327.67', '327.6', '3276.7', '85'],
      }),
      spec('conduct_SOIL', { property: 'Conductivity', unit: 'µS/cm', min: '0', max: '20000' }),
    ],
  })),
];
