import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import type { Tx } from '../../platform/database/tx.js';
import type { Organisation } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { PaymentService, STEP_PAYMENTS_MAX } from '../ledger/index.js';
import type { FacilityFacts, PartyInput, ProductFacts, ResolvedParty } from '../registry/index.js';
import { PartyService, RegistryService } from '../registry/index.js';
import type { RecordDeliveryInput } from './delivery.input.js';
import type { Season } from './season.repository.js';
import { SeasonService } from './season.service.js';

/** One delivery of a group, and for whom it is recorded. */
export interface AskedDelivery {
  readonly organisationId: string;
  readonly input: RecordDeliveryInput;
  /** The input's canonical JSON. */
  readonly canonical: string;
}

/** What the inputs of a group name, as far as it is there. */
export interface Named {
  readonly organisations: ReadonlyMap<string, Organisation>;
  readonly facilities: ReadonlyMap<string, FacilityFacts>;
  readonly seasons: ReadonlyMap<string, Season>;
  readonly plotIds: ReadonlySet<string>;
  /** Names of outsiders by pseudonym, not kept yet. */
  readonly outsiders: ReadonlyMap<string, string>;
  /** Of the payment ids that clients chose, those that are taken. */
  readonly takenPaymentIds: ReadonlySet<string>;
  /** In the order of the group. */
  readonly each: readonly NamedByOne[];
}

export interface NamedByOne {
  readonly product: ProductFacts | DomainError;
  readonly grower: ResolvedParty | DomainError;
  readonly collectedBy: ResolvedParty | DomainError | null;
  /** Who shares in the payment, in the order of the terms. */
  readonly payees: readonly (ResolvedParty | DomainError)[];
}

/** Looks up what a group of deliveries names: each kind of thing once, for all of them. */
@Injectable()
export class DeliveryLookup {
  constructor(
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly parties: PartyService,
    private readonly seasons: SeasonService,
    private readonly payments: PaymentService,
  ) {}

  async of(tx: Tx, asked: readonly AskedDelivery[]): Promise<Named> {
    const inputs = asked.map(({ input }) => input);
    const products = await this.registry.findProducts(
      tx,
      asked.map(({ input, organisationId }) => ({ ref: input.product, organisationId })),
    );
    const organisations = await this.identity.organisations(
      asked.map(({ organisationId }) => organisationId),
      tx,
    );
    const facilities = await this.registry.facilities(
      some(inputs, (input) => input.facilityId),
      tx,
    );
    const plots = await this.registry.plots(
      some(inputs, (input) => input.plotId),
      tx,
    );
    const people = inputs.map(peopleOf);
    const found = await this.parties.lookUp(tx, people.flat());
    let place = 0;
    const each = people.map((named, i): NamedByOne => {
      const own = found.parties.slice(place, place + named.length);
      place += named.length;
      const [grower, ...others] = own;
      const collectedBy = inputs[i]?.collectedBy ? (others.shift() ?? null) : null;
      const product = products[i] ?? new DomainError('NOT_FOUND');
      return { product, grower: grower ?? new DomainError('NOT_FOUND'), collectedBy, payees: others };
    });
    return {
      organisations: new Map(organisations.map((organisation) => [organisation.id, organisation])),
      facilities: new Map(facilities.map((facility) => [facility.id, facility])),
      seasons: await this.seasons.seasons(
        tx,
        some(inputs, (input) => input.seasonId),
      ),
      plotIds: new Set(plots.map((plot) => plot.id)),
      outsiders: found.outsiders,
      takenPaymentIds: await this.payments.known(tx, inputs.flatMap(chosenPaymentIds)),
      each,
    };
  }
}

function some(inputs: readonly RecordDeliveryInput[], pick: (input: RecordDeliveryInput) => string | null | undefined): string[] {
  return inputs.flatMap((input) => pick(input) ?? []);
}

/** Grower, collector, payees. More payees than may be are not looked up: the delivery is refused for their number. */
function peopleOf({ grower, collectedBy, payment }: RecordDeliveryInput): PartyInput[] {
  const payees = payment?.payees ?? [];
  const asked = payees.length > STEP_PAYMENTS_MAX ? [] : payees;
  return [grower, ...(collectedBy ? [collectedBy] : []), ...asked.map(({ payee }) => payee)];
}

function chosenPaymentIds({ payment }: RecordDeliveryInput): string[] {
  return [payment, ...(payment?.payees ?? [])].flatMap((chosen) => chosen?.id ?? []);
}
