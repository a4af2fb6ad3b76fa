import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Decoded } from './decode.js';
import { decode } from './decode.js';
import type { Mapping } from './mapping.js';
import { compileMapping, mappingFilters } from './mapping.js';

const RECEIVED = Date.parse('2026-05-26T00:40:00Z');
const bytes = (payload: unknown): Uint8Array => new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
const take = (topic: string, payload: unknown, mapping?: Mapping): Decoded =>
  decode(topic, bytes(payload), RECEIVED, mapping ? [compileMapping(mapping)] : []);
const valuesOf = ({ messages }: Decoded) => messages.map(({ values }) => values.map(({ channel, value, unit }) => [channel, value, unit]));

describe('The Things Stack v3', () => {
  const up = (uplink: object, more: object = {}) =>
    take('v3/app1@tenant1/devices/dev1/up', {
      end_device_ids: { device_id: 'dev1', dev_eui: '0004A30B001C0530' },
      uplink_message: uplink,
      ...more,
    });

  it('prefers the time at which the network server heard the frame', () => {
    const times = { received_at: '2026-05-26T00:30:46Z' };
    const inner = {
      received_at: '2026-05-26T00:30:45.789585559Z',
      rx_metadata: [{ time: '1980-01-06T00:00:00Z' }],
      decoded_payload: { a: 1 },
    };
    expect(up(inner, times).messages[0]).toMatchObject({
      deviceKey: '0004a30b001c0530',
      measuredAt: Date.parse('2026-05-26T00:30:45.789Z'),
    });
    expect(up({ decoded_payload: { a: 1 } }, times).messages[0]?.measuredAt).toBe(Date.parse('2026-05-26T00:30:46Z'));
    expect(up({ rx_metadata: [{ time: '1980-01-06T00:00:00Z' }], decoded_payload: { a: 1 } }).messages[0]).toMatchObject({
      measuredAt: RECEIVED,
      flags: ['NO_CLOCK'],
    });
  });

  it('tells equal counts of two sessions apart', () => {
    const hash = (session: string) => up({ session_key_id: session, decoded_payload: { a: 1 } }).messages[0]?.payloadHash;
    expect(hash('x')).not.toBe(hash('y'));
    expect(hash('x')).toBe(hash('x'));
  });

  it('refuses a payload that names another device than its topic, or is no uplink', () => {
    expect(take('v3/app1/devices/dev2/up', { end_device_ids: { device_id: 'dev1' }, uplink_message: {} }).quarantine).toBe(
      'DEVICE_MISMATCH',
    );
    expect(take('v3/app1/devices/dev1/up', {}).quarantine).toBe('SHAPE_WRONG');
  });
});

describe('ThingsBoard', () => {
  it('telemetry of a device is of who signed in', () => {
    expect(take('v1/devices/me/telemetry', { temperature: 22.5 }).messages[0]).toMatchObject({ keyKind: 'SENDER', flags: ['NO_CLOCK'] });
  });

  it('telemetry of a gateway is of the devices that it names, and one bad entry does not hide the others', () => {
    const decoded = take('v1/gateway/telemetry', {
      'Device A': [{ ts: 1_779_755_400_000, values: { a: 1 } }, 7],
      'B+': [{ a: 1 }],
      c: { a: 2 },
    });
    expect(decoded.messages.map(({ deviceKey, keyKind }) => [deviceKey, keyKind])).toEqual([
      ['Device A', 'ALIAS'],
      ['c', 'ALIAS'],
    ]);
    expect(decoded.quarantine).toBe('SHAPE_WRONG');
  });

  it('attributes are a state and no reading', () => {
    expect(take('v1/gateway/attributes', { 'Device A': { fw_version: '1.0', battery: 87 } }).messages[0]?.kind).toBe('STATE');
  });
});

