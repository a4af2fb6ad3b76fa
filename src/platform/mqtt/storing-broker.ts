import type { Client, PublishPacket } from 'aedes';
import { Aedes } from 'aedes';

type Done = (error?: Error) => void;

/**
 * A broker that keeps what devices send to itself: `authorizePublish` stored it, nobody is subscribed to it, and a retained copy would only
 * fill memory. What the platform itself publishes goes its usual way.
 */
export class StoringBroker extends Aedes {
  override publish(packet: PublishPacket, done: Done): void;
  override publish(packet: PublishPacket, sender: Client | null, done: Done): void;
  override publish(packet: PublishPacket, senderOrDone: Client | Done | null, done?: Done): void {
    if (typeof senderOrDone === 'function') super.publish(packet, senderOrDone);
    else if (senderOrDone && done) done();
    else super.publish(packet, done ?? ((): void => undefined));
  }
}
