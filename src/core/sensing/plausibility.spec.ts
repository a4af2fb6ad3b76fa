import { describe, expect, it } from '@jest/globals';
import type { ChannelSpec } from './device-model.js';
import { compileModel } from './device-model.js';
import type { DeviceFacts } from './plausibility.js';
import { FUTURE_MS_MAX, judgeTime, withDeviceFacts } from './plausibility.js';
import type { Message, ReadingValue } from './reading.js';

const RECEIVED = Date.parse('2026-05-26T00:40:00Z');

describe('judgeTime', () => {
  it.each([
    ['2026-05-26T08:30:00+08:00', '2026-05-26T00:30:00Z'],
    ['2026-05-26 08:30:00+08:00', '2026-05-26T00:30:00Z'],
    ['2022-07-18T09:34:15.775023242+00:00', '2022-07-18T09:34:15.775Z'],
    ['1779755400', '2026-05-26T00:30:00Z'],
    ['1779755400.5', '2026-05-26T00:30:00.500Z'],
    ['1779755400000', '2026-05-26T00:30:00Z'],
    ['1.7797554e12', '2026-05-26T00:30:00Z'],
  ])('believes %s', (sent, meant) => {
    expect(judgeTime(sent, RECEIVED)).toEqual({ measuredAt: Date.parse(meant), said: Date.parse(meant), flag: null });
  });

  it.each([
    [null, 'NO_CLOCK'],
    ['', 'NO_CLOCK'],
    ['yesterday', 'NO_CLOCK'],
    ['26.05.2026 08:30', 'NO_CLOCK'],
    ['2026-13-45T99:99:99Z', 'NO_CLOCK'],
    ['1970-01-01T00:03:17Z', 'NO_CLOCK'],
    ['1980-01-06T00:00:00Z', 'NO_CLOCK'],
    ['0001-01-01T00:00:00Z', 'NO_CLOCK'],
    ['2000-01-01T00:12:00+08:00', 'NO_CLOCK'],
    ['0', 'NO_CLOCK'],
    ['-1', 'NO_CLOCK'],
    ['1e300', 'NO_CLOCK'],
    ['9'.repeat(400), 'NO_CLOCK'],
    ['2026-05-26T08:30:00', 'NO_ZONE'],
    ['2026-05-26 08:30', 'NO_ZONE'],
    ['2026-05-26T00:45:00.001Z', 'FUTURE'],
    ['2106-02-07T06:28:15Z', 'FUTURE'],
    ['9999999999999999', 'FUTURE'],
  ])('replaces %s by the time of receipt: %s', (sent, flag) => {
    expect(judgeTime(sent, RECEIVED)).toMatchObject({ measuredAt: RECEIVED, flag });
  });

  it('believes a clock that runs exactly five minutes ahead', () => {
    const ahead = RECEIVED + FUTURE_MS_MAX;
    expect(judgeTime(new Date(ahead).toISOString(), RECEIVED)).toEqual({ measuredAt: ahead, said: ahead, flag: null });
  });
});

describe('withDeviceFacts', () => {
  const value = (channel: string, text: string): ReadingValue => ({ channel, value: text, rawValue: text, unit: null, flags: [] });
  const message = (...values: ReadingValue[]): Message => ({
    deviceKey: 'd',
    keyKind: 'DEVICE_ID',
    kind: 'UPLINK',
    timeAsSent: null,
    timeZone: null,
    relativeMs: null,
    saidAt: null,
    timeSource: 'DEVICE',
    sequence: null,
    values,
    unread: [],
    payloadHash: '',
    measuredAt: RECEIVED,
    flags: ['NO_CLOCK'],
  });
  const channel = (more: object): ChannelSpec => ({
    channel: 'soil_temp',
    aliases: ['TempC'],
    property: null,
    unit: '°C',
    min: '-20',
    max: '60.0',
    faultValues: ['-0.1', '6550'],
    faultWith: null,
    stuckAfterS: null,
    ...more,
  });
  const facts = (more: object = {}, deployedFrom: number | null = null): DeviceFacts => ({
    deployedFrom,
    channels: compileModel({ name: 'm', intervalS: null, timeZone: null, mapping: null, channels: [channel(more)] }).channels,
    timeZone: null,
  });

  it('flags and keeps what the model cannot measure and what it sends for a failed probe', () => {
    const judged = withDeviceFacts(
      message(
        value('soil_temp', '60'),
        value('soil_temp', '60.01'),
        value('soil_temp', '-0.10'),
        value('soil_temp', '6550.0'),
        value('other', '9999'),
      ),
      facts(),
      RECEIVED,
    );
    expect(judged.values.map((each) => each.flags)).toEqual([[], ['OUT_OF_RANGE'], ['FAULT_VALUE'], ['FAULT_VALUE', 'OUT_OF_RANGE'], []]);
  });

  it('flags a message measured before the device was deployed, and keeps its other flags', () => {
    expect(withDeviceFacts(message(), facts({}, RECEIVED + 1), RECEIVED).flags).toEqual(['NO_CLOCK', 'BEFORE_DEPLOYMENT']);
    expect(withDeviceFacts(message(), facts({}, RECEIVED), RECEIVED).flags).toEqual(['NO_CLOCK']);
  });

  it('takes a fault value for a fault only where the channel that fails with it failed', () => {
    const judge = (unread: Message['unread']) =>
      withDeviceFacts({ ...message(value('soil_temp', '-0.1')), unread }, facts({ faultWith: 'moisture' }), RECEIVED).values[0]?.flags;
    expect(judge([{ channel: 'moisture', rawValue: 'collection failed' }])).toEqual(['FAULT_VALUE']);
    expect(judge([])).toEqual([]);
  });

  it('gives a channel the name and unit of its model, and keeps a unit that was sent', () => {
    const judged = withDeviceFacts(message(value('TempC', '20'), { ...value('soil_temp', '70'), unit: '°F' }), facts(), RECEIVED);
    expect(judged.values.map(({ channel, unit }) => [channel, unit])).toEqual([
      ['soil_temp', '°C'],
      ['soil_temp', '°F'],
    ]);
  });

  it('reads a local time in the zone of its model', () => {
    const local: Message = { ...message(), timeAsSent: '2026-05-26 08:30:00', timeSource: 'SERVER', flags: ['NO_ZONE'] };
    expect(withDeviceFacts(local, { ...facts(), timeZone: 'Asia/Shanghai' }, RECEIVED)).toMatchObject({
      measuredAt: Date.parse('2026-05-26T00:30:00Z'),
      timeSource: 'DEVICE',
      flags: [],
    });
  });
});

describe('a local time in a zone', () => {
  it.each([
    ['2026-05-26T08:30:00', 'Asia/Shanghai', '2026-05-26T00:30:00Z'],
    ['2026-05-25 08:30', 'Africa/Abidjan', '2026-05-25T08:30:00Z'],
    ['2026-01-15T08:30:00', 'Asia/Kathmandu', '2026-01-15T02:45:00Z'],
    ['2026-03-29T03:30:00', 'Europe/Paris', '2026-03-29T01:30:00Z'],
    // Shown twice when summer time ends: the first time counts.
    ['2025-10-26T02:30:00', 'Europe/Paris', '2025-10-26T00:30:00Z'],
  ])('%s in %s is %s', (sent, zone, meant) => {
    expect(judgeTime(sent, RECEIVED, zone)).toEqual({ measuredAt: Date.parse(meant), said: Date.parse(meant), flag: null });
  });
});
