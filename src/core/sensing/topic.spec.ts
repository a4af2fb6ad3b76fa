import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aliasKey, commandTopic, DEVICE_ID_LENGTH_MAX, isAlias, isDeviceId, parseTopic, TOPIC_FILTERS, validDeviceId } from './topic.js';

describe('parseTopic', () => {
  it('reads an event of The Things Stack v3, with its tenant or without', () => {
    for (const application of ['app1@tenant1', 'app1']) {
      for (const event of ['up', 'join', 'down/ack']) {
        expect(parseTopic(`v3/${application}/devices/dev1/${event}`)).toEqual({ format: 'THE_THINGS_STACK_V3', deviceId: 'dev1', event });
      }
    }
  });

  it.each([
    ['v1/devices/me/telemetry', 'DEVICE', 'TELEMETRY'],
    ['v1/devices/me/attributes', 'DEVICE', 'ATTRIBUTES'],
    ['v1/devices/me/attributes/request/1', 'DEVICE', 'OTHER'],
    ['v1/devices/me/rpc/request/7', 'DEVICE', 'OTHER'],
    ['v1/gateway/telemetry', 'GATEWAY', 'TELEMETRY'],
    ['v1/gateway/connect', 'GATEWAY', 'OTHER'],
    ['/provision/request', 'DEVICE', 'OTHER'],
  ])("reads ThingsBoard's %s", (topic, of, kind) => {
    expect(parseTopic(topic)).toEqual({ format: 'THINGSBOARD', of, kind });
  });

  it.each(['eu868/gateway/0016c001f153a14c/event/stats', 'gateway/0016c001f153a14c/event/up', 'esphome/discover/esp32-test'])(
    'knows %s to be about the network',
    (topic) => expect(parseTopic(topic)).toEqual({ format: 'NETWORK' }),
  );

  it.each(['up', 'hist', 'state', 'senml'])('reads the native topic %s', (kind) => {
    expect(parseTopic(`agri/v1/probe-7/${kind}`)).toEqual({ format: 'NATIVE', deviceId: 'probe-7', kind });
  });

  it('reads an event of ChirpStack v4, its DevEUI in lower case', () => {
    expect(parseTopic('application/17c82e96-be03-4f38-aef3-f83d48582d97/device/A84041000181C061/event/up')).toEqual({
      format: 'CHIRPSTACK_V4',
      applicationId: '17c82e96-be03-4f38-aef3-f83d48582d97',
      devEui: 'a84041000181c061',
      event: 'up',
    });
  });

  it.each([
    '',
    'agri/v1/probe-7/cmd',
    'agri/v1/probe-7',
    'agri/v1//up',
    'agri/v1/a/b/up',
    'agri/v2/probe-7/up',
    'agri/v1/+/up',
    'agri/v1/#',
    'agri/v1/probe 7/up',
    'agri/v1/probe\u00007/up',
    '/agri/v1/probe-7/up',
    '$SYS/broker/uptime',
    'application/1/device/0101/event/up',
    'application/1/device/0101010101010101/command/down',
    'application/a b/device/0101010101010101/event/up',
    `agri/v1/${'a'.repeat(300)}/up`,
  ])('knows no decoder for %j', (topic) => {
    expect(parseTopic(topic)).toBeNull();
  });
});

describe('aliases', () => {
  it.each(['A84041000181C061', '869951041234567', 'Device A', '/dtu/soil/7', 'urn:dev:ow:10e2073a01080063', '2001:db8::2'])(
    'take %s',
    (alias) => expect(isAlias(alias)).toBe(true),
  );

  it.each(['', 'a+b', 'a/#', ' a', 'a ', 'a\u0000b', 'x'.repeat(129)])('refuse %j', (alias) => expect(isAlias(alias)).toBe(false));

  it('keep a DevEUI in lower case and anything else as it is', () => {
    expect([aliasKey('A84041000181C061'), aliasKey('Device A')]).toEqual(['a84041000181c061', 'Device A']);
  });
});

describe('validDeviceId', () => {
  it.each(['probe-7', '869951041234567', 'A84041000181C061', '探头七号', 'field.3_left:2'])('takes %s', (id) => {
    expect(validDeviceId(id)).toBe(id);
  });

  it.each([
    '',
    '+',
    'a+b',
    'a#',
    'a/b',
    'a b',
    'a\tb',
    'a\u0000b',
    'a\u00a0b',
    'a\u200bb',
    '\ud800',
    'a\n',
    'x'.repeat(DEVICE_ID_LENGTH_MAX + 1),
  ])('refuses %j', (id) => {
    expect(() => validDeviceId(id)).toThrow(expect.objectContaining({ code: 'DEVICE_ID_INVALID' }));
  });

  it('takes only ids that a topic gives back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (id) => {
        fc.pre(isDeviceId(id));
        expect(parseTopic(`agri/v1/${id}/up`)).toEqual({ format: 'NATIVE', deviceId: id, kind: 'up' });
        expect(commandTopic(id).split('/')).toHaveLength(4);
      }),
    );
  });
});

describe('TOPIC_FILTERS', () => {
  it('let through what parseTopic knows, and nothing that devices are told', () => {
    const passes = (topic: string): boolean =>
      TOPIC_FILTERS.some((filter) => new RegExp(`^${filter.replaceAll('+', '[^/]+')}$`).test(topic));
    const known = [
      'agri/v1/probe-7/up',
      'agri/v1/probe-7/hist',
      'agri/v1/probe-7/state',
      'application/a-1/device/a84041000181c061/event/up',
    ];
    for (const topic of known) expect([topic, passes(topic), parseTopic(topic) !== null]).toEqual([topic, true, true]);
    expect(passes(commandTopic('probe-7'))).toBe(false);
  });
});
