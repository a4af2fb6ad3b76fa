import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { compileModel, KNOWN_MODELS } from '../../src/core/sensing/device-model.js';
import type { Decoded } from '../../src/core/sensing/decode.js';
import { decode } from '../../src/core/sensing/decode.js';
import type { Mapping } from '../../src/core/sensing/mapping.js';
import { compileMapping } from '../../src/core/sensing/mapping.js';
import { withDeviceFacts } from '../../src/core/sensing/plausibility.js';
import type { Message } from '../../src/core/sensing/reading.js';
import { conformance, describeConformance } from '../support/conformance.js';

interface Sample {
  readonly event: string;
  readonly example: string;
  readonly what: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly payload_text?: string;
  readonly f_port?: number;
  readonly bytes_hex?: string;
  readonly decoded: Readonly<Record<string, unknown>>;
}

const RECEIVED = Date.parse('2026-05-26T00:40:00Z');
const samples = (file: string): Sample[] =>
  (JSON.parse(readFileSync(conformance(`mqtt-payloads/${file}.json`), 'utf8')) as { messages: Sample[] }).messages;
const take = (topic: string, payload: unknown, mapping?: Mapping): Decoded =>
  decode(
    topic,
    new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    RECEIVED,
    mapping ? [compileMapping(mapping)] : [],
  );
const ms = (time: string): number => Date.parse(time.replace(/(\.\d{3})\d*/, '$1'));
const values = (message: Message | undefined) => Object.fromEntries((message?.values ?? []).map(({ channel, value }) => [channel, value]));
const NOTHING = { messages: [], quarantine: null, ignored: 'NETWORK_EVENT' };

describeConformance("ChirpStack v4's events and those of its gateway bridge, by their documentation's examples", () => {
  const all = samples('chirpstack-v4-events') as (Sample & { payload: { time: string; deviceInfo: { devEui: string } } })[];
  const ups = all.filter(({ event }) => event === 'up');
  const others = [...all.filter(({ event }) => event !== 'up'), ...samples('chirpstack-gateway-bridge-events')];

  it('has both kinds', () => {
    expect(ups.length).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(7);
  });

  it('an up event is one message of its device at the time in the payload, its absent fCnt read as zero', () => {
    for (const { topic, payload } of ups) {
      const { messages, quarantine } = take(topic, payload);
      expect(quarantine).toBeNull();
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        deviceKey: payload.deviceInfo.devEui,
        measuredAt: ms(payload.time),
        timeAsSent: payload.time,
        timeSource: 'GATEWAY',
        sequence: 0n,
        values: [],
      });
    }
  });

  it('an up event heard by two gateways is the same message', () => {
    for (const { topic, payload } of ups) {
      const heard = payload as unknown as { rxInfo: object[] };
      const twice = { ...payload, rxInfo: [...heard.rxInfo, ...heard.rxInfo] };
      expect(take(topic, twice).messages[0]?.payloadHash).toBe(take(topic, payload).messages[0]?.payloadHash);
    }
  });

  it.each(others)('$topic makes no reading', ({ topic, payload }) => expect(take(topic, payload)).toEqual(NOTHING));
});

describeConformance("The Things Stack v3's messages, by its documentation's examples", () => {
  const all = samples('the-things-stack-v3');
  const [first, bare] = all.filter(({ event }) => event === 'up');

  it('an uplink with decoded payload carries its numbers, at the time at which the network server heard it', () => {
    expect(first && take(first.topic, first.payload).messages[0]).toMatchObject({
      deviceKey: '0004a30b001c0530',
      sequence: 1n,
      timeSource: 'GATEWAY',
      measuredAt: Date.parse('2020-02-12T15:15:45.789Z'),
    });
    expect(first && values(take(first.topic, first.payload).messages[0])).toEqual({ temperature: '1', luminosity: '0.64' });
  });

  it('an uplink without decoded payload, count and times of the server is a message without values, at the time of its gateway', () => {
    expect(bare && take(bare.topic, bare.payload).messages).toMatchObject([
      { deviceKey: '4200000000000000', sequence: 0n, measuredAt: Date.parse('2019-01-29T13:02:34.981Z'), values: [] },
    ]);
  });

  it.each(all.filter(({ event }) => event !== 'up'))('$event makes no reading', ({ topic, payload }) =>
    expect(take(topic, payload)).toEqual(NOTHING),
  );
});

