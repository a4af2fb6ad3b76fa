import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EpcisEvent } from './event.js';
import { linksOf } from './event-things.js';
import type { SequencedEvent } from './thing-state.js';
import { statesAfter } from './thing-state.js';

const ITEM = 'https://id.gs1.org/01/04012345111118/21/7';
const LOT = 'https://id.gs1.org/01/04012345111118/10/A';
const UNIT = 'https://id.gs1.org/00/340123451111111111';
const MILL = 'https://id.gs1.org/417/4012345000054';
const HALL = { id: 'https://id.gs1.org/414/4012345000054' };

const at = (hour: number) => ({ eventTime: `2026-05-26T${String(hour).padStart(2, '0')}:00:00.000+08:00`, eventTimeZoneOffset: '+08:00' });
const seen = (hour: number, over: object): EpcisEvent => ({
  type: 'ObjectEvent',
  ...at(hour),
  action: 'OBSERVE',
  epcList: [ITEM],
  ...over,
});
const packed = (hour: number, action: string, over: object = {}): EpcisEvent =>
  ({ type: 'AggregationEvent', ...at(hour), action, parentID: UNIT, childEPCs: [ITEM], ...over }) as EpcisEvent;
const inOrder = (events: readonly EpcisEvent[], declared: readonly number[] = []): SequencedEvent[] =>
  events.map((event, sequence) => ({ event, sequence, declared: declared.includes(sequence) }));
const after = (events: readonly EpcisEvent[], thing = ITEM, declared: readonly number[] = []) =>
  statesAfter(inOrder(events, declared)).get(thing);

const MADE = seen(1, { action: 'ADD', bizStep: 'commissioning', disposition: 'active', readPoint: HALL, bizLocation: HALL });
const SHIPPED = seen(3, { bizStep: 'cbv:BizStep-shipping', disposition: 'cbv:Disp-in_transit', readPoint: HALL });
const RECEIVED = seen(5, {
  bizStep: 'receiving',
  disposition: 'in_progress',
  bizLocation: { id: 'urn:x:mill' },
  destinationList: [{ type: 'possessing_party', destination: MILL }],
});

describe('how a thing stands', () => {
  it('is what the latest event says, whatever the spelling and the order of arrival', () => {
    expect(after([MADE])).toMatchObject({ disposition: 'active', bizLocation: HALL.id, inTransit: false, possessor: null });
    expect(after([MADE, SHIPPED])).toMatchObject({ disposition: 'in_transit', readPoint: HALL.id, bizLocation: null, inTransit: true });
    const end = { disposition: 'in_progress', bizLocation: 'urn:x:mill', possessor: MILL, inTransit: false, readPoint: HALL.id };
    fc.assert(
      fc.property(fc.shuffledSubarray([MADE, SHIPPED, RECEIVED], { minLength: 3 }), (events) => expect(after(events)).toMatchObject(end)),
    );
  });

  it('is the same for every spelling of its name', () => {
    expect(
      statesAfter(inOrder([seen(1, { epcList: ['urn:epc:id:sgtin:4012345.011111.7'], disposition: 'active' })])).get(ITEM),
    ).toMatchObject({
      disposition: 'active',
    });
  });

  it('does not hear what was declared wrong', () => {
    expect(after([MADE, SHIPPED, RECEIVED], ITEM, [1, 2])).toEqual(after([MADE]));
    expect(after([MADE, { ...SHIPPED, errorDeclaration: { declarationTime: SHIPPED.eventTime } }])).toEqual(after([MADE]));
  });

  it('keeps a persistent disposition until it is unset', () => {
    const set = seen(2, { persistentDisposition: { set: ['completeness_verified', 'cbv:Disp-conformant'] } });
    const unset = seen(4, { persistentDisposition: { unset: ['conformant'], set: ['damaged'] }, disposition: 'returned' });
    expect(after([MADE, set, SHIPPED])?.persistentDispositions).toEqual(['completeness_verified', 'conformant']);
    expect(after([MADE, set, unset])?.persistentDispositions).toEqual(['completeness_verified', 'damaged']);
  });

  it('is in its parent until it is taken out, alone or with everything', () => {
    expect(after([packed(1, 'ADD')])?.parent).toBe(UNIT);
    expect(after([packed(1, 'ADD'), packed(2, 'DELETE')])?.parent).toBeNull();
    expect(after([packed(1, 'ADD'), packed(2, 'DELETE', { childEPCs: undefined })])?.parent).toBeNull();
    expect(after([packed(1, 'ADD'), packed(2, 'DELETE', { parentID: 'urn:x:other' })])?.parent).toBe(UNIT);
    expect(
      after([packed(1, 'ADD', { childEPCs: undefined, childQuantityList: [{ epcClass: LOT, quantity: 1 }] })], LOT)?.parent,
    ).toBeNull();
  });

  it('ends with what is used up or decommissioned, and a lot does not end', () => {
    const milled = {
      type: 'TransformationEvent',
      ...at(2),
      inputEPCList: [ITEM],
      inputQuantityList: [{ epcClass: LOT, quantity: 5 }],
      outputEPCList: ['urn:x:out'],
    };
    expect(after([MADE, milled as EpcisEvent])?.ended).toBe(true);
    expect(after([MADE, milled as EpcisEvent], LOT)?.ended).toBe(false);
    expect(after([MADE, seen(2, { action: 'DELETE' })])?.ended).toBe(true);
  });
});

describe('the links of an event', () => {
  const made = (over: object): EpcisEvent => ({ type: 'TransformationEvent', ...at(1), ...over });

  it('lead from what went in to what came out, under canonical names, and not from a kind of goods', () => {
    const event = made({
      inputQuantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.011111.A' }, { epcClass: 'https://id.gs1.org/01/04012345111118' }],
      outputEPCList: ['urn:x:1', 'urn:x:2'],
    });
    expect(linksOf(event)).toEqual([
      { kind: 'MADE_INTO', from: LOT, to: 'urn:x:1' },
      { kind: 'MADE_INTO', from: LOT, to: 'urn:x:2' },
    ]);
  });

  it('of a transformation in several events meet in its name', () => {
    const parts = [
      made({ inputEPCList: ['urn:x:1'], transformationID: 'urn:x:t' }),
      made({ outputEPCList: ['urn:x:2'], transformationID: 'urn:x:t' }),
    ];
    expect(parts.flatMap(linksOf).map(({ from, to }) => [from, to])).toEqual([
      ['urn:x:1', 'urn:x:t'],
      ['urn:x:t', 'urn:x:2'],
    ]);
  });

  it('lead into the unit that was packed, and nowhere where things were only seen', () => {
    expect(linksOf(packed(1, 'ADD'))).toEqual([{ kind: 'PACKED_INTO', from: ITEM, to: UNIT }]);
    expect([linksOf(packed(1, 'DELETE')), linksOf(MADE)]).toEqual([[], []]);
  });
});
