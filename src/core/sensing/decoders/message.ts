/**
 * What the decoders share: how a message's hash is made. The hash covers what the message says and not its white space or the order of its
 * keys, so that an uplink, its repeat and its copy from the device's log have one hash.
 */
import { sha256Hex } from '../../kernel/sha256.js';
import type { DecodedMessage } from '../reading.js';
import type { Channels } from '../values.js';

export type Said = Omit<DecodedMessage, 'values' | 'unread' | 'payloadHash' | 'relativeMs' | 'timeZone'> & {
  readonly timeZone?: string | null;
  readonly relativeMs?: number | null;
  /** What else tells two messages apart: the id of a frame at its network server. */
  readonly frame?: string | null;
};

/** A message with its hash. */
export function messageOf(
  { frame = null, relativeMs = null, timeZone = null, ...said }: Said,
  { values, unread }: Channels,
): DecodedMessage {
  return {
    deviceKey: said.deviceKey,
    keyKind: said.keyKind,
    kind: said.kind,
    timeAsSent: said.timeAsSent,
    timeZone,
    timeSource: said.timeSource,
    relativeMs,
    sequence: said.sequence,
    values,
    unread,
    payloadHash: hashOf(said, frame, { values, unread }),
  };
}

/** Channels and texts hold no control characters, so that those can part them: nothing else can be spelled the same. */
function hashOf(said: Omit<Said, 'frame' | 'relativeMs' | 'timeZone'>, frame: string | null, { values, unread }: Channels): string {
  const parts: string[] = [];
  for (const { channel, rawValue } of values) parts.push(`${channel}\u0001${rawValue}`);
  for (const { channel, rawValue } of unread) parts.push(`${channel}\u0002${rawValue}`);
  if (parts.length > 1) parts.sort();
  const kind = said.kind === 'STATE' ? 'state' : 'measured';
  const head = `${kind}\u0000${said.timeAsSent ?? '\u0001'}\u0000${said.sequence ?? ''}${frame === null ? '' : `\u0003${frame}`}`;
  return sha256Hex(`${head}\u0000${parts.join('\u0000')}`);
}