describeConformance("ThingsBoard's device and gateway API, by its documentation's examples and its issues", () => {
  const all = samples('thingsboard');
  const of = (topic: string) => all.filter((sample) => sample.topic === topic).map(({ payload }) => take(topic, payload));
  const [untimed, timed, list, ordered, text] = of('v1/devices/me/telemetry');

  it('telemetry without ts is of the time of receipt', () => {
    expect(untimed?.messages).toMatchObject([{ keyKind: 'SENDER', measuredAt: RECEIVED, timeSource: 'SERVER', flags: ['NO_CLOCK'] }]);
    expect(values(untimed?.messages[0])).toEqual({ temperature: '22.5', humidity: '61' });
  });

  it('telemetry with ts is of that time, one message an entry', () => {
    expect(timed?.messages.map(({ measuredAt }) => measuredAt)).toEqual([1_451_649_600_512]);
    expect(list?.messages.map((message) => [message.measuredAt, values(message)])).toEqual([
      [1_451_649_600_000, { temperature: '22.5', humidity: '61' }],
      [1_451_649_601_000, { temperature: '22.7', humidity: '60' }],
    ]);
  });

  it('the latest of the disputed data set is the one measured last', () => {
    const latest = [...(ordered?.messages ?? [])].sort((a, b) => b.measuredAt - a.measuredAt)[0];
    expect(values(latest)).toEqual({ temp: '4' });
  });

  it('ts may be a string, and text is kept as what is no number; another text at that time is another message', () => {
    expect(text?.messages).toMatchObject([
      { measuredAt: 1_639_106_013_029, values: [], unread: [{ channel: 'event', rawValue: '2. Command ... completed' }] },
    ]);
    const other = take('v1/devices/me/telemetry', { ts: '1639106013029', values: { event: 'other' } });
    expect(other.messages[0]?.payloadHash).not.toBe(text?.messages[0]?.payloadHash);
  });

  it("a gateway's telemetry is of the devices that it names", () => {
    expect(of('v1/gateway/telemetry')[0]?.messages.map((message) => [message.deviceKey, message.measuredAt, values(message)])).toEqual([
      ['Device A', 1_483_228_800_000, { temperature: '42', humidity: '80' }],
      ['Device A', 1_483_228_801_000, { temperature: '43', humidity: '82' }],
      ['Device B', 1_483_228_800_000, { temperature: '42', humidity: '80' }],
    ]);
  });

  it('attributes are states; connecting and provisioning make nothing', () => {
    expect(of('v1/gateway/attributes')[0]?.messages.map(({ kind }) => kind)).toEqual(['STATE', 'STATE']);
    for (const topic of ['v1/gateway/connect', 'v1/gateway/disconnect', '/provision/request', '/provision/response']) {
      expect(of(topic)).toEqual([NOTHING]);
    }
  });
});

describeConformance('SenML, by the examples of RFC 8428, 5.1', () => {
  const pack = (example: string) => take('agri/v1/probe-7/senml', samples('senml-rfc8428').find((one) => one.example === example)?.payload);
  const told = (example: string) =>
    pack(example).messages.flatMap((message) =>
      message.values.map(({ channel, value, unit }) => [message.measuredAt, channel, value, unit] as const),
    );

  it('one value without time is of now', () => {
    expect(told('ex1')).toEqual([[RECEIVED, 'urn:dev:ow:10e2073a01080063', '23.1', 'Cel']]);
  });

  it('values of one time are one message', () => {
    expect(told('ex2')).toEqual([
      [RECEIVED, 'voltage', '120.1', 'V'],
      [RECEIVED, 'current', '1.2', 'A'],
    ]);
    expect(pack('ex2').messages).toHaveLength(1);
  });

  it('times are added to the base time, exactly, and the base unit holds where none is said', () => {
    const base = 1_276_020_076_001;
    expect(told('ex3')).toEqual([
      [base, 'voltage', '120.1', 'V'],
      [base, 'current', '1.7', 'A'],
      ...['1.2', '1.3', '1.4', '1.5', '1.6'].map((value, i) => [base - 5_000 + i * 1_000, 'current', value, 'A']),
    ]);
  });

  it('a sensor without a name of its own is told by its units', () => {
    const [first, last] = [told('ex4')[0], told('ex4').at(-1)];
    expect(told('ex4')).toHaveLength(12);
    expect([first, last]).toEqual([
      [1_320_067_464_000, '%RH', '21.2', '%RH'],
      [1_320_067_556_000, '%RH', '21.5', '%RH'],
    ]);
    expect(told('ex5').slice(0, 3)).toEqual([
      [1_320_067_464_000, '%RH', '20', '%RH'],
      [1_320_067_464_000, 'lon', '24.30621', 'lon'],
      [1_320_067_464_000, 'lat', '60.07965', 'lat'],
    ]);
    expect(told('ex5')).toHaveLength(13);
  });

  it('a base name may change in the middle: two devices', () => {
    expect(pack('ex6').messages.map((message) => [message.deviceKey, message.keyKind, message.measuredAt, values(message)])).toEqual([
      ['2001:db8::2', 'ALIAS', 1_320_078_429_000, { temperature: '25.2', humidity: '30' }],
      ['2001:db8::1', 'ALIAS', 1_320_078_429_000, { temperature: '12.3', humidity: '67' }],
    ]);
  });

  it('text, truth and data are no numbers', () => {
    expect(told('ex7')).toEqual([[RECEIVED, 'temp', '23.1', 'Cel']]);
    expect(pack('ex7').messages[0]?.unread).toEqual([
      { channel: 'label', rawValue: 'Machine Room' },
      { channel: 'open', rawValue: 'false' },
      { channel: 'nfv-reader', rawValue: 'aGkgCg' },
    ]);
  });
});

