/**
 * Where things happen and who holds or owns them, as events name them: by GLN where one is known (a location link 414, a party link 417;
 * CBV 2.0, 8.3 and 8.4), else by a URI of the platform's own, which the standard allows and which tells nothing but an id.
 */
import { parseUuid } from '../kernel/ids.js';
import { locationLink, partyLink } from '../gs1/digital-link.js';
import type { Location } from './event.js';

/** A facility, never a plot: a plot is personal data. */
export interface Place {
  /** 13 digits. */
  readonly gln?: string;
  /** Used where there is no GLN. */
  readonly uri: string;
}

/** An organisation, never a household. */
export interface PartyRef {
  /** 13 digits: the party GLN. */
  readonly gln?: string;
  /** Used where there is no GLN. */
  readonly uri: string;
}

/** A facility by its GLN, else by `urn:uuid:{facilityId}`. Throws BAD_INPUT where facilityId is no UUID. */
export function facilityPlace(facilityId: string, gln?: string | null): Place {
  return reference(facilityId, gln);
}

/** An organisation by its GLN, else by `urn:uuid:{organisationId}`. Throws BAD_INPUT where organisationId is no UUID. */
export function organisationParty(organisationId: string, gln?: string | null): PartyRef {
  return reference(organisationId, gln);
}

/** The URI an event names the place by. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function placeUri(place: Place): string {
  return place.gln === undefined ? place.uri : locationLink(place.gln);
}

/** The URI an event names the party by. Throws GS1_KEY_INVALID, CHECK_DIGIT_WRONG. */
export function partyUri(party: PartyRef): string {
  return party.gln === undefined ? party.uri : partyLink(party.gln);
}

/** Where it was seen and, as it stays there until the next event, where it is. */
export function seenAndKeptAt(place: Place): { readPoint: Location; bizLocation: Location } {
  return { readPoint: { id: placeUri(place) }, bizLocation: { id: placeUri(place) } };
}

/** Where it was seen; it is on its way elsewhere, or in hands that no location names. */
export function seenAt(place: Place): { readPoint: Location } {
  return { readPoint: { id: placeUri(place) } };
}

/** The name does not hang on the host that the platform happens to run on: an event keeps its hash when that moves. */
function reference(id: string, gln: string | null | undefined): { gln?: string; uri: string } {
  const uri = `urn:uuid:${parseUuid(id)}`;
  return gln === null || gln === undefined ? { uri } : { gln, uri };
}