describe('SenML', () => {
  const senml = (pack: unknown) => take('agri/v1/probe-7/senml', pack);

  it('resolves base time, base value and base unit, and joins the names', () => {
    const decoded = senml([
      { bn: 'urn:dev:mac:0024befffe804ff1:', bt: 1_779_755_400.5, bu: 'Cel', bv: 20, n: 'air', v: 1.25 },
      { n: 'soil', t: -10, v: -0.75 },
    ]);
    expect(decoded.messages.map(({ deviceKey, measuredAt }) => [deviceKey, measuredAt])).toEqual([
      ['probe-7', 1_779_755_400_500],
      ['probe-7', 1_779_755_390_500],
    ]);
    expect(valuesOf(decoded)).toEqual([[['air', '21.25', 'Cel']], [['soil', '19.25', 'Cel']]]);
  });

  it('reads times below 2^28 from the receipt backwards, without an own time', () => {
    const decoded = senml([
      { n: 'a', t: -60, v: 1 },
      { n: 'a', t: 0, v: 2 },
      { n: 'a', t: 30, v: 3 },
    ]);
    expect(decoded.messages.map(({ measuredAt, timeSource, timeAsSent }) => [measuredAt - RECEIVED, timeSource, timeAsSent])).toEqual([
      [-60_000, 'SERVER', null],
      [0, 'SERVER', null],
      [0, 'SERVER', null],
    ]);
  });

  it('needs every base name of a mixed pack to be known, and else takes the sender', () => {
    const keys = (pack: unknown) => senml(pack).messages.map(({ deviceKey, keyKind }) => [deviceKey, keyKind]);
    expect(
      keys([
        { bn: 'a:', n: 'x', v: 1 },
        { bn: 'b:', n: 'x', v: 1 },
      ]),
    ).toEqual([
      ['a', 'ALIAS'],
      ['b', 'ALIAS'],
    ]);
    expect(keys([{ bn: 'a:', n: 'x', v: 1 }])).toEqual([['probe-7', 'DEVICE_ID']]);
  });

  it.each([
    ['a version that is not known', [{ bver: 11, n: 'a', v: 1 }], 'FORMAT_UNSUPPORTED'],
    ['a field that must be understood', [{ n: 'a', v: 1, new_: 1 }], 'FORMAT_UNSUPPORTED'],
    ['no name', [{ v: 1 }], 'CHANNEL_NAME_INVALID'],
    ['a name with a space', [{ n: 'a b', v: 1 }], 'CHANNEL_NAME_INVALID'],
    ['an object', { n: 'a', v: 1 }, 'SHAPE_WRONG'],
    ['an empty pack', [], 'SHAPE_WRONG'],
    ['a value in quotes', [{ n: 'a', v: '1' }], 'SHAPE_WRONG'],
    ['nothing but text', [{ n: 'a', vs: 'x' }], 'NO_VALUES'],
    ['too many digits', [{ n: 'a', bv: Number('1e37'), v: 0.001 }], 'SHAPE_WRONG'],
  ])('refuses %s', (_what, pack, reason) => expect(senml(pack).quarantine).toBe(reason));
});

const none = { scale: null, offset: null, unit: null };
const TASMOTA: Mapping = {
  topics: ['tele/{device}/SENSOR'],
  ignoredTopics: ['tele/{device}/STATE', 'tele/{device}/LWT'],
  payload: 'JSON',
  each: null,
  device: null,
  time: { path: '$.Time', zone: 'Asia/Shanghai' },
  sequence: null,
  channels: [
    { channel: 'temperature', path: '$.DS18B20.Temperature', ...none, unit: '°C' },
    { channel: 'humidity', path: "$['SI7021'].Humidity", ...none, unit: '%' },
  ],
};
const ESPHOME: Mapping = {
  ...TASMOTA,
  topics: ['{device}/sensor/{channel}/state'],
  ignoredTopics: ['{device}/status'],
  payload: 'BARE',
  time: null,
  channels: [],
};
const MILESIGHT: Mapping = {
  ...TASMOTA,
  topics: ['milesight/uplink'],
  ignoredTopics: [],
  device: '$.devEUI',
  time: { path: '$.time', zone: null },
  sequence: '$.fCnt',
  channels: [{ channel: 'moisture', path: '$.data.moisture', ...none, unit: '%' }],
};
const DTU: Mapping = {
  ...TASMOTA,
  topics: ['/dtu/soil/up'],
  ignoredTopics: [],
  time: null,
  channels: [
    { channel: 'soil_moisture', path: '$.Wa', scale: '0.1', offset: null, unit: '%' },
    { channel: 'soil_temp', path: '$.Te', scale: '0.1', offset: null, unit: '°C' },
    { channel: 'ph', path: '$.PH', scale: '0.01', offset: '-0.5', unit: null },
  ],
};

