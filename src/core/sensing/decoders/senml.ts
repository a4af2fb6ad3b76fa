/**
 * SenML (RFC 8428) in its JSON form. Records are resolved by section 4.6: a base value holds for the records behind it, also where it changes in
 * the middle of a pack; base name and name are joined, base time and time, base value and value added. A resolved time below 2^28 is relative to
 * now (4.5.3), and a record without any time is of now. Versions above 10 and unknown fields that end in "_" must be refused (4.4). A name such as
 * urn:dev:ow:10e2073a01080063:voltage names device and channel in one: the base name is the device where the pack has one; what has a name of its
 * own is a channel of that name, what has none is told apart by its unit. A record with text, a truth value or data carries no number.
 */
import type { Decimal } from '../../kernel/decimal.js';
import { DECIMAL_DIGITS_MAX, formatDecimal, parseDecimal } from '../../kernel/decimal.js';
import type { ExactJson, ExactObject } from '../../kernel/exact-json.js';
import { ExactNumber, isExactArray, isExactObject } from '../../kernel/exact-json.js';
import type { DecodedMessage, DeviceKeyKind } from '../reading.js';
import { CHANNELS_MAX, UNIT_LENGTH_MAX } from '../reading.js';
import { Refusal } from '../refusal.js';
import { aliasKey, isAlias } from '../topic.js';
import type { Channels } from '../values.js';
import { checkChannel, rawText } from '../values.js';
import { messageOf } from './message.js';

export const SENML_VERSION_MAX = 10n;
/** RFC 8428, 4.5.3: 2^28 seconds. */
const RELATIVE_BELOW_S = 268_435_456n;
const RECORDS_MAX = 10_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/;
const FIELDS = new Set(['bn', 'bt', 'bu', 'bv', 'bs', 'bver', 'n', 'u', 'v', 'vs', 'vb', 'vd', 's', 't', 'ut']);
const ZERO: Decimal = { units: 0n, scale: 0 };

/** What RFC 8428 makes of one record. */
interface Resolved {
  readonly baseName: string;
  readonly ownName: string;
  readonly unit: string | null;
  /** Seconds; null where neither base nor record says any. */
  readonly time: Decimal | null;
  readonly value: Decimal | null;
  readonly sum: Decimal | null;
  /** The text of what is no number. */
  readonly other: string | null;
  readonly raw: string;
}

/** One message a device and time, in the order of the pack. `owner` is who the topic names; null where it names nobody. Throws a Refusal. */
export function decodeSenml(payload: ExactJson, owner: string | null): DecodedMessage[] {
  if (!isExactArray(payload) || payload.length === 0) throw new Refusal('SHAPE_WRONG');
  if (payload.length > RECORDS_MAX) throw new Refusal('TOO_MANY_MESSAGES');
  const records = resolve(payload);
  const names = new Set(records.map(({ baseName }) => baseName));
  const groups = new Map<
    string,
    { readonly who: Who; readonly time: Decimal | null; readonly channels: Channels; readonly seen: Set<string> }
  >();
  for (const record of records) {
    const who = whoOf(record.baseName, names.size, owner);
    const key = `${who.deviceKey}\u0000${record.time === null ? '' : formatDecimal(record.time, true)}`;
    const group = groups.get(key) ?? { who, time: record.time, channels: { values: [], unread: [] }, seen: new Set<string>() };
    groups.set(key, group);
    addRecord(group.channels, group.seen, record);
  }
  const messages = [...groups.values()].map(({ who, time, channels }) =>
    messageOf({ ...who, ...whenOf(time), kind: 'UPLINK', sequence: null }, channels),
  );
  if (!messages.some(({ values }) => values.length > 0)) throw new Refusal('NO_VALUES');
  return messages;
}

interface Who {
  readonly deviceKey: string;
  readonly keyKind: DeviceKeyKind;
}

/** A pack of one base name is of the sender, or of who is known by that name; in a pack of several each must be known. */
function whoOf(baseName: string, names: number, owner: string | null): Who {
  const name = baseName.replace(/[:/.\-_]+$/, '');
  const key = aliasKey(name);
  if (name !== '' && isAlias(name) && names > 1) return { deviceKey: key, keyKind: 'ALIAS' };
  if (owner !== null) return { deviceKey: owner, keyKind: 'DEVICE_ID' };
  return name !== '' && isAlias(name) ? { deviceKey: key, keyKind: 'ALIAS_OR_SENDER' } : { deviceKey: '', keyKind: 'SENDER' };
}

