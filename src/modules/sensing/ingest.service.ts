import { Injectable } from '@nestjs/common';
import { decode } from '../../core/sensing/decode.js';
import type { DeviceFacts } from '../../core/sensing/plausibility.js';
import { withDeviceFacts } from '../../core/sensing/plausibility.js';
import type { Message } from '../../core/sensing/reading.js';
import { Database, sqlState } from '../../platform/database/database.js';
import { GroupCommit } from '../../platform/database/group-commit.js';
import { Log } from '../../platform/logging/log.js';
import type { FoundDevices } from './device-directory.service.js';
import { DeviceDirectory } from './device-directory.service.js';
import type { KnownDevice, MessageRow, QuarantineRow, StateRow, StoredQuarantineReason } from './facts.js';
import { MessageRepository } from './message.repository.js';

/** A broker that was subscribed to: who may say what there is decided by its own access list. */
export interface Broker {
  readonly broker: string;
}

/** A message as it came in at the MQTT door, from a device that signed in here or at a broker. */
export interface ArrivedMessage {
  readonly principal: { readonly id: string; readonly deviceId: string } | Broker;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The sender says that it may have sent this before (MQTT 3.1.1, 3.3.1.1). */
  readonly dup: boolean;
  readonly receivedAtMs: number;
}

export const GROUP_MESSAGES_MAX = 2_000;
/** Memory that waiting messages may take; more is refused, and the sender sends it again. */
export const QUEUE_BYTES_MAX = 256 * 1_024 * 1_024;
const BYTES_PER_MESSAGE = 1_024;
const BYTES_PER_VALUE = 256;
/**
 * Without time and count of its own, a message that is said again in the same words is a new one, unless the sender marks it as a repeat
 * and the first came within this time. What cannot be known: whether the repeat is of that one, or of another that got lost on the way.
 */
export const REPEAT_WINDOW_MS = 5 * 60_000;
/** Data exceptions, constraints, program limits: the row is to blame. Anything else (a lost connection, a full disk) is not. */
const FAULTS_OF_A_ROW = new Set(['22', '23', '54']);

/** What its model can measure is not known yet. */
const NO_CHANNELS: DeviceFacts['channels'] = new Map();

interface Item {
  readonly arrived: ArrivedMessage;
  readonly messages: readonly Message[];
  /** Why the payload, or a part of it, is kept in quarantine. */
  readonly reason: StoredQuarantineReason | null;
  /** Tells this arrival from every other one. */
  readonly ordinal: number;
}

/** In which round a device's last marked repeat stands, and of which arrival that was. */
interface Round {
  readonly number: number;
  readonly ordinal: number;
}

interface Rows {
  readonly messages: MessageRow[];
  /** Marked repeats without time and count; of one device each stands in a round of its own, so that it sees the one before. */
  readonly repeats: MessageRow[][];
  readonly states: Map<string, StateRow>;
  readonly quarantined: QuarantineRow[];
}

/** The way of a message into the store: decoded, held against its device, committed with all that arrived meanwhile. */
@Injectable()
export class IngestService {
  private arrivals = 0;
  private readonly commits = new GroupCommit<Item, null>((items) => this.write(items), {
    itemsMax: GROUP_MESSAGES_MAX,
    queueBytesMax: QUEUE_BYTES_MAX,
    bytesOf,
    isItemsFault,
  });

  constructor(
    private readonly database: Database,
    private readonly directory: DeviceDirectory,
    private readonly messages: MessageRepository,
    private readonly log: Log,
  ) {}

  /** Resolves after the commit that holds the message, be it as readings or in quarantine. Rejects where nothing was stored. */
  async ingest(arrived: ArrivedMessage): Promise<void> {
    const { messages, quarantine: reason } = decode(arrived.topic, arrived.payload, arrived.receivedAtMs);
    if (messages.length === 0 && reason === null) return;
    this.arrivals += 1;
    const item: Item = { arrived, messages, reason, ordinal: this.arrivals };
    try {
      await this.commits.submit(item);
    } catch (error) {
      if (!isItemsFault(error)) throw error;
      await this.commits.submit({ ...item, messages: [], reason: 'NOT_STORABLE' });
    }
  }

  async drain(): Promise<void> {
    await this.commits.drain();
  }

