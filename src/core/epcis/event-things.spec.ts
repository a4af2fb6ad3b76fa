import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { digitalLink } from '../gs1/digital-link.js';
import { ExactNumber } from '../kernel/exact-json.js';
import type { Quantity } from '../kernel/quantity.js';
import { bareWord } from './cbv.js';
import type { EpcisEvent } from './event.js';
import { quantityOf, thingsOf } from './event-things.js';
import { quantityElement } from './goods.js';

const WHEN = { eventTime: '2026-05-26T08:30:00.000+08:00', eventTimeZoneOffset: '+08:00' };
const LOT = digitalLink({ gtin: '4012345111118', lot: 'A' });

describe('what an event is of', () => {
  it('is one list, whatever the type of the event', () => {
    const packed: EpcisEvent = {
      type: 'AggregationEvent',
      ...WHEN,
      action: 'ADD',
      parentID: 'urn:epc:id:sscc:4012345.3111111111',
      childEPCs: ['urn:epc:id:sgtin:4012345.011111.7'],
      childQuantityList: [
        { epcClass: 'urn:epc:class:lgtin:4012345.011111.A', quantity: new ExactNumber('12.50'), uom: 'KGM' },
        { epcClass: LOT },
      ],
    };
    expect(thingsOf(packed).map(({ role, identity, quantity, said }) => [role, identity.uri, quantity, said])).toEqual([
      ['PARENT', 'https://id.gs1.org/00/340123451111111111', null, null],
      ['CHILD', 'https://id.gs1.org/01/04012345111118/21/7', null, null],
      ['CHILD', LOT, { dimension: 'MASS', amount: 12_500_000n }, { value: '12.50', unit: 'KGM' }],
      ['CHILD', LOT, null, null],
    ]);
    const made: EpcisEvent = {
      type: 'TransformationEvent',
      ...WHEN,
      inputEPCList: ['urn:x:1'],
      outputQuantityList: [{ epcClass: LOT, quantity: 40 }],
    };
    expect(thingsOf(made).map(({ role, said }) => [role, said])).toEqual([
      ['INPUT', null],
      ['OUTPUT', { value: '40', unit: 'H87' }],
    ]);
  });

  it('says where the wrong number is', () => {
    const seen = (change: object): EpcisEvent => ({ type: 'ObjectEvent', ...WHEN, action: 'OBSERVE', ...change });
    const wrong = (code: string, ...path: string[]): unknown => expect.objectContaining({ code, path });
    expect(() => thingsOf(seen({ epcList: ['urn:x:1', 'https://a.example/01/04012345111119/21/1'] }))).toThrow(
      wrong('CHECK_DIGIT_WRONG', 'epcList', '1'),
    );
    const elements = (quantity: number, uom: string): object => ({ quantityList: [{ epcClass: LOT, quantity, uom }] });
    expect(() => thingsOf(seen(elements(1, 'XYZ')))).toThrow(wrong('UNIT_UNKNOWN', 'quantityList', '0', 'quantity'));
    expect(() => thingsOf(seen(elements(1e300, 'KGM')))).toThrow(wrong('QUANTITY_OUT_OF_RANGE', 'quantityList', '0', 'quantity'));
    expect(thingsOf(seen({ epcList: ['https://a.example/8003/030013450007718765'] }))).toHaveLength(1);
  });

  it('is as much as was written', () => {
    const dimension = fc.constantFrom('MASS' as const, 'VOLUME' as const, 'COUNT' as const);
    fc.assert(
      fc.property(dimension, fc.bigInt(1n, 9_000_000_000_000_000n), (of, amount) => {
        const quantity: Quantity = { dimension: of, amount };
        expect(quantityOf(quantityElement({ epcClass: LOT, quantity }))).toEqual(quantity);
      }),
    );
  });
});

describe('a word', () => {
  it.each([
    ['shipping', 'shipping'],
    ['cbv:BizStep-shipping', 'shipping'],
    ['https://ref.gs1.org/cbv/Disp-in_transit', 'in_transit'],
    ['urn:epcglobal:cbv:btt:po', 'po'],
    ['gs1:Temperature', 'Temperature'],
    ['https://own.example/cbv/BizStep-shipping', 'https://own.example/cbv/BizStep-shipping'],
  ])('%s is %s', (term, word) => expect(bareWord(term)).toBe(word));
});
