import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/clock.js';
import { Database } from '../../platform/database/database.js';
import { PubSub } from '../../platform/pubsub/pubsub.js';
import { DeviceRepository } from './device.repository.js';
import type { KnownDevice } from './facts.js';

/** How long a device that was looked up is believed without looking again: also how long a process may not know of a change whose news it missed. */
export const DEVICE_BELIEVED_MS = 5_000;
export const DEVICES_BELIEVED_MAX = 200_000;
const DEVICE_CHANGED = 'device-changed';

interface ChangedDevice {
  readonly deviceId: string;
  readonly aliases: readonly string[];
}

export interface FoundDevices {
  readonly byDeviceId: ReadonlyMap<string, KnownDevice>;
  readonly byAlias: ReadonlyMap<string, KnownDevice>;
}

type Believed = Map<string, { readonly device: KnownDevice | null; readonly untilMs: number }>;

/** Devices as the MQTT door meets them, by name or alias; one query for all that are not in memory. */
@Injectable()
export class DeviceDirectory implements OnModuleInit, OnApplicationShutdown {
  private readonly deviceIds: Believed = new Map();
  private readonly aliases: Believed = new Map();
  private stopListening: (() => Promise<void>) | null = null;

  constructor(
    private readonly database: Database,
    private readonly devices: DeviceRepository,
    private readonly clock: Clock,
    private readonly pubSub: PubSub,
  ) {}

  async onModuleInit(): Promise<void> {
    this.stopListening = await this.pubSub.subscribe(DEVICE_CHANGED, (payload) => this.drop(JSON.parse(payload) as ChangedDevice));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stopListening?.();
  }

  async find(keys: { readonly deviceIds: Iterable<string>; readonly aliases: Iterable<string> }): Promise<FoundDevices> {
    const nowMs = this.clock.nowMs();
    const [byDeviceId, byAlias] = [new Map<string, KnownDevice>(), new Map<string, KnownDevice>()];
    const missing = {
      deviceIds: recall(this.deviceIds, keys.deviceIds, nowMs, byDeviceId),
      aliases: recall(this.aliases, keys.aliases, nowMs, byAlias),
    };
    if (missing.deviceIds.length + missing.aliases.length === 0) return { byDeviceId, byAlias };
    const found = await this.devices.known(this.database.reader, missing);
    for (const { key, byAlias: isAlias, device } of found) (isAlias ? byAlias : byDeviceId).set(key, device);
    const untilMs = nowMs + DEVICE_BELIEVED_MS;
    // Who is unknown is remembered too: a stranger that knocks all the time asks the database now and then only.
    learn(this.deviceIds, missing.deviceIds, byDeviceId, untilMs);
    learn(this.aliases, missing.aliases, byAlias, untilMs);
    return { byDeviceId, byAlias };
  }

  /** After something about the device was changed: here at once, in the other processes as soon as they hear of it. */
  async forget({ deviceId, aliases }: ChangedDevice): Promise<void> {
    this.drop({ deviceId, aliases });
    await this.pubSub.publish(DEVICE_CHANGED, JSON.stringify({ deviceId, aliases }));
  }

  private drop({ deviceId, aliases }: ChangedDevice): void {
    this.deviceIds.delete(deviceId);
    for (const alias of aliases) this.aliases.delete(alias);
  }
}

/** Fills `found` with what is in memory and answers the rest, each once. */
function recall(believed: Believed, keys: Iterable<string>, nowMs: number, found: Map<string, KnownDevice>): string[] {
  const missing: string[] = [];
  for (const key of new Set(keys)) {
    const known = believed.get(key);
    if (!known || known.untilMs <= nowMs) missing.push(key);
    else if (known.device) found.set(key, known.device);
  }
  return missing;
}

function learn(believed: Believed, keys: readonly string[], found: ReadonlyMap<string, KnownDevice>, untilMs: number): void {
  if (believed.size + keys.length > DEVICES_BELIEVED_MAX) believed.clear();
  for (const key of keys) believed.set(key, { device: found.get(key) ?? null, untilMs });
}