  private async write(items: Item[]): Promise<null[]> {
    try {
      const rows = rowsOf(items, await this.devicesOf(items));
      await this.database.transaction(async (tx) => {
        await this.messages.insert(tx, rows.messages);
        for (const round of rows.repeats) await this.messages.insertUnlessHeard(tx, round, REPEAT_WINDOW_MS);
        // In one order, so that two processes do not wait for each other.
        const states = [...rows.states.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
        await this.messages.putStates(tx, states);
        await this.messages.quarantine(tx, rows.quarantined);
      });
      return items.map(() => null);
    } catch (error) {
      this.log.write('warn', 'Messages were not stored and not acknowledged.', { messages: items.length, error: String(error) });
      throw error;
    }
  }

  private async devicesOf(items: readonly Item[]): Promise<FoundDevices> {
    const [deviceIds, aliases] = [new Set<string>(), new Set<string>()];
    for (const { messages, arrived } of items) {
      for (const { deviceKey, keyKind } of messages) {
        if (keyKind === 'DEVICE_ID') deviceIds.add(deviceKey);
        else if (keyKind !== 'SENDER') aliases.add(deviceKey);
        if (keyKind === 'ALIAS') deviceIds.add(deviceKey);
        if (keyKind !== 'DEVICE_ID' && !('broker' in arrived.principal)) deviceIds.add(arrived.principal.deviceId);
      }
    }
    return this.directory.find({ deviceIds, aliases });
  }
}

function rowsOf(items: readonly Item[], devices: FoundDevices): Rows {
  const rows: Rows = { messages: [], repeats: [], states: new Map(), quarantined: [] };
  const lastRounds = new Map<string, Round>();
  for (const item of items) {
    let { reason } = item;
    item.messages.forEach((message, index) => {
      const device = deviceOf(item, message, devices);
      const refused = refusalOf(item, message, device);
      if (refused || !device) reason ??= refused;
      else addMessage(rows, lastRounds, { item, index, message, device });
    });
    if (reason !== null) {
      const { principal, topic, payload, receivedAtMs } = item.arrived;
      const name = 'broker' in principal ? principal.broker : principal.deviceId;
      rows.quarantined.push({ principal: name, topic, payload, reason, receivedAtMs });
    }
  }
  return rows;
}

function deviceOf({ arrived }: Item, { deviceKey, keyKind }: Message, { byDeviceId, byAlias }: FoundDevices): KnownDevice | undefined {
  const sender = 'broker' in arrived.principal ? undefined : byDeviceId.get(arrived.principal.deviceId);
  switch (keyKind) {
    case 'DEVICE_ID':
      return byDeviceId.get(deviceKey);
    case 'ALIAS':
      return byAlias.get(deviceKey) ?? byDeviceId.get(deviceKey);
    case 'ALIAS_OR_SENDER':
      return byAlias.get(deviceKey) ?? sender;
    case 'SENDER':
      return sender;
  }
}

/** A gateway speaks for the devices that are bound to it, a broker for all. Others are set aside: a refusal would cut off those that are. */
function refusalOf({ arrived }: Item, { keyKind }: Message, device: KnownDevice | undefined): StoredQuarantineReason | null {
  if (!device) return 'UNKNOWN_DEVICE';
  if ('broker' in arrived.principal) return null;
  const { id } = arrived.principal;
  if (device.id === id) return null;
  if (keyKind === 'DEVICE_ID') return 'DEVICE_MISMATCH';
  return device.gatewayId === id ? null : 'GATEWAY_NOT_BOUND';
}

function addMessage(
  rows: Rows,
  lastRounds: Map<string, Round>,
  { item, index, message, device }: { item: Item; index: number; message: Message; device: KnownDevice },
): void {
  const { receivedAtMs, dup } = item.arrived;
  if (message.kind === 'STATE') {
    const said = [...message.values, ...message.unread].map(({ channel, rawValue }) => [channel, rawValue] as const);
    rows.states.set(device.id, { deviceId: device.id, state: Object.fromEntries(said), receivedAtMs });
    return;
  }
  const facts = { deployedFrom: device.deployedFromMs, channels: NO_CHANNELS, timeZone: null };
  const judged = withAge(withDeviceFacts(message, facts, receivedAtMs), dup);
  const isNameless = message.timeAsSent === null && message.sequence === null;
  const sentTime = isNameless ? `@${receivedAtMs}.${item.ordinal}.${index}` : message.timeAsSent;
  const row = messageRow(judged, { deviceId: device.id, sentTime, receivedAtMs });
  if (!isNameless || !dup) {
    rows.messages.push(row);
    return;
  }
  const last = lastRounds.get(device.id);
  // All of one arrival share a round: what a log says twice was measured twice.
  const number = last === undefined ? 0 : last.ordinal === item.ordinal ? last.number : last.number + 1;
  lastRounds.set(device.id, { number, ordinal: item.ordinal });
  (rows.repeats[number] ??= []).push(row);
}

/** What is sent again without a time of its own was measured before it was received. */
function withAge(message: Message, dup: boolean): Message {
  return dup && message.timeSource === 'SERVER' ? { ...message, flags: [...message.flags, 'STALE'] } : message;
}

function messageRow(message: Message, of: { deviceId: string; sentTime: string | null; receivedAtMs: number }): MessageRow {
  const { values, unread, sequence, payloadHash, timeSource, flags } = message;
  return {
    ...of,
    sequence,
    payloadHash,
    measuredAtMs: message.measuredAt,
    timeSource,
    flags,
    channels: [...values.map(({ channel }) => channel), ...unread.map(({ channel }) => channel)],
    readings: [...values.map(({ value }) => value), ...unread.map(() => null)],
    rawValues: [...values.map(({ rawValue }) => rawValue), ...unread.map(({ rawValue }) => rawValue)],
    units: [...values.map(({ unit }) => unit), ...unread.map(() => null)],
  };
}

function bytesOf({ arrived, messages }: Item): number {
  const values = messages.reduce((count, message) => count + message.values.length + message.unread.length, 0);
  return arrived.payload.length + messages.length * BYTES_PER_MESSAGE + values * BYTES_PER_VALUE;
}

function isItemsFault(error: unknown): boolean {
  return FAULTS_OF_A_ROW.has(sqlState(error)?.slice(0, 2) ?? '');
}
