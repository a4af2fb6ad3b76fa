/**
 * How things stand after a sequence of events (EPCIS 2.0, 7.3 and 7.4): each event says what holds from its time until another says otherwise. Disposition,
 * place and holder are those of the latest event that names them; a persistent disposition is set until it is unset; a thing that was packed is in its
 * parent until it is taken out. Events that were declared wrong, and the declarations, say nothing. Order is by event time, and by record where times are
 * equal, so the same record gives the same state whenever it came in.
 */
import type { EpcisEvent, Location } from './event.js';
import { bareWord } from './cbv.js';
import type { Thing } from './event-things.js';
import { thingsOf } from './event-things.js';

export interface ThingState {
  /** Bare CBV word, or a URI; null before any event said. */
  readonly disposition: string | null;
  /** Sorted. */
  readonly persistentDispositions: readonly string[];
  /** Where it was last seen. */
  readonly readPoint: string | null;
  /** Null while it is on the road: an event without business location ends where it was. */
  readonly bizLocation: string | null;
  /** The party that holds it, as the last handing over named it. */
  readonly possessor: string | null;
  readonly inTransit: boolean;
  /** What it is packed in; of instances only, because a lot may lie in many parents. */
  readonly parent: string | null;
  /** Used up or decommissioned; of instances only. */
  readonly ended: boolean;
}

export interface SequencedEvent {
  readonly event: EpcisEvent;
  /** Its place in the record. */
  readonly sequence: number;
  /** True where it was declared wrong. */
  readonly declared: boolean;
}

const NOTHING_SAID: ThingState = {
  disposition: null,
  persistentDispositions: [],
  readPoint: null,
  bizLocation: null,
  possessor: null,
  inTransit: false,
  parent: null,
  ended: false,
};

/** Canonical identity → its state after all of these events. Throws what thingsOf throws. */
export function statesAfter(events: readonly SequencedEvent[]): Map<string, ThingState> {
  const counted = events
    .filter(({ event, declared }) => !declared && !event.errorDeclaration)
    .map(({ event, sequence }) => ({ event, sequence, atMs: Date.parse(event.eventTime) }))
    .sort((a, b) => a.atMs - b.atMs || a.sequence - b.sequence);
  const states = new Map<string, ThingState>();
  for (const { event } of counted) applyEvent(states, event);
  return states;
}

/** Notes what the event says of its things; `states` are those before it. Throws what thingsOf throws. */
export function applyEvent(states: Map<string, ThingState>, event: EpcisEvent): void {
  const things = thingsOf(event);
  const parent = things.find(({ role }) => role === 'PARENT')?.identity.uri ?? null;
  for (const thing of things) {
    const { uri } = thing.identity;
    const before = states.get(uri) ?? NOTHING_SAID;
    states.set(
      uri,
      thing.role === 'INPUT' ? used(before, thing) : { ...standing(before, event), ...belonging(before, event, thing, parent) },
    );
  }
  if (isEmptied(event)) {
    for (const [uri, state] of states) if (state.parent === parent && parent !== null) states.set(uri, { ...state, parent: null });
  }
}

/** What was put in says nothing of itself any more; of a lot there may be more. */
function used(before: ThingState, { quantity, said }: Thing): ThingState {
  return quantity === null && said === null ? { ...before, parent: null, ended: true } : before;
}

function standing(before: ThingState, event: EpcisEvent): ThingState {
  const step = event.bizStep && bareWord(event.bizStep);
  const left = step === 'shipping' || step === 'departing';
  const arrived = step === 'receiving' || step === 'arriving' || step === 'accepting';
  return {
    ...before,
    disposition: event.disposition === undefined ? before.disposition : bareWord(event.disposition),
    persistentDispositions: persistentAfter(before, event),
    readPoint: idOf(event.readPoint) ?? before.readPoint,
    bizLocation: idOf(event.bizLocation),
    possessor: step === 'receiving' || step === 'accepting' ? (possessorIn(event) ?? before.possessor) : before.possessor,
    inTransit: left || (before.inTransit && !arrived),
  };
}

function belonging(before: ThingState, event: EpcisEvent, { role, said }: Thing, parent: string | null): Partial<ThingState> {
  const isInstance = said === null;
  if (!isInstance) return {};
  if (event.type === 'ObjectEvent') return event.action === 'OBSERVE' ? {} : { ended: event.action === 'DELETE' };
  const packed = event.type === 'AggregationEvent' || event.type === 'AssociationEvent';
  if (role !== 'CHILD' || !packed || parent === null) return {};
  if (event.action === 'DELETE') return { parent: before.parent === parent ? null : before.parent };
  return { parent };
}

/** Taking out without saying what takes out everything. */
function isEmptied(event: EpcisEvent): boolean {
  const packed = event.type === 'AggregationEvent' || event.type === 'AssociationEvent';
  return packed && event.action === 'DELETE' && (event.childEPCs ?? []).length + (event.childQuantityList ?? []).length === 0;
}

function persistentAfter(before: ThingState, event: EpcisEvent): readonly string[] {
  const said = 'persistentDisposition' in event ? event.persistentDisposition : undefined;
  if (!said) return before.persistentDispositions;
  const unset = new Set((said.unset ?? []).map(bareWord));
  const kept = before.persistentDispositions.filter((word) => !unset.has(word));
  return [...new Set([...kept, ...(said.set ?? []).map(bareWord)])].sort();
}

function possessorIn(event: EpcisEvent): string | null {
  return event.destinationList?.find(({ type }) => bareWord(type) === 'possessing_party')?.destination ?? null;
}

function idOf(location: Location | undefined): string | null {
  return location?.id ?? null;
}