describe('a mapping', () => {
  it('carries Tasmota: nested values and a local time in its zone', () => {
    const decoded = take(
      'tele/shed-1/SENSOR',
      { Time: '2026-05-26T08:30:00', DS18B20: { Id: '01131B', Temperature: 20.5 }, TempUnit: 'C' },
      TASMOTA,
    );
    expect(valuesOf(decoded)).toEqual([[['temperature', '20.5', '°C']]]);
    expect(decoded.messages[0]).toMatchObject({
      deviceKey: 'shed-1',
      keyKind: 'ALIAS',
      measuredAt: Date.parse('2026-05-26T00:30:00Z'),
      flags: [],
    });
    expect(take('tele/shed-1/LWT', 'Online', TASMOTA)).toEqual({ messages: [], quarantine: null, ignored: 'IGNORED_TOPIC' });
  });

  it('without a zone keeps the local time and takes that of receipt', () => {
    const decoded = take(
      'tele/shed-1/SENSOR',
      { Time: '2026-05-26T08:30:00', DS18B20: { Temperature: 20.5 } },
      {
        ...TASMOTA,
        time: { path: '$.Time', zone: null },
      },
    );
    expect(decoded.messages[0]).toMatchObject({ measuredAt: RECEIVED, timeAsSent: '2026-05-26T08:30:00', flags: ['NO_ZONE'] });
  });

  it('carries ESPHome: one bare number on a topic of its own', () => {
    expect(valuesOf(take('livingroom/sensor/soil_moisture/state', '34.7', ESPHOME))).toEqual([[['soil_moisture', '34.7', null]]]);
    expect(take('livingroom/sensor/soil_moisture/state', 'nan', ESPHOME).messages[0]).toMatchObject({
      unread: [{ channel: 'soil_moisture', rawValue: 'nan' }],
      flags: ['NO_CLOCK', 'UNREADABLE_VALUE'],
    });
    expect(take('livingroom/status', 'online', ESPHOME).ignored).toBe('IGNORED_TOPIC');
  });

  it("carries a Milesight gateway: the device named inside, its count and the frame's time", () => {
    const payload = { devEUI: '24E124710B423527', fCnt: 12, time: '2026-05-26T00:30:00Z', data: { moisture: 34.7 } };
    expect(take('milesight/uplink', payload, MILESIGHT).messages[0]).toMatchObject({
      deviceKey: '24e124710b423527',
      keyKind: 'ALIAS',
      sequence: 12n,
      measuredAt: Date.parse('2026-05-26T00:30:00Z'),
    });
    expect(take('milesight/uplink', { data: { moisture: 1 } }, MILESIGHT).quarantine).toBe('SHAPE_WRONG');
  });

  it('carries a 4G probe: scaled integers under two-letter keys on a fixed topic, exactly', () => {
    const decoded = take('/dtu/soil/up', '{"Wa":337,"Te":-280,"PH":712}', DTU);
    expect(valuesOf(decoded)).toEqual([
      [
        ['soil_moisture', '33.7', '%'],
        ['soil_temp', '-28.0', '°C'],
        ['ph', '6.62', null],
      ],
    ]);
    expect(decoded.messages[0]).toMatchObject({ deviceKey: '/dtu/soil/up', keyKind: 'ALIAS_OR_SENDER', timeAsSent: null });
    expect(decoded.messages[0]?.values[0]?.rawValue).toBe('337');
    expect(take('/dtu/soil/up', '{"other":1}', DTU).quarantine).toBe('NO_VALUES');
    expect(take('/dtu/soil/other', '{"Wa":1}', DTU).quarantine).toBe('TOPIC_UNKNOWN');
  });

  it('reads a list entry by entry, with what stands around it', () => {
    const listed = { ...DTU, each: '$.rows', time: { path: '$.at', zone: null }, sequence: '$.n' };
    const decoded = take(
      '/dtu/soil/up',
      { at: 1_779_755_400, rows: [{ Wa: 1, n: 1 }, 'torn', { Wa: 2, n: 2, at: 1_779_755_460 }] },
      listed,
    );
    expect(decoded.messages.map(({ sequence, measuredAt }) => [sequence, measuredAt])).toEqual([
      [1n, 1_779_755_400_000],
      [2n, 1_779_755_460_000],
    ]);
    expect(decoded.quarantine).toBe('NO_VALUES');
  });

  it.each([
    ['a wildcard of many levels', { topics: ['a/#'] }],
    ['a name inside a level', { topics: ['a/x{device}'] }],
    ['a topic of names alone', { topics: ['{device}/{channel}'] }],
    ['two devices', { topics: ['a/{device}/{device}'] }],
    ["the platform's own topics", { topics: ['agri/v1/{device}/up'] }],
    ["ChirpStack's topics", { topics: ['application/+/device/{device}/event/up'] }],
    ['no topic', { topics: [] }],
    ['a zone that is none', { time: { path: '$.t', zone: 'Mars/Olympus' } }],
    ['a filter in a path', { channels: [{ channel: 'a', path: '$..a', ...none }] }],
    ['a path in BARE', { payload: 'BARE', channels: [{ channel: 'a', path: '$.a', ...none }] }],
    ['a bare value of nobody knows which channel', { payload: 'BARE', channels: [] }],
    ['a scale that is no decimal', { channels: [{ channel: 'a', path: '$.a', ...none, scale: '1e3' }] }],
  ])('refuses %s', (_what, wrong) => {
    expect(() => compileMapping({ ...DTU, ...wrong } as Mapping)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('is subscribed to at a broker only where the device can be told', () => {
    const filters = (mapping: Partial<Mapping>) => mappingFilters(compileMapping({ ...DTU, ...mapping }));
    expect(filters({ topics: ['tele/{device}/SENSOR', 'x/+/y'] })).toEqual(['tele/+/SENSOR']);
    expect(filters({})).toEqual(['/dtu/soil/up']);
  });

  it('gives what exact arithmetic gives', () => {
    const decimal = fc.tuple(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), fc.integer({ min: 0, max: 6 }));
    const text = ([units, scale]: [bigint, number]) => {
      const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
      const whole = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
      return `${units < 0n ? '-' : ''}${whole}`;
    };
    fc.assert(
      fc.property(decimal, decimal, decimal, (raw, scale, offset) => {
        const mapping = { ...DTU, channels: [{ channel: 'a', path: '$.a', scale: text(scale), offset: text(offset), unit: null }] };
        const value = take('/dtu/soil/up', `{"a":${text(raw)}}`, mapping).messages[0]?.values[0]?.value ?? '';
        const [whole = '', rest = ''] = value.split('.');
        const got = BigInt(whole + rest) * 10n ** BigInt(18 - rest.length);
        const wanted = raw[0] * scale[0] * 10n ** BigInt(18 - raw[1] - scale[1]) + offset[0] * 10n ** BigInt(18 - offset[1]);
        expect(got).toBe(wanted);
      }),
    );
  });
});