describeConformance('ESPHome, by its documentation, through a mapping', () => {
  const mapping: Mapping = {
    topics: ['{device}/sensor/{channel}/state'],
    ignoredTopics: ['{device}/status'],
    payload: 'BARE',
    each: null,
    device: null,
    time: null,
    sequence: null,
    channels: [],
  };
  const all = samples('esphome').map((sample) => ({ sample, decoded: take(sample.topic, sample.payload_text ?? sample.payload, mapping) }));

  it('a state topic is one value of the device and channel in its name', () => {
    const state = all.find(({ sample }) => sample.topic.endsWith('/state'))?.decoded.messages[0];
    expect(state).toMatchObject({ deviceKey: 'livingroom', keyKind: 'ALIAS', measuredAt: RECEIVED, flags: ['NO_CLOCK'] });
    expect(values(state)).toEqual({ soil_moisture: '34.7' });
  });

  it('birth, will and discovery make no reading', () => {
    const others = all.filter(({ sample }) => !sample.topic.endsWith('/state'));
    expect(others).toHaveLength(3);
    for (const { decoded } of others) expect(decoded).toMatchObject({ messages: [], quarantine: null });
  });
});

/** As a network server sends it: what its codec made of the bytes, in the place where it puts that. */
const WRAPPERS = {
  'ChirpStack v4': ({ f_port, decoded }: Sample) =>
    take('application/1/device/a84041000181c061/event/up', { time: '2026-05-26T00:30:00Z', fCnt: 7, fPort: f_port, object: decoded }),
  'The Things Stack v3': ({ f_port, decoded }: Sample) =>
    take('v3/app@tenant/devices/dev1/up', {
      end_device_ids: { device_id: 'dev1', dev_eui: 'A84041000181C061' },
      received_at: '2026-05-26T00:30:00Z',
      uplink_message: { f_cnt: 7, f_port, decoded_payload: decoded },
    }),
} as const;
const UPLINK = Date.parse('2026-05-26T00:30:00Z');

function asModel(decoded: Decoded, name: string): Message[] {
  const model = KNOWN_MODELS.find((one) => one.name === name);
  if (!model) throw new Error(`no model ${name}`);
  const { channels, timeZone } = compileModel(model);
  return decoded.messages.map((message) => withDeviceFacts(message, { deployedFrom: null, channels, timeZone }, RECEIVED));
}

