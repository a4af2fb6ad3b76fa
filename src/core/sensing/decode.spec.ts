import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decoded } from './decode.js';
import { decode } from './decode.js';
import { BACKFILL_MESSAGES_MAX, CHANNELS_MAX, PAYLOAD_BYTES_MAX } from './reading.js';

const RECEIVED = Date.parse('2026-05-26T00:40:00Z');
const UP = 'agri/v1/probe-7/up';
const HIST = 'agri/v1/probe-7/hist';
const STATE = 'agri/v1/probe-7/state';
const CHIRPSTACK = 'application/1/device/A84041000181C061/event/up';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const take = (topic: string, payload: unknown): Decoded =>
  decode(topic, bytes(typeof payload === 'string' ? payload : JSON.stringify(payload)), RECEIVED);
const first = (decoded: Decoded) => {
  expect(decoded.quarantine).toBeNull();
  return decoded.messages[0]!;
};

describe('native up', () => {
  it('gives time, sequence and values as they were sent, digit for digit', () => {
    const message = first(take(UP, '{"t":"2026-05-26T08:30:00+08:00","seq":17,"v":{"soil_moisture":33.70,"soil_temp":"28.0"}}'));
    expect(message).toMatchObject({
      deviceKey: 'probe-7',
      kind: 'UPLINK',
      measuredAt: Date.parse('2026-05-26T00:30:00Z'),
      timeSource: 'DEVICE',
      timeAsSent: '2026-05-26T08:30:00+08:00',
      sequence: 17n,
      flags: [],
      unread: [],
    });
    expect(message.values).toEqual([
      { channel: 'soil_moisture', value: '33.70', rawValue: '33.70', unit: null, flags: [] },
      { channel: 'soil_temp', value: '28.0', rawValue: '28.0', unit: null, flags: [] },
    ]);
    expect(message.payloadHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes the time of receipt, flagged, where the device has no clock', () => {
    expect(first(take(UP, { v: { a: 1 } }))).toMatchObject({
      measuredAt: RECEIVED,
      timeSource: 'SERVER',
      timeAsSent: null,
      sequence: null,
      flags: ['NO_CLOCK'],
    });
    expect(first(take(UP, { t: '2026-05-26T08:30:00', v: { a: 1 } }))).toMatchObject({
      timeSource: 'SERVER',
      timeAsSent: '2026-05-26T08:30:00',
      flags: ['NO_ZONE'],
    });
  });

  it('keeps sequences above 2^53 exact', () => {
    expect(first(take(UP, '{"seq":9007199254740993,"v":{"a":1}}')).sequence).toBe(9007199254740993n);
  });

  it.each([
    ['3.3 V', '3.3', 'V'],
    ['28.0°C', '28.0', '°C'],
    ['-4.5 dBm', '-4.5', 'dBm'],
    ['55%', '55', '%'],
    [' 12 ', '12', null],
    ['1.5e1', '15', null],
  ])('splits %j into value and unit', (sent, value, unit) => {
    expect(first(take(UP, { v: { a: sent } })).values).toEqual([{ channel: 'a', value, rawValue: sent, unit, flags: [] }]);
  });

  it.each([[null], ['NaN'], ['nan'], ['inf'], [''], ['12AB'], ['1.4.2'], ['28,0'], [true], ['1 \u0000'], ['9'.repeat(60)]])(
    'flags a channel that says %j and keeps the others',
    (sent) => {
      const message = first(take(UP, { v: { probe: sent, battery: 3.6 } }));
      expect(message.values.map((value) => value.channel)).toEqual(['battery']);
      expect(message.unread.map((value) => value.channel)).toEqual(['probe']);
      expect(message.unread[0]?.rawValue).not.toContain('\u0000');
      expect(message.flags).toContain('UNREADABLE_VALUE');
    },
  );

  it('gives equal hashes for equal content, however spelled, and others for other content', () => {
    const hash = (payload: string): string => first(take(UP, payload)).payloadHash;
    expect(hash('{"seq":1,"v":{"a":1,"b":2}}')).toBe(hash('{ "v": {"b": 2, "a": 1}, "seq": 1 }'));
    expect(hash('{"seq":1,"v":{"a":1}}')).not.toBe(hash('{"seq":1,"v":{"a":1.0}}'));
    expect(hash('{"seq":1,"v":{"a":1}}')).not.toBe(hash('{"seq":2,"v":{"a":1}}'));
    expect(hash('{"t":"2026-05-26T08:30:00Z","v":{"a":1}}')).not.toBe(hash('{"t":"2026-05-26T08:30:01Z","v":{"a":1}}'));
  });
});

describe('native hist', () => {
  it('gives the messages of the log, backfilled, with the hashes their uplinks had', () => {
    const items = [1, 2, 3].map((seq) => ({ t: '2026-05-26T08:30:00+08:00', seq, v: { a: seq } }));
    const decoded = take(HIST, items);
    expect(decoded.messages.map((message) => [message.kind, message.sequence, message.flags])).toEqual(
      [1n, 2n, 3n].map((seq) => ['BACKFILL', seq, ['BACKFILLED']]),
    );
    expect(decoded.messages[1]?.payloadHash).toBe(first(take(UP, items[1])).payloadHash);
  });

  it('keeps the readable part of a torn log and names what is wrong with the rest', () => {
    const decoded = take(HIST, [{ v: { a: 1 } }, { v: 'torn' }, 7, { seq: -1, v: { a: 1 } }, { v: { a: 2 } }]);
    expect(decoded.messages.map((message) => message.values[0]?.value)).toEqual(['1', '2']);
    expect(decoded.quarantine).toBe('SHAPE_WRONG');
  });

  it('takes as many messages as the contract says, and no more', () => {
    const log = (count: number): Decoded =>
      take(
        HIST,
        Array.from({ length: count }, (_, seq) => ({ seq, v: { a: seq, b: 1.5 } })),
      );
    expect(log(BACKFILL_MESSAGES_MAX).messages).toHaveLength(BACKFILL_MESSAGES_MAX);
    expect(log(BACKFILL_MESSAGES_MAX + 1)).toEqual({ messages: [], quarantine: 'TOO_MANY_MESSAGES', ignored: null });
  });
});

describe('native state', () => {
  it('gives numbers as values and keeps the rest as text, without blame', () => {
    const message = first(take(STATE, { battery: 3.6, rssi: -97, fw: '1.4.2', online: false }));
    expect(message.kind).toBe('STATE');
    expect(message.values.map(({ channel, value }) => [channel, value])).toEqual([
      ['battery', '3.6'],
      ['rssi', '-97'],
    ]);
    expect(message.unread).toEqual([
      { channel: 'fw', rawValue: '1.4.2' },
      { channel: 'online', rawValue: 'false' },
    ]);
    expect(message.flags).not.toContain('UNREADABLE_VALUE');
  });

  it('ignores the empty payload that takes a retained state away', () => {
    expect(take(STATE, '')).toEqual({ messages: [], quarantine: null, ignored: 'EMPTY_STATE' });
    expect(take(UP, '').quarantine).toBe('NOT_JSON');
  });
});

describe('ChirpStack v4', () => {
  const uplink = {
    deduplicationId: 'x',
    time: '2026-05-26T00:30:00.5+00:00',
    deviceInfo: { devEui: 'a84041000181c061' },
    fCnt: 42,
    fPort: 2,
  };

  it('flattens the codec object with dots, skips text, and takes null for a probe that failed', () => {
    const object = { soil: { temp: '28.0', moisture: 33.7, status: 'ok' }, BatV: '3.3 V', list: [1, null], armed: true };
    const message = first(take(CHIRPSTACK, { ...uplink, object }));
    expect(message).toMatchObject({
      deviceKey: 'a84041000181c061',
      keyKind: 'ALIAS',
      sequence: 42n,
      timeSource: 'GATEWAY',
      flags: ['UNREADABLE_VALUE'],
      unread: [{ channel: 'list.1', rawValue: 'null' }],
    });
    expect(message.values.map(({ channel, value, unit }) => [channel, value, unit])).toEqual([
      ['soil.temp', '28.0', null],
      ['soil.moisture', '33.7', null],
      ['BatV', '3.3', 'V'],
      ['list.0', '1', null],
    ]);
  });

  it('reads an absent fCnt as zero, because JSON of proto3 leaves zeros out', () => {
    expect(first(take(CHIRPSTACK, { ...uplink, fCnt: undefined, object: { a: 1 } })).sequence).toBe(0n);
  });

  it('refuses a payload that names another device than its topic', () => {
    expect(take(CHIRPSTACK, { ...uplink, deviceInfo: { devEui: '0101010101010101' } }).quarantine).toBe('DEVICE_MISMATCH');
  });

  it.each(['join', 'status', 'ack', 'txack', 'log', 'location', 'integration', 'not_yet_known'])(
    'ignores %s events, whatever they carry',
    (event) => {
      expect(take(`application/1/device/A84041000181C061/event/${event}`, 'anything')).toEqual({
        messages: [],
        quarantine: null,
        ignored: 'NETWORK_EVENT',
      });
    },
  );
});

describe('hostile input', () => {
  const wide = (count: number): string => `{"v":{${Array.from({ length: count }, (_, i) => `"c${i}":${i}`).join(',')}}}`;

  it.each([
    ['malformed JSON', UP, '{"v":{"a":1}', 'NOT_JSON'],
    ['a bare NaN', UP, '{"v":{"a":NaN}}', 'NOT_JSON'],
    ['a list in place of an uplink', UP, '[1]', 'SHAPE_WRONG'],
    ['no values', UP, '{"v":{}}', 'NO_VALUES'],
    ['nothing but a failed probe', UP, '{"v":{"a":null}}', 'NO_VALUES'],
    ['deep nesting', UP, `{"v":${'{"a":'.repeat(50_000)}`, 'JSON_TOO_DEEP'],
    ['10,000 channels', UP, wide(10_000), 'TOO_MANY_CHANNELS'],
    ['half a million values', HIST, `[${'0,'.repeat(500_000)}0]`, 'JSON_TOO_MANY_VALUES'],
    ['more than a megabyte', UP, ' '.repeat(PAYLOAD_BYTES_MAX + 1), 'PAYLOAD_TOO_LARGE'],
    ['U+0000 in a channel', UP, '{"v":{"a\\u0000b":1}}', 'CHANNEL_NAME_INVALID'],
    ['a nameless channel', UP, '{"v":{"":1}}', 'CHANNEL_NAME_INVALID'],
    ['a negative sequence', UP, '{"seq":-1,"v":{"a":1}}', 'SEQUENCE_INVALID'],
    ['a broken sequence', UP, '{"seq":1.5,"v":{"a":1}}', 'SEQUENCE_INVALID'],
    ['a sequence above 64 bits', UP, '{"seq":9223372036854775808,"v":{"a":1}}', 'SEQUENCE_INVALID'],
    ['an unknown topic', 'farm/1/up', '{"v":{"a":1}}', 'TOPIC_UNKNOWN'],
  ])('%s goes to quarantine', (_what, topic, payload, reason) => {
    expect(take(topic, payload)).toEqual({ messages: [], quarantine: reason, ignored: null });
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(decode(UP, Uint8Array.of(0x7b, 0xff, 0x7d), RECEIVED).quarantine).toBe('NOT_UTF8');
  });

  it('takes as many channels as the limit says', () => {
    expect(first(take(UP, wide(CHANNELS_MAX))).values).toHaveLength(CHANNELS_MAX);
  });

  it('takes prototype keys for channel names', () => {
    const message = first(take(UP, '{"v":{"__proto__":1,"constructor":2,"toString":3},"__proto__":{"t":"x"}}'));
    expect(message.values.map((value) => value.channel)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(message.timeAsSent).toBeNull();
  });

  it('never throws, never blames itself, and flags every time it replaces', () => {
    const topics = fc.constantFrom(
      UP,
      HIST,
      STATE,
      CHIRPSTACK,
      'agri/v1/probe-7/senml',
      'v3/app/devices/dev1/up',
      'v1/devices/me/telemetry',
      'v1/gateway/telemetry',
      'x',
    );
    const leaf = fc.oneof(fc.double(), fc.string({ unit: 'binary' }), fc.constant(null), fc.boolean(), fc.constant('1.5 V'));
    const shaped = fc.record(
      {
        t: leaf,
        time: leaf,
        ts: leaf,
        seq: leaf,
        fCnt: leaf,
        n: leaf,
        bt: leaf,
        v: fc.oneof(leaf, fc.dictionary(fc.string({ unit: 'binary' }), leaf)),
        values: fc.object(),
        uplink_message: fc.object(),
        object: fc.object(),
      },
      { requiredKeys: [] },
    );
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.oneof(shaped, fc.array(shaped), fc.jsonValue()).map((value) => bytes(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(topics, payloads, (topic, payload) => {
        const decoded = decode(topic, payload, RECEIVED);
        expect(decoded.quarantine).not.toBe('DECODER_FAILED');
        for (const message of decoded.messages) {
          expect(message.measuredAt).toBeLessThanOrEqual(RECEIVED + 5 * 60_000);
          expect(message.timeSource === 'SERVER').toBe(message.flags.some((flag) => ['FUTURE', 'NO_CLOCK', 'NO_ZONE'].includes(flag)));
          for (const value of message.values) expect(value.value).toMatch(/^-?\d+(\.\d+)?$/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
