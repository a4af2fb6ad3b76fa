import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { decode } from '../../src/core/sensing/decode.js';
import { conformance, describeConformance } from '../support/conformance.js';

interface Sample {
  readonly event: string;
  readonly topic: string;
  readonly payload: { readonly time: string; readonly deviceInfo: { readonly devEui: string } };
}

const RECEIVED = Date.parse('2026-05-26T00:40:00Z');
const take = (topic: string, payload: unknown) => decode(topic, new TextEncoder().encode(JSON.stringify(payload)), RECEIVED);

describeConformance("events of ChirpStack v4, by its documentation's examples", () => {
  const read = () => JSON.parse(readFileSync(conformance('mqtt-payloads/chirpstack-v4-events.json'), 'utf8')) as { messages: Sample[] };
  const ups = read().messages.filter(({ event }) => event === 'up');
  const others = read().messages.filter(({ event }) => event !== 'up');

  it('has both kinds', () => {
    expect(ups.length).toBeGreaterThan(0);
    expect(others.length).toBeGreaterThan(0);
  });

  it('an up event is one message of its device at the time in the payload, its absent fCnt read as zero', () => {
    for (const { topic, payload } of ups) {
      const { messages, quarantine } = take(topic, payload);
      expect(quarantine).toBeNull();
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        deviceKey: payload.deviceInfo.devEui,
        measuredAt: Date.parse(payload.time.replace(/(\.\d{3})\d*/, '$1')),
        timeAsSent: payload.time,
        timeSource: 'GATEWAY',
        sequence: 0n,
        flags: [],
      });
    }
  });

  it('an up event whose codec gave an object carries its numbers', () => {
    for (const { topic, payload } of ups) {
      const { messages } = take(topic, { ...payload, fCnt: 7, object: { water: { soil: 33.7 }, temp: '28.0' } });
      expect(messages[0]?.sequence).toBe(7n);
      expect(messages[0]?.values.map(({ channel, value }) => [channel, value])).toEqual([
        ['water.soil', '33.7'],
        ['temp', '28.0'],
      ]);
    }
  });

  it.each(others)('an event $event makes no reading', ({ topic, payload }) => {
    expect(take(topic, payload)).toEqual({ messages: [], quarantine: null, ignored: 'NETWORK_EVENT' });
  });
});