for (const [server, wrap] of Object.entries(WRAPPERS)) {
  describeConformance(`Dragino's soil probes behind ${server}`, () => {
    const all = samples('dragino-lse01-soil');
    const frame = (what: string): Message | undefined => {
      const sample = all.find((one) => one.what.startsWith(what));
      return sample && asModel(wrap(sample), 'LSE01')[0];
    };

    it('numbers as strings are numbers, under the names of the model', () => {
      expect(values(frame('official TTS codec'))).toEqual({
        battery: '3.625',
        temp_DS18B20: '24.1',
        conduct_SOIL: '28200',
        temp_SOIL: '24.59',
        water_SOIL: '19.57',
      });
      expect(frame('official TTS codec')?.values.find(({ channel }) => channel === 'conduct_SOIL')?.flags).toEqual(['OUT_OF_RANGE']);
      expect(values(frame('SE01-LB live'))).toMatchObject({
        battery: '3.3',
        temp_DS18B20: '24.10',
        temp_SOIL: '24.59',
        water_SOIL: '19.57',
      });
    });

    it('raw mode has no moisture and no temperature: two failures, not two zeros', () => {
      const message = frame('same bytes');
      expect(values(message)).toMatchObject({ Soil_dielectric_constant: '195.7', Raw_water_SOIL: '2459' });
      expect(message?.unread.map(({ channel }) => channel).sort()).toEqual(['temp_SOIL', 'water_SOIL']);
      expect(message?.flags).toContain('UNREADABLE_VALUE');
    });

    it('normal mode is read as it stands, a degree below zero as the vendor gives it', () => {
      expect(values(frame('normal mode'))).toMatchObject({ temp_SOIL: '24.59', water_SOIL: '19.57', conduct_SOIL: '300' });
      expect(values(frame('negative soil'))).toMatchObject({ temp_SOIL: '-0.99' });
    });

    it('a unit inside the string becomes the unit of the value', () => {
      const message = frame("vendor's two-point");
      expect(message?.values.find(({ channel }) => channel === 'battery')).toMatchObject({ value: '3.3', rawValue: '3.3 V', unit: 'V' });
      expect(values(message)).toMatchObject({ Moisture_After_Cal: '39.06', EC_After_Cal: '2.53' });
    });

    it('a datalog is the readings in it, under a local time whose zone only configuration can know', () => {
      const sample = all.find(({ f_port }) => f_port === 3);
      const [row] = sample ? asModel(wrap(sample), 'SE01-LB') : [];
      expect(values(row)).toEqual({ water_SOIL: '19.57', temp_SOIL: '24.59', temp_DS18B20: '24.1' });
      expect(row).toMatchObject({
        kind: 'BACKFILL',
        timeAsSent: '2022-10-12 08:02:38',
        measuredAt: RECEIVED,
        flags: ['NO_ZONE', 'BACKFILLED'],
      });
      const there = row && withDeviceFacts(row, { deployedFrom: null, channels: new Map(), timeZone: 'Asia/Shanghai' }, RECEIVED);
      expect(there).toMatchObject({ measuredAt: Date.parse('2022-10-12T00:02:38Z'), flags: ['BACKFILLED'] });
    });
  });

  describeConformance(`Milesight's soil probes behind ${server}`, () => {
    const all = samples('milesight-em500-smtc-soil');
    const [readme, vendor, fine, history, fault, em300] = all;
    const messages = (sample: Sample | undefined, model = 'EM500-SMTC') => (sample ? asModel(wrap(sample), model) : []);

    it('the conductivity is one channel, whichever of its two names the codec uses', () => {
      const wanted = { battery: '100', temperature: '28.1', moisture: '57.5', ec: '240' };
      expect(messages(readme).map(values)).toEqual([wanted]);
      expect(messages(vendor).map(values)).toEqual([wanted]);
      expect(messages(fine).map(values)).toEqual([{ battery: '92', temperature: '24.6', moisture: '34.7', ec: '200' }]);
    });

    it('retransmitted readings stand at their own time, and the uplink that brought them makes none', () => {
      expect(messages(history).map((message) => [message.measuredAt / 1_000, message.timeSource, message.flags, values(message)])).toEqual([
        [1_665_561_758, 'DEVICE', ['BACKFILLED'], { ec: '200', temperature: '24.6', moisture: '34.7' }],
        [1_665_563_430, 'DEVICE', ['BACKFILLED'], { ec: '204', temperature: '24.5', moisture: '34.56' }],
      ]);
      expect(messages(em300, 'EM300-TH').map((message) => [message.measuredAt / 1_000, values(message)])).toEqual([
        [1_665_561_758, { humidity: '46.5', temperature: '27.2' }],
      ]);
    });

    it('a probe fault is no reading of -0.1 °C', () => {
      const [message] = messages(fault);
      expect(message?.measuredAt).toBe(UPLINK);
      expect(message?.values).toMatchObject([{ channel: 'temperature', value: '-0.1', flags: ['FAULT_VALUE'] }]);
      expect(message?.unread).toEqual([
        { channel: 'moisture', rawValue: 'collection failed' },
        { channel: 'ec', rawValue: 'collection failed' },
      ]);
      expect(message?.flags).toContain('UNREADABLE_VALUE');
    });
  });
}
