/**
 * The one form in which every dialect of field sensors ends: a message of a device, with the values of its channels at one point in time.
 * A message, not a value, is the unit that is stored and deduplicated, because a device sends, repeats and numbers messages. Raw texts are
 * kept beside exact decimals, so that a later calibration or a better decoder starts from what the probe said.
 */

/** Who set measuredAt: the device's clock, the gateway that heard it, this platform on receipt, or the person who typed it. */
export type TimeSource = 'DEVICE' | 'GATEWAY' | 'SERVER' | 'PERSON';

/** UPLINK: sent when measured. BACKFILL: sent later from the device's own log. STATE: about the device itself (battery, signal). */
export type MessageKind = 'UPLINK' | 'BACKFILL' | 'STATE';

/**
 * What a reader must know before trusting a message:
 * FUTURE: its clock ran more than 5 minutes ahead. NO_CLOCK: no time, none that can be read, or one from before any device was built
 * (1970, 1980, 0001). NO_ZONE: a local time without offset. These three replace measuredAt by the time of receipt.
 * STALE: it has no time that can be believed and is sent again (DUP), so it is older than its receipt, and nobody knows by how much.
 * BEFORE_DEPLOYMENT: measured before the device was put in place. BACKFILLED: delivered late, from the device's log.
 * UNREADABLE_VALUE: a channel carried no number (NaN, null, text).
 * DUPLICATE: its count and values were said within minutes before under another time (a network server passed one frame on twice).
 * CONFLICT: another message of the same time and count gives a channel another value.
 */
export type MessageFlag =
  'FUTURE' | 'NO_CLOCK' | 'NO_ZONE' | 'STALE' | 'BEFORE_DEPLOYMENT' | 'BACKFILLED' | 'UNREADABLE_VALUE' | 'DUPLICATE' | 'CONFLICT';

/**
 * OUT_OF_RANGE: outside what the device model can measure. FAULT_VALUE: what the model sends when its probe fails. STUCK: the channel has
 * said exactly this for longer than its model ever does.
 */
export type ValueFlag = 'OUT_OF_RANGE' | 'FAULT_VALUE' | 'STUCK';

export type QualityFlag = MessageFlag | ValueFlag;

export interface ReadingValue {
  readonly channel: string;
  /** Exact decimal, "28.0": no exponent, digits as sent, at most DECIMAL_DIGITS_MAX of them. */
  readonly value: string;
  /** As sent: "28.0", "3.3 V", "2.8e1". */
  readonly rawValue: string;
  /** As sent with the value ("V"), else null: then the device model knows. */
  readonly unit: string | null;
  readonly flags: readonly ValueFlag[];
}

/** A channel that carried something else than a number, cut to RAW_VALUE_LENGTH_MAX. */
export interface UnreadValue {
  readonly channel: string;
  readonly rawValue: string;
}

/**
 * How a message says which device it is of. DEVICE_ID: by its id. ALIAS: by another name, such as a DevEUI, and then a gateway may speak for
 * it. SENDER: not at all, it is who signed in. ALIAS_OR_SENDER: by another name, which who signed in may have kept to itself.
 */
export type DeviceKeyKind = 'DEVICE_ID' | 'ALIAS' | 'SENDER' | 'ALIAS_OR_SENDER';

/** What a decoder finds in a payload, before its time is judged. */
export interface DecodedMessage {
  /** As topic or payload name the device; '' for SENDER. A DevEUI is in lower case. */
  readonly deviceKey: string;
  readonly keyKind: DeviceKeyKind;
  readonly kind: MessageKind;
  /** The time as the payload spells it; null where it has none. */
  readonly timeAsSent: string | null;
  /** IANA zone of a local time, where a mapping says it. */
  readonly timeZone: string | null;
  /** Whose clock timeAsSent is. */
  readonly timeSource: TimeSource;
  /** Milliseconds before (less than 0) or behind the receipt, where the payload knows no more than that; then timeAsSent is null. */
  readonly relativeMs: number | null;
  /** The device's own count of messages; null where it does not count. */
  readonly sequence: bigint | null;
  /** May be empty: a frame without decoded values still counts as delivered. */
  readonly values: readonly ReadingValue[];
  readonly unread: readonly UnreadValue[];
  /** SHA-256, hexadecimal, of what the message says (not of its white space): the same from `up` and, backfilled again, from `hist`. */
  readonly payloadHash: string;
}

/** A decoded message whose time was judged. */
export interface Message extends DecodedMessage {
  /** Epoch milliseconds. Where timeSource is SERVER it is the time of receipt. */
  readonly measuredAt: number;
  /** What timeAsSent says in epoch milliseconds, believed or not; null where it says nothing from 2001 on. */
  readonly saidAt: number | null;
  /** Of the message; a value has its own. */
  readonly flags: readonly MessageFlag[];
}

export const PAYLOAD_BYTES_MAX = 1_048_576;
export const BACKFILL_MESSAGES_MAX = 1_000;
export const CHANNELS_MAX = 1_000;
export const CHANNEL_LENGTH_MAX = 128;
export const RAW_VALUE_LENGTH_MAX = 256;
export const UNIT_LENGTH_MAX = 16;
/** Sequences are stored as a signed 64-bit integer. */
export const SEQUENCE_MAX = 9_223_372_036_854_775_807n;
