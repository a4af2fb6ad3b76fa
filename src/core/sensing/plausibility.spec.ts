import { describe, expect, it } from '@jest/globals';
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
    expect(judgeTime(sent, RECEIVED)).toEqual({ measuredAt: Date.parse(meant), flag: null });
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
    expect(judgeTime(sent, RECEIVED)).toEqual({ measuredAt: RECEIVED, flag });
  });

  it('believes a clock that runs exactly five minutes ahead', () => {
    const ahead = RECEIVED + FUTURE_MS_MAX;
    expect(judgeTime(new Date(ahead).toISOString(), RECEIVED)).toEqual({ measuredAt: ahead, flag: null });
  });
});

describe('withDeviceFacts', () => {
  const value = (channel: string, text: string): ReadingValue => ({ channel, value: text, rawValue: text, unit: null, flags: [] });
  const message = (...values: ReadingValue[]): Message => ({
    deviceKey: 'd',
    kind: 'UPLINK',
    timeAsSent: null,
    timeSource: 'DEVICE',
    sequence: null,
    values,
    unread: [],
    payloadHash: '',
    measuredAt: RECEIVED,
    flags: ['NO_CLOCK'],
  });
  const channels = new Map([['soil_temp', { min: '-20', max: '60.0', faultValues: ['-0.1', '6550'] }]]);

  it('flags and keeps what the model cannot measure and what it sends for a failed probe', () => {
    const judged = withDeviceFacts(
      message(
        value('soil_temp', '60'),
        value('soil_temp', '60.01'),
        value('soil_temp', '-0.10'),
        value('soil_temp', '6550.0'),
        value('other', '9999'),
      ),
      { deployedFrom: null, channels },
    );
    expect(judged.values.map((each) => each.flags)).toEqual([[], ['OUT_OF_RANGE'], ['FAULT_VALUE'], ['FAULT_VALUE', 'OUT_OF_RANGE'], []]);
  });

  it('flags a message measured before the device was deployed, and keeps its other flags', () => {
    expect(withDeviceFacts(message(), { deployedFrom: RECEIVED + 1, channels }).flags).toEqual(['NO_CLOCK', 'BEFORE_DEPLOYMENT']);
    expect(withDeviceFacts(message(), { deployedFrom: RECEIVED, channels }).flags).toEqual(['NO_CLOCK']);
  });
});
