import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { equalInConstantTime } from '../../core/kernel/sha256.js';
import type { Topic } from '../../core/sensing/topic.js';
import { isDeviceId, parseTopic, TOPIC_FILTERS } from '../../core/sensing/topic.js';
import { Clock } from '../../platform/clock/clock.js';
import { hashSecret } from '../../platform/crypto/sealing.js';
import { Log } from '../../platform/logging/log.js';
import { MqttEndpoint } from '../../platform/mqtt/mqtt-endpoint.js';
import { brokerName, MqttSubscription } from '../../platform/mqtt/mqtt-subscription.js';
import { TOPICS } from '../identity/index.js';
import { DeviceDirectory } from './device-directory.service.js';
import type { KnownDevice } from './facts.js';
import type { Broker } from './ingest.service.js';
import { IngestService } from './ingest.service.js';

/** The MQTT doors, the own one and that of a broker: who may come in, what they may say, and that they hear PUBACK when it is stored. */
@Injectable()
export class ReadingSubscriber implements BeforeApplicationShutdown {
  private endpoint: MqttEndpoint<KnownDevice> | null = null;
  private subscription: MqttSubscription<Broker> | null = null;

  constructor(
    private readonly directory: DeviceDirectory,
    private readonly ingest: IngestService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Answers the port in use; 0 picks a free one. Throws an Error that names MQTT_PORT where it is taken. */
  async listen(port: number, host: string): Promise<number> {
    const endpoint = new MqttEndpoint<KnownDevice>({
      port,
      host,
      authenticate: (username, password) => this.authenticate(username, password),
      authorizePublish: mayPublish,
      onMessage: (message) => this.ingest.ingest(message),
      nowMs: () => this.clock.nowMs(),
    });
    const bound = await endpoint.start();
    this.endpoint = endpoint;
    return bound;
  }

  /** Listens to a broker beside the own door. Throws with a sentence for the operator where it cannot be used. */
  async subscribe(url: string, instanceName: string): Promise<void> {
    const subscription = new MqttSubscription<Broker>({
      url,
      instanceName,
      topics: TOPIC_FILTERS,
      principal: { broker: brokerName(url) },
      onMessage: (message) => this.ingest.ingest(message),
      log: this.log,
      nowMs: () => this.clock.nowMs(),
    });
    await subscription.start();
    this.subscription = subscription;
  }

  /** Before the database goes: what was read is stored and acknowledged. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.endpoint?.stop(), this.subscription?.stop()]);
    await this.ingest.drain();
  }

  private async authenticate(username: string, password: string): Promise<KnownDevice | null> {
    if (!isDeviceId(username)) return null;
    const device = (await this.directory.find({ deviceIds: [username], aliases: [] })).byDeviceId.get(username);
    if (!device) return null;
    const isRight = equalInConstantTime(hashSecret(password).toString('hex'), Buffer.from(device.secretHash).toString('hex'));
    return isRight ? device : null;
  }
}

/** By the table of topics; whose gateway somebody is, ingest asks of each message. */
function mayPublish(principal: KnownDevice, topicText: string): boolean {
  const topic = parseTopic(topicText);
  if (topic === null) return false;
  const right = TOPICS[patternOf(topic)];
  return right === 'DEVICE_ITSELF' && topic.format === 'NATIVE' ? topic.deviceId === principal.deviceId : right !== undefined;
}

function patternOf(topic: Topic): string {
  switch (topic.format) {
    case 'NATIVE':
      return `agri/v1/{deviceId}/${topic.kind}`;
    case 'CHIRPSTACK_V4':
      return 'application/{applicationId}/device/{devEui}/event/{event}';
    case 'THE_THINGS_STACK_V3':
      return 'v3/{application}/devices/{deviceId}/{event}';
    case 'THINGSBOARD':
      return topic.of === 'DEVICE' ? 'v1/devices/me/{kind}' : 'v1/gateway/{kind}';
    case 'NETWORK':
      return '{region}/gateway/{gatewayId}/event/{event}';
  }
}
