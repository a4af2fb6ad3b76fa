import type { MessageFlag, TimeSource } from '../../core/sensing/reading.js';
import type { QuarantineReason } from '../../core/sensing/refusal.js';

/** A device as it is registered, without its secrets. */
export interface StoredDevice {
  readonly id: string;
  /** Its name at the MQTT door. */
  readonly deviceId: string;
  readonly organisationId: string;
  readonly model: string;
  readonly gatewayId: string | null;
  readonly aliases: readonly string[];
  readonly registeredAt: Date;
}

/** As last said on its `state` topic: raw texts by channel. */
export interface DeviceView extends StoredDevice {
  readonly state: Readonly<Record<string, string>> | null;
  readonly lastReadingAt: Date | null;
  readonly deployments: readonly StoredDeployment[];
}

/** Exactly one of plotId, facilityId, vehicle and coverage is there. */
export interface StoredDeployment {
  readonly id: string;
  readonly deviceId: string;
  /** Null: all of them. */
  readonly channels: readonly string[] | null;
  readonly plotId: string | null;
  readonly facilityId: string | null;
  readonly vehicle: string | null;
  readonly coverage: object | null;
  readonly from: Date;
  readonly to: Date | null;
  readonly depthCm: number | null;
  readonly recordedAt: Date;
}

/** What the MQTT door has to know of a device. */
export interface KnownDevice {
  readonly id: string;
  readonly deviceId: string;
  readonly gatewayId: string | null;
  readonly secretHash: Uint8Array;
  /** Epoch milliseconds of its first deployment. */
  readonly deployedFromMs: number | null;
}

/** A row of reading_messages. */
export interface MessageRow {
  readonly deviceId: string;
  readonly sentTime: string | null;
  readonly sequence: bigint | null;
  readonly payloadHash: string;
  readonly measuredAtMs: number;
  readonly receivedAtMs: number;
  readonly timeSource: TimeSource;
  readonly flags: readonly MessageFlag[];
  readonly channels: readonly string[];
  /** Null where the channel carried no number. */
  readonly readings: readonly (string | null)[];
  readonly rawValues: readonly string[];
  readonly units: readonly (string | null)[];
}

export interface StateRow {
  readonly deviceId: string;
  readonly state: Readonly<Record<string, string>>;
  readonly receivedAtMs: number;
}

/** UNKNOWN_DEVICE: no device has the alias of the topic. GATEWAY_NOT_BOUND: one has, but not behind this gateway. NOT_STORABLE: the database refuses it. */
export type StoredQuarantineReason = QuarantineReason | 'UNKNOWN_DEVICE' | 'GATEWAY_NOT_BOUND' | 'NOT_STORABLE';

export interface QuarantineRow {
  /** The device that sent it by its name, or the broker by its address. */
  readonly principal: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly reason: StoredQuarantineReason;
  readonly receivedAtMs: number;
}

/** One value of one channel. */
export interface StoredReading {
  readonly messageId: string;
  /** Of the channel in its message, from 1. */
  readonly position: number;
  readonly deviceId: string;
  readonly channel: string;
  /** Exact decimal; null where the channel carried no number. */
  readonly value: string | null;
  readonly rawValue: string;
  readonly unit: string | null;
  readonly measuredAt: Date;
  readonly receivedAt: Date;
  readonly timeSource: TimeSource;
  readonly sequence: string | null;
  readonly flags: readonly MessageFlag[];
}

/** What a channel said on some plots in some time: exact decimals. Values of different units are different summaries. */
export interface ChannelSummary {
  readonly channel: string;
  readonly unit: string | null;
  readonly count: number;
  readonly min: string;
  readonly max: string;
  /** Two digits finer than the finest value. */
  readonly mean: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
}
