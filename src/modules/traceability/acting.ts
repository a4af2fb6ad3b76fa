import { facilityPlace, organisationParty } from '../../core/epcis/place.js';
import type { PartyRef, Place } from '../../core/epcis/place.js';
import type { Instant } from '../../core/kernel/instant.js';
import { localDay } from '../../core/kernel/instant.js';
import type { Party } from '../../core/ledger/party.js';
import type { Organisation } from '../identity/index.js';

/** What a capture made: ids only, so that it can be kept and answered again. */
export interface Made {
  readonly eventId: string;
  /** In the order of the outputs. */
  readonly batchIds: readonly string[];
}

/** Who does something, when, under which client id: what every recorder needs. */
export class Acting {
  constructor(
    readonly organisation: Organisation,
    readonly captureId: string,
    readonly at: Instant,
  ) {}

  get party(): Party {
    return { kind: 'ORGANISATION', id: this.organisation.id };
  }

  get partyRef(): PartyRef {
    return organisationParty(this.organisation.id, this.organisation.gln);
  }

  /** The day on the organisation's own calendar. */
  get day(): string {
    return localDay(this.at.epochMs, this.organisation.timeZone);
  }

  get occurredAt(): Date {
    return new Date(this.at.epochMs);
  }

  /** The facility, or the organisation itself where none is named. */
  place(facility: { id: string; gln: string | null } | null): Place {
    return facility ? facilityPlace(facility.id, facility.gln) : this.partyRefAsPlace();
  }

  /** What the payments of a step share; `causeId` is the capture. */
  occasion(stepId: string): {
    captureId: string;
    stepId: string;
    payer: Party;
    at: Instant;
    causeOn: string;
    timeZone: string;
    recordedBy: string;
  } {
    const { captureId, at, party, day } = this;
    return { captureId, stepId, payer: party, at, causeOn: day, timeZone: this.organisation.timeZone, recordedBy: this.organisation.id };
  }

  private partyRefAsPlace(): Place {
    return { uri: organisationParty(this.organisation.id).uri };
  }
}
