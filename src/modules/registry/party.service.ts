import { Injectable } from '@nestjs/common';
import { DomainError, orRejection } from '../../core/kernel/errors.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { requireAreaCode } from '../../core/registry/area-code.js';
import { Clock } from '../../platform/clock/clock.js';
import { BlindIndex } from '../../platform/crypto/blind-index.js';
import { Sealing } from '../../platform/crypto/sealing.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdentityService } from '../identity/index.js';
import type { ResolvedParty } from './facts.js';
import { MasterDataRepository } from './master-data.repository.js';
import type { PartyInput } from './registry.input.js';

export const OUTSIDER_NAME_LENGTH_MAX = 200;
export const UNREGISTERED_COUNT_MAX = 10_000;

/** Who an input means. */
@Injectable()
export class PartyService {
  constructor(
    private readonly masterData: MasterDataRepository,
    private readonly identity: IdentityService,
    private readonly sealing: Sealing,
    private readonly blindIndex: BlindIndex,
    private readonly clock: Clock,
  ) {}

  /** The parties, in the order of the inputs; a member stands for the household. Throws NOT_FOUND, BAD_INPUT. */
  async resolve(tx: Tx, inputs: readonly PartyInput[]): Promise<ResolvedParty[]> {
    const { parties, outsiders } = await this.lookUp(tx, inputs);
    const resolved = parties.map((party, place) => {
      if (party instanceof DomainError) throw party.within(place);
      return party;
    });
    await this.keepOutsiders(tx, outsiders);
    return resolved;
  }

  /** The same without storing anything, each input with its own rejection: the caller keeps the outsiders of those that it takes. */
  async lookUp(tx: Tx, inputs: readonly PartyInput[]): Promise<Resolution> {
    const some = (pick: (input: PartyInput) => string | null | undefined): string[] => [
      ...new Set(inputs.flatMap((input) => pick(input) ?? [])),
    ];
    const memberIds = some((input) => input.memberId);
    const householdIds = some((input) => input.householdId);
    const organisationIds = some((input) => input.organisationId);
    const known: Known = {
      households: await this.masterData.knownHouseholds(tx, householdIds),
      householdOfMember: new Map((await this.masterData.members(tx, memberIds)).map((member) => [member.id, member.householdId])),
      organisations: new Set((await this.identity.organisations(organisationIds, tx)).map(({ id }) => id)),
    };
    const outsiders = new Map<string, string>();
    const parties = inputs.map((input) =>
      orRejection((): ResolvedParty => {
        if (input.householdId || input.memberId || input.organisationId) return knownParty(input, known);
        if (input.unregistered) return { party: unregistered(input.unregistered), memberId: null };
        const name = outsiderName(input.outsider ?? '');
        const id = derivedUuid('outsider', this.blindIndex.of('outsider name', name).toString('hex'));
        outsiders.set(id, name);
        return { party: { kind: 'OUTSIDER', id }, memberId: null };
      }),
    );
    return { parties, outsiders };
  }

  /** Keeps names of outsiders, sealed; `names` is by pseudonym. */
  async keepOutsiders(tx: Tx, names: ReadonlyMap<string, string>): Promise<void> {
    const outsiders = [...names].map(([id, name]) => ({ id, sealedName: this.sealing.seal(name, 'outsider name') }));
    await this.masterData.insertOutsiders(tx, outsiders, new Date(this.clock.nowMs()));
  }
}

export interface Resolution {
  /** In the order of the inputs. */
  readonly parties: readonly (ResolvedParty | DomainError)[];
  /** The names of outsiders among them, by pseudonym. */
  readonly outsiders: ReadonlyMap<string, string>;
}

interface Known {
  readonly households: ReadonlySet<string>;
  readonly householdOfMember: ReadonlyMap<string, string>;
  readonly organisations: ReadonlySet<string>;
}

function knownParty({ householdId, memberId, organisationId }: PartyInput, known: Known): ResolvedParty {
  if (householdId && known.households.has(householdId)) return { party: { kind: 'HOUSEHOLD', id: householdId }, memberId: null };
  const household = memberId ? known.householdOfMember.get(memberId) : undefined;
  if (memberId && household !== undefined) return { party: { kind: 'HOUSEHOLD', id: household }, memberId };
  if (organisationId && known.organisations.has(organisationId))
    return { party: { kind: 'ORGANISATION', id: organisationId }, memberId: null };
  throw new DomainError('NOT_FOUND', { householdId, memberId, organisationId });
}

function outsiderName(text: string): string {
  const name = text.trim();
  if (name.length === 0 || name.length > OUTSIDER_NAME_LENGTH_MAX || name.includes('\u0000')) {
    throw new DomainError('BAD_INPUT', { expected: `a name of 1 to ${OUTSIDER_NAME_LENGTH_MAX} characters` }, ['outsider']);
  }
  return name;
}

function unregistered({ count, areaCode }: { count: number; areaCode: string }): ResolvedParty['party'] {
  if (count < 1 || count > UNREGISTERED_COUNT_MAX) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${UNREGISTERED_COUNT_MAX} people`, found: count }, ['unregistered', 'count']);
  }
  return { kind: 'UNREGISTERED', id: `${requireAreaCode(areaCode, ['unregistered'])}:${count}` };
}
