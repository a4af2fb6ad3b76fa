import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '../kernel/instant.js';
import { declaresErrorOf, errorDeclarationOf } from './error-declaration.js';
import type { RecordedEvent } from './error-declaration.js';
import type { ObjectEvent } from './event.js';

const EVENT: ObjectEvent = {
  type: 'ObjectEvent',
  eventTime: '2026-05-26T08:30:00.000+08:00',
  eventTimeZoneOffset: '+08:00',
  eventID: 'ni:///sha-256;00?ver=CBV2.0',
  epcList: ['urn:epc:id:sgtin:4012345.011111.7'],
  action: 'ADD',
};
const AT = parseInstant('2026-05-27T09:00:00+08:00');
const recorded = (over: Partial<RecordedEvent> = {}): RecordedEvent => ({
  event: EVENT,
  organisationId: 'cooperative',
  recordedAtMs: AT.epochMs - 1,
  declared: false,
  ...over,
});
const facts = { organisationId: 'cooperative', at: AT };
const failing = (code: string, ...path: string[]): unknown => expect.objectContaining({ code, path });

describe('a declaration of error', () => {
  it('is the event once more, with time, reason and what says it right', () => {
    const corrective = 'ni:///sha-256;11?ver=CBV2.0';
    const declaration = errorDeclarationOf(recorded(), { ...facts, reason: 'incorrect_data', correctiveEventIds: [corrective] });
    expect(declaration).toEqual({
      ...EVENT,
      errorDeclaration: { declarationTime: '2026-05-27T09:00:00.000+08:00', reason: 'incorrect_data', correctiveEventIDs: [corrective] },
    });
    expect(errorDeclarationOf(recorded(), facts)).toEqual({
      ...EVENT,
      errorDeclaration: { declarationTime: '2026-05-27T09:00:00.000+08:00' },
    });
    expect(declaresErrorOf(declaration, EVENT)).toBe(true);
  });

  it('declares that event and no other', () => {
    const declaration = errorDeclarationOf(recorded(), facts);
    expect(declaresErrorOf(declaration, { ...EVENT, action: 'DELETE' })).toBe(false);
    expect(declaresErrorOf(declaration, { ...EVENT, eventID: 'urn:x:other' })).toBe(false);
    expect(declaresErrorOf(EVENT, EVENT)).toBe(false);
    const spelled: ObjectEvent = { ...EVENT, epcList: ['https://a.example/01/04012345111118/21/7'] };
    expect(declaresErrorOf(errorDeclarationOf(recorded({ event: spelled }), facts), EVENT)).toBe(true);
  });

  it.each([
    ['the event is somebody else’s', recorded({ organisationId: 'mill' }), facts, failing('FORBIDDEN')],
    ['it was declared wrong before', recorded({ declared: true }), facts, failing('ERROR_DECLARED')],
    ['it is a declaration', recorded({ event: errorDeclarationOf(recorded(), facts) }), facts, failing('BAD_INPUT')],
    ['it was not recorded yet', recorded({ recordedAtMs: AT.epochMs + 1 }), facts, failing('DATES_OUT_OF_ORDER')],
    [
      'it would correct itself',
      recorded(),
      { ...facts, correctiveEventIds: ['urn:x:1', EVENT.eventID ?? ''] },
      failing('BAD_INPUT', 'correctiveEventIds', '1'),
    ],
    [
      'a correction is named twice',
      recorded(),
      { ...facts, correctiveEventIds: ['urn:x:1', 'urn:x:1'] },
      failing('BAD_INPUT', 'correctiveEventIds', '1'),
    ],
    [
      'too many are named',
      recorded(),
      { ...facts, correctiveEventIds: Array.from({ length: 101 }, (_, i) => `urn:x:${i}`) },
      failing('TOO_MANY_ITEMS', 'correctiveEventIds'),
    ],
  ])('is refused where %s', (_, event, said, failure) => expect(() => errorDeclarationOf(event, said)).toThrow(failure));
});
