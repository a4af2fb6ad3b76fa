/**
 * From JSON leaves to values of channels. Devices send numbers, numbers as strings ("28.0") and numbers with their unit ("3.3 V", as
 * Dragino's decoders do); a failed probe sends null or "NaN". A unit without a space before it is believed only when it is a known one:
 * "12AB" is a serial number, not 12 AB.
 */
import type { ExactJson, ExactObject } from '../kernel/exact-json.js';
import { ExactNumber, isExactArray, isExactObject, plainDecimal } from '../kernel/exact-json.js';
import { Refusal } from './refusal.js';
import type { ReadingValue, UnreadValue } from './reading.js';
import { CHANNEL_LENGTH_MAX, CHANNELS_MAX, RAW_VALUE_LENGTH_MAX, UNIT_LENGTH_MAX } from './reading.js';

/** A text as payloads carry it beside their values (a time, an id): null where it is none, or has characters that cannot be stored. */
export function plainText(value: ExactJson | undefined): string | null {
  if (value instanceof ExactNumber) return value.text.slice(0, RAW_VALUE_LENGTH_MAX);
  return typeof value === 'string' && value !== '' && !NOT_IN_TEXT.test(value) ? value.slice(0, RAW_VALUE_LENGTH_MAX) : null;
}

export interface Channels {
  readonly values: ReadingValue[];
  readonly unread: UnreadValue[];
}

// Controls (U+0000 is refused by PostgreSQL's text) and halves of surrogate pairs.
const NOT_IN_TEXT = /[\p{Cc}\p{Cs}]/u;
const NUMBER_AND_UNIT = /^([+-]?\d{1,64}(?:\.\d{1,64})?)( ?)([^\s\d]\S*)$/u;
const UNITS_GLUED = new Set(
  'V mV A mA W kW Wh kWh °C °F ℃ ℉ C F K % %RH Pa hPa kPa bar lx lux ppm ppb mm cm m km m/s km/h L mL g kg s ms min h Hz dB dBm uS/cm µS/cm mS/cm dS/m mg/L'.split(
    ' ',
  ),
);

/** The leaves of an object, the path joined by dots; indexes of lists count as keys. Throws a Refusal. */
export function channelsOf(object: ExactObject): Channels {
  const channels: Channels = { values: [], unread: [] };
  const seen = new Set<string>();
  const walk = (value: ExactJson | undefined, channel: string): void => {
    if (isExactObject(value)) {
      for (const key of Object.keys(value)) walk(value[key], channel === '' ? key : `${channel}.${key}`);
    } else if (isExactArray(value)) {
      value.forEach((entry, index) => walk(entry, `${channel}.${index}`));
    } else {
      addLeaf(channels, seen, channel, value ?? null);
    }
  };
  walk(object, '');
  return channels;
}

function addLeaf(channels: Channels, seen: Set<string>, channel: string, leaf: ExactJson): void {
  checkChannel(channel);
  if (channels.values.length + channels.unread.length >= CHANNELS_MAX) throw new Refusal('TOO_MANY_CHANNELS');
  const value = seen.has(channel) ? null : readValue(channel, leaf);
  seen.add(channel);
  if (value) channels.values.push(value);
  else channels.unread.push({ channel, rawValue: rawText(leaf) });
}

/** Throws a Refusal CHANNEL_NAME_INVALID. */
export function checkChannel(channel: string): void {
  if (channel === '' || channel.length > CHANNEL_LENGTH_MAX || NOT_IN_TEXT.test(channel)) throw new Refusal('CHANNEL_NAME_INVALID');
}

/** null where the leaf holds no number. */
export function readValue(channel: string, leaf: ExactJson): ReadingValue | null {
  if (leaf instanceof ExactNumber) return valueOf(channel, leaf.text, leaf.text, null);
  if (typeof leaf !== 'string' || leaf.length > RAW_VALUE_LENGTH_MAX) return null;
  const text = leaf.trim();
  const plain = valueOf(channel, text, leaf, null);
  if (plain) return plain;
  const match = NUMBER_AND_UNIT.exec(text);
  const unit = match?.[3] ?? '';
  if (!match || unit.length > UNIT_LENGTH_MAX || NOT_IN_TEXT.test(unit)) return null;
  if (match[2] === '' && !UNITS_GLUED.has(unit)) return null;
  return valueOf(channel, match[1] ?? '', leaf, unit);
}

function valueOf(channel: string, number: string, rawValue: string, unit: string | null): ReadingValue | null {
  const value = NOT_IN_TEXT.test(rawValue) ? null : plainDecimal(number);
  return value === null ? null : { channel, value, rawValue, unit, flags: [] };
}

/** What cannot be read, as far as it is kept. */
export function rawText(leaf: ExactJson): string {
  const text = leaf instanceof ExactNumber ? leaf.text : typeof leaf === 'string' ? leaf : JSON.stringify(leaf);
  return text.slice(0, RAW_VALUE_LENGTH_MAX).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd');
}
