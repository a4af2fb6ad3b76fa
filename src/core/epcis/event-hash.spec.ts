import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EPCIS_CONTEXT, SHEAF_NAMESPACE } from './epcis-json.js';
import { eventHash, HASH_PROFILE } from './event-hash.js';

const EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-05-26T08:30:00.000+08:00',
  eventTimeZoneOffset: '+08:00',
  quantityList: [
    { epcClass: 'https://id.gs1.org/01/04012345111118/10/B', quantity: 40 },
    { epcClass: 'https://id.gs1.org/01/04012345111118/10/A', quantity: 12.5, uom: 'KGM' },
  ],
  action: 'ADD',
  bizStep: 'commissioning',
  disposition: 'active',
  readPoint: { id: 'https://sheaf.example/facilities/1' },
  'sheaf:captureId': '0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01',
  'sheaf:deliveryDigest': 'ab',
} as const;

const hashOf = (event: Readonly<Record<string, unknown>>, context: unknown = EPCIS_CONTEXT): string => eventHash(event, context).hash;

describe('the event hash', () => {
  it('writes fields in the order of the table, list members sorted, extensions last', () => {
    const { prehash, hash, profile } = eventHash(EVENT, EPCIS_CONTEXT);
    expect(prehash).toBe(
      'eventType=ObjectEventeventTime=2026-05-26T00:30:00.000ZeventTimeZoneOffset=+08:00quantityList' +
        'quantityElementepcClass=https://id.gs1.org/01/04012345111118/10/Aquantity=12.5uom=KGM' +
        'quantityElementepcClass=https://id.gs1.org/01/04012345111118/10/Bquantity=40' +
        'action=ADDbizStep=https://ref.gs1.org/cbv/BizStep-commissioningdisposition=https://ref.gs1.org/cbv/Disp-active' +
        `readPointid=https://sheaf.example/facilities/1{${SHEAF_NAMESPACE}}captureId=0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a01` +
        `{${SHEAF_NAMESPACE}}deliveryDigest=ab`,
    );
    expect(hash).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(profile).toBe(HASH_PROFILE);
  });

  it('does not depend on the order of keys and list members', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(EVENT), { minLength: Object.keys(EVENT).length }), (entries) => {
        const shuffled = { ...Object.fromEntries(entries), quantityList: [...EVENT.quantityList].reverse() };
        return hashOf(shuffled) === hashOf(EVENT);
      }),
    );
  });

  it('changes with every field that says something', () => {
    const original = hashOf(EVENT);
    const changed = Object.keys(EVENT).map((key) => hashOf(Object.fromEntries(Object.entries(EVENT).filter(([name]) => name !== key))));
    expect(new Set([original, ...changed]).size).toBe(changed.length + 1);
  });

  it('does not see who stored the event, comments, or what is empty', () => {
    const dressed = {
      ...EVENT,
      eventID: 'urn:uuid:0190a6f0-7c1e-7a40-8f52-3f2b6f6e0a02',
      recordTime: '2026-05-27T00:00:00Z',
      errorDeclaration: { declarationTime: '2026-05-28T00:00:00Z' },
      'rdfs:comment': 'weighed twice',
      epcList: [],
      bizLocation: null,
    };
    expect(hashOf(dressed)).toBe(hashOf(EVENT));
  });

  it('does not depend on the prefix, only on its namespace', () => {
    const { 'sheaf:captureId': captureId, 'sheaf:deliveryDigest': deliveryDigest, ...rest } = EVENT;
    const renamed = { ...rest, 'x:captureId': captureId, 'x:deliveryDigest': deliveryDigest };
    expect(hashOf(renamed, [{ x: SHEAF_NAMESPACE }])).toBe(hashOf(EVENT));
    expect(hashOf(renamed, [{ x: 'https://elsewhere.example/' }])).not.toBe(hashOf(EVENT));
    expect(hashOf({ ...renamed, '@context': { x: SHEAF_NAMESPACE } })).toBe(hashOf(EVENT));
    expect(hashOf({ ...rest, [`${SHEAF_NAMESPACE}captureId`]: captureId, [`${SHEAF_NAMESPACE}deliveryDigest`]: deliveryDigest })).toBe(
      hashOf(EVENT),
    );
  });

  it('is the same for URN and Digital Link, bare word and URN, 12.5 and "12.50"', () => {
    const spelled = {
      ...EVENT,
      eventTime: '2026-05-26T00:30:00Z',
      bizStep: 'urn:epcglobal:cbv:bizstep:commissioning',
      disposition: 'cbv:Disp-active',
      quantityList: [
        { epcClass: 'urn:epc:class:lgtin:4012345.011111.A', quantity: '12.50', uom: 'KGM' },
        { epcClass: 'https://shop.example/gtin/4012345111118/lot/B?17=270101', quantity: '040' },
      ],
    };
    expect(hashOf(spelled)).toBe(hashOf(EVENT));
  });

  it('keeps numbers apart that a double cannot', () => {
    const extended = (value: string): string => hashOf({ ...EVENT, 'sheaf:weight': value });
    expect(extended('9007199254740993')).not.toBe(extended('9007199254740992'));
  });

  it('leaves out the extensions it is told to, and no others', () => {
    const stored = { ...EVENT, 'sheaf:storedHash': 'x' };
    expect(hashOf(stored)).not.toBe(hashOf(EVENT));
    expect(eventHash(stored, EPCIS_CONTEXT, HASH_PROFILE, ['sheaf:storedHash']).hash).toBe(hashOf(EVENT));
  });
});
