/**
 * What a vendor's codec made of a LoRaWAN frame's bytes. No vocabulary is common to vendors (TheThingsNetwork/lorawan-devices#395), so each
 * leaf is a channel; device models name and judge them. Three habits are widespread enough to be read here: `x_error` in place of x where a
 * probe failed (Milesight), `history`: entries with a time of their own that the device kept while it had no network (Milesight), and a text
 * DATALOG of bracketed rows that end in a local time (Dragino). Text beside the numbers is status for people, not a probe that failed; null is
 * one, because codecs divide by what the probe did not say.
 */
import type { ExactJson, ExactObject } from '../../kernel/exact-json.js';
import { isExactArray, isExactObject } from '../../kernel/exact-json.js';
import { BACKFILL_MESSAGES_MAX } from '../reading.js';
import { Refusal } from '../refusal.js';
import type { Channels } from '../values.js';
import { channelsOf, plainText, readValue } from '../values.js';

export interface CodecEntry {
  readonly timeAsSent: string | null;
  readonly channels: Channels;
}

export interface CodecObject {
  /** Of now. */
  readonly channels: Channels;
  /** Older ones, each with the device's own time. */
  readonly history: readonly CodecEntry[];
}

const ERROR_SUFFIX = '_error';
const DATALOG = 'DATALOG';
const DATALOG_ROW = /\[([^[\]]*)\]/g;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?$/;

/** Throws a Refusal. */
export function readCodecObject(object: ExactObject): CodecObject {
  const present = Object.assign(Object.create(null) as Record<string, ExactJson | undefined>, object);
  const history = [...historyOf(object.history), ...datalogOf(object[DATALOG])];
  if (isHistory(object.history)) delete present.history;
  if (history.length > BACKFILL_MESSAGES_MAX) throw new Refusal('TOO_MANY_MESSAGES');
  return { channels: failuresTold(channelsOf(present)), history };
}

/** `moisture_error` is what `moisture` failed with; of the rest that is no number only null is a failure. */
function failuresTold({ values, unread }: Channels): Channels {
  const kept = unread.flatMap(({ channel, rawValue }) => {
    if (channel.endsWith(ERROR_SUFFIX) && channel.length > ERROR_SUFFIX.length) {
      return [{ channel: channel.slice(0, -ERROR_SUFFIX.length), rawValue }];
    }
    return rawValue === 'null' || rawValue === 'NaN' ? [{ channel, rawValue }] : [];
  });
  return { values, unread: kept };
}

function isHistory(history: ExactJson | undefined): history is readonly ExactObject[] {
  return isExactArray(history) && history.length > 0 && history.every((entry) => isExactObject(entry) && 'timestamp' in entry);
}

function historyOf(history: ExactJson | undefined): CodecEntry[] {
  if (!isHistory(history)) return [];
  return history.map((entry) => {
    const values = Object.assign(Object.create(null) as Record<string, ExactJson | undefined>, entry);
    delete values.timestamp;
    return { timeAsSent: plainText(entry.timestamp), channels: failuresTold(channelsOf(values)) };
  });
}

/** "[19.57,24.59,24.1,2022-10-12 08:02:38],": channels DATALOG.1, DATALOG.2, … by their place; a device model gives them names. */
function datalogOf(datalog: ExactJson | undefined): CodecEntry[] {
  if (typeof datalog !== 'string') return [];
  return [...datalog.matchAll(DATALOG_ROW)].flatMap(([, row = '']) => {
    const cells = row.split(',').map((cell) => cell.trim());
    const time = cells.pop() ?? '';
    if (!LOCAL_TIME.test(time)) return [];
    const channels: Channels = { values: [], unread: [] };
    cells.forEach((cell, index) => {
      const channel = `${DATALOG}.${index + 1}`;
      const value = readValue(channel, cell);
      if (value) channels.values.push(value);
      else channels.unread.push({ channel, rawValue: cell.slice(0, 64) });
    });
    return [{ timeAsSent: time, channels }];
  });
}