function whenOf(time: Decimal | null): Pick<DecodedMessage, 'timeAsSent' | 'timeSource' | 'relativeMs'> {
  if (time === null) return { timeAsSent: null, timeSource: 'DEVICE', relativeMs: null };
  const isRelative = time.units < RELATIVE_BELOW_S * 10n ** BigInt(time.scale);
  if (!isRelative) return { timeAsSent: formatDecimal(time, true), timeSource: 'DEVICE', relativeMs: null };
  const relativeMs = Number((time.units * 1_000n) / 10n ** BigInt(time.scale));
  return { timeAsSent: null, timeSource: 'SERVER', relativeMs };
}

function resolve(pack: readonly ExactJson[]): Resolved[] {
  let base = { name: '', time: null as Decimal | null, unit: null as string | null, value: ZERO, sum: null as Decimal | null };
  const resolved: Resolved[] = [];
  for (const record of pack) {
    if (!isExactObject(record)) throw new Refusal('SHAPE_WRONG');
    checkFields(record);
    base = {
      name: 'bn' in record ? textOf(record.bn) : base.name,
      time: 'bt' in record ? numberOf(record.bt) : base.time,
      unit: 'bu' in record ? unitOf(record.bu) : base.unit,
      value: 'bv' in record ? numberOf(record.bv) : base.value,
      sum: 'bs' in record ? numberOf(record.bs) : base.sum,
    };
    const one = resolvedOf(record, base);
    if (one) resolved.push(one);
  }
  return resolved;
}

/** null for a record of base values alone. */
function resolvedOf(
  record: ExactObject,
  base: { name: string; time: Decimal | null; unit: string | null; value: Decimal; sum: Decimal | null },
): Resolved | null {
  const other = record.vs ?? record.vb ?? record.vd;
  if (record.v === undefined && record.s === undefined && other === undefined) return null;
  const ownName = 'n' in record ? textOf(record.n) : '';
  if (!NAME.test(base.name + ownName)) throw new Refusal('CHANNEL_NAME_INVALID');
  const own = record.t === undefined ? null : numberOf(record.t);
  return {
    baseName: base.name,
    ownName,
    unit: 'u' in record ? unitOf(record.u) : base.unit,
    time: own === null ? base.time : plus(base.time ?? ZERO, own),
    value: record.v === undefined ? null : plus(base.value, numberOf(record.v)),
    sum: record.s === undefined ? null : plus(base.sum ?? ZERO, numberOf(record.s)),
    other: record.v === undefined && other !== undefined ? rawText(other) : null,
    raw: record.v === undefined ? '' : rawText(record.v),
  };
}

function addRecord({ values, unread }: Channels, seen: Set<string>, { ownName, unit, value, sum, other, raw }: Resolved): void {
  const said = ownName.replace(/^[:/.]+/, '');
  const channel = said !== '' ? said : (unit ?? 'value');
  checkChannel(channel);
  if (values.length + unread.length >= CHANNELS_MAX) throw new Refusal('TOO_MANY_CHANNELS');
  const add = (name: string, number: Decimal, rawValue: string): void => {
    if (seen.has(name)) unread.push({ channel: name, rawValue });
    else values.push({ channel: name, value: formatDecimal(number), rawValue, unit, flags: [] });
    seen.add(name);
  };
  if (value) add(channel, value, raw);
  if (sum) add(`${channel}.sum`, sum, formatDecimal(sum));
  if (other !== null) unread.push({ channel, rawValue: other });
}

function checkFields(record: ExactObject): void {
  const version = record.bver;
  if (version !== undefined) {
    const number = version instanceof ExactNumber ? version.integer() : null;
    if (number === null || number > SENML_VERSION_MAX) throw new Refusal('FORMAT_UNSUPPORTED');
  }
  if (Object.keys(record).some((field) => field.endsWith('_') && !FIELDS.has(field))) throw new Refusal('FORMAT_UNSUPPORTED');
}

function textOf(value: ExactJson | undefined): string {
  if (typeof value !== 'string') throw new Refusal('SHAPE_WRONG');
  return value;
}

function unitOf(value: ExactJson | undefined): string {
  const unit = textOf(value);
  if (unit === '' || unit.length > UNIT_LENGTH_MAX || /[\p{Cc}\p{Cs}]/u.test(unit)) throw new Refusal('SHAPE_WRONG');
  return unit;
}

function numberOf(value: ExactJson | undefined): Decimal {
  const plain = value instanceof ExactNumber ? value.decimal() : null;
  if (plain === null) throw new Refusal('SHAPE_WRONG');
  return parseDecimal(plain);
}

function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const sum = { units: a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale), scale };
  if (formatDecimal(sum).replace(/[-.]/g, '').length > DECIMAL_DIGITS_MAX) throw new Refusal('SHAPE_WRONG');
  return sum;
}
