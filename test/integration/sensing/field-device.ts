import { randomUUID } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import type { TestApp } from '../../support/app.js';
import type { GraphqlClient } from '../../support/graphql.js';

type Input = Readonly<Record<string, unknown>>;

export interface ADevice {
  readonly id: string;
  /** Its name at the MQTT door. */
  readonly name: string;
  readonly secret: string;
}

export async function aDevice(client: GraphqlClient, organisationId: string, input: Input = {}): Promise<ADevice> {
  const id = randomUUID();
  const name = (input['deviceId'] as string | undefined) ?? `probe-${id}`;
  const { secret } = await client.mutate<{ secret: string }>(
    'registerDevice',
    { id, deviceId: name, organisationId, model: 'soil probe', ...input },
    'secret',
  );
  return { id, name, secret };
}

/** A connection that does not come back by itself: what is refused stays refused. */
export async function connected(app: TestApp, device: ADevice): Promise<MqttClient> {
  const client = await connectAsync({
    host: '127.0.0.1',
    port: app.mqttPort,
    username: device.name,
    password: device.secret,
    clientId: device.name,
    reconnectPeriod: 0,
  });
  client.on('error', () => undefined);
  return client;
}

export interface AReading {
  readonly id: string;
  readonly deviceId: string;
  readonly channel: string;
  readonly value: string | null;
  readonly rawValue: string;
  readonly unit: string | null;
  readonly measuredAt: string;
  readonly timeSource: string;
  readonly sequence: string | null;
  readonly flags: readonly string[];
}

export interface APage {
  readonly nodes: readonly AReading[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export async function pageOfReadings(client: GraphqlClient, filter: Input, first = 50, after: string | null = null): Promise<APage> {
  const { readings } = await client.query<{ readings: APage }>(
    `query ($filter: ReadingFilter!, $first: Int, $after: String) {
       readings(filter: $filter, first: $first, after: $after) {
         nodes { id deviceId channel value rawValue unit measuredAt receivedAt timeSource sequence flags }
         pageInfo { hasNextPage endCursor }
       }
     }`,
    { filter, first, after },
  );
  return readings;
}

export async function readingsOf(client: GraphqlClient, deviceId: string, filter: Input = {}): Promise<readonly AReading[]> {
  return (await pageOfReadings(client, { deviceId, ...filter }, 200)).nodes;
}
