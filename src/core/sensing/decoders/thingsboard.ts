/**
 * ThingsBoard's device and gateway API over MQTT, as its firmware library speaks it. A device's telemetry names no device: it is of who signed
 * in. A gateway's names devices, and speaks only for those that are bound to it here, where ThingsBoard makes a device of any name. Telemetry
 * is {key: value}, {ts, values} or a list of either; `ts` is epoch milliseconds, a string by some libraries (thingsboard#5714), and absent
 * where the server's clock shall count. Telemetry may be text: such a message has no value, and is kept.
 */
import type { ExactJson, ExactObject } from '../../kernel/exact-json.js';
import { isExactArray, isExactObject } from '../../kernel/exact-json.js';
import type { DecodedMessage, DeviceKeyKind } from '../reading.js';
import { Refusal } from '../refusal.js';
import type { ThingsBoardTopic } from '../topic.js';
import { aliasKey, isAlias } from '../topic.js';
import { channelsOf, plainText } from '../values.js';
import { messageOf } from './message.js';
import type { DecodedPayload } from './native.js';
import { each } from './native.js';

interface Who {
  readonly deviceKey: string;
  readonly keyKind: DeviceKeyKind;
}

const SENDER: Who = { deviceKey: '', keyKind: 'SENDER' };

/** Throws a Refusal. */
export function decodeThingsBoard(topic: ThingsBoardTopic, payload: ExactJson): DecodedPayload {
  const read = topic.kind === 'ATTRIBUTES' ? attributes : telemetry;
  if (topic.of === 'DEVICE') return each(read === telemetry ? listed(payload) : [payload], (entry) => [read(SENDER, entry)]);
  if (!isExactObject(payload)) throw new Refusal('SHAPE_WRONG');
  const entries = Object.entries(payload).flatMap(([name, said]) =>
    listed(said ?? null).map((entry): readonly [string, ExactJson] => [name, entry]),
  );
  return each(entries, ([name, entry]) => {
    if (!isAlias(name)) throw new Refusal('SHAPE_WRONG');
    return [read({ deviceKey: aliasKey(name), keyKind: 'ALIAS' }, entry)];
  });
}

function listed(payload: ExactJson): readonly ExactJson[] {
  return isExactArray(payload) ? payload : [payload];
}

function telemetry(who: Who, entry: ExactJson): DecodedMessage {
  if (!isExactObject(entry)) throw new Refusal('SHAPE_WRONG');
  const timed = isExactObject(entry.values) ? entry.values : null;
  const channels = channelsOf(timed ?? entry);
  if (channels.values.length + channels.unread.length === 0) throw new Refusal('NO_VALUES');
  return said(who, 'UPLINK', timed ? entry : null, channels);
}

function attributes(who: Who, entry: ExactJson): DecodedMessage {
  if (!isExactObject(entry)) throw new Refusal('SHAPE_WRONG');
  return said(who, 'STATE', null, channelsOf(entry));
}

function said(who: Who, kind: 'UPLINK' | 'STATE', timed: ExactObject | null, channels: ReturnType<typeof channelsOf>): DecodedMessage {
  return messageOf({ ...who, kind, timeAsSent: plainText(timed?.ts), timeSource: 'DEVICE', sequence: null }, channels);
}
