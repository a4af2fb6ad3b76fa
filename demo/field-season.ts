import { connectAsync } from 'mqtt';
import type { Devices } from './devices.js';
import type { GraphqlClient } from './graphql-client.js';
import { eventually, inParallel } from './parallel.js';
import type { Progress } from './progress.js';
import { Chance } from './random.js';
import type { Stream } from './uplinks.js';
import { CHANNELS, chirpStackStream, nativeStream } from './uplinks.js';
import type { World } from './world.js';

const CONNECTIONS = 4;
const READINGS_MS_MAX = 30_000;
/** Published and not yet acknowledged, a connection: a device sends the next when the last is stored, a gateway some at a time. */
const IN_FLIGHT = 10;

export interface FieldSeason {
  readonly published: number;
  readonly stored: number;
}

/** A season of uplinks over MQTT with QoS 1, and the count of what then stands in the platform. Throws where that is not what was measured. */
export async function playFieldSeason(world: World, devices: Devices, mqttUrl: string, progress: Progress): Promise<FieldSeason> {
  const chance = new Chance(2_026);
  const streams = [
    ...devices.native.map((probe, index) => nativeStream(probe, index, world.calendar, chance)),
    chirpStackStream(devices.gateway, devices.lora, world.calendar, chance),
  ];
  await inParallel(streams, CONNECTIONS, (stream) => publish(mqttUrl, stream));
  const published = streams.reduce((total, { uplinks }) => total + uplinks.length, 0);
  const expected = new Map(streams.flatMap(({ stored }) => [...stored]));
  const counts = await inParallel([...expected], CONNECTIONS, ([deviceId, count]) => storedOf(world, deviceId, count * CHANNELS.length));
  const stored = counts.reduce((total, count) => total + count, 0);
  progress.step(`Field: ${String(published)} MQTT messages acknowledged, ${String(stored)} readings stored as the supervisor finds them.`);
  progress.step(
    'Field: repeated messages stand once, late and backfilled ones at their time; a torn one was acknowledged and made no reading.',
  );
  return { published, stored };
}

async function publish(mqttUrl: string, { principal, uplinks }: Stream): Promise<void> {
  const { deviceId, secret } = principal;
  const options = { username: deviceId, password: secret, clientId: deviceId, protocolVersion: 4 as const, reconnectPeriod: 0 };
  const client = await connectAsync(mqttUrl, options, false);
  try {
    // Each promise is kept when the platform has acknowledged, which is after it has stored.
    await inParallel(uplinks, IN_FLIGHT, ({ topic, payload }) => client.publishAsync(topic, payload, { qos: 1 }));
  } finally {
    await client.endAsync();
  }
}

const READINGS = `query ($deviceId: UUID!, $from: DateTime!, $to: DateTime!, $after: String) {
  readings(filter: { deviceId: $deviceId, from: $from, to: $to }, first: 200, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor }
  }
}`;

interface ReadingPage {
  readonly readings: {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

async function storedOf(world: World, deviceId: string, expected: number): Promise<number> {
  return eventually(`Storing ${String(expected)} readings of device ${deviceId}`, READINGS_MS_MAX, async () => {
    const count = await countReadings(world.supervisor, world, deviceId);
    if (count > expected) throw new Error(`Device ${deviceId} has ${String(count)} readings, but measured ${String(expected)}.`);
    return count === expected ? count : null;
  });
}

async function countReadings(client: GraphqlClient, world: World, deviceId: string): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const span = { from: world.calendar.at('03-01', '00:00'), to: world.calendar.at('10-31', '00:00') };
    const { readings }: ReadingPage = await client.ask<ReadingPage>(READINGS, { deviceId, ...span, after });
    count += readings.edges.length;
    after = readings.pageInfo.hasNextPage ? readings.pageInfo.endCursor : null;
  } while (after !== null);
  return count;
}
