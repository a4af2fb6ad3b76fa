/**
 * Who pays and who is paid (income.md, 1): a household, an organisation, an outsider by name, day labourers in no register, or nobody knows
 * (the far side of goods of unknown origin). The books know parties by kind and a pseudonym only.
 */

export type PartyKind = 'HOUSEHOLD' | 'ORGANISATION' | 'OUTSIDER' | 'UNREGISTERED' | 'UNKNOWN';

export interface Party {
  readonly kind: PartyKind;
  /** A pseudonym, unique within its kind; never a name. */
  readonly id: string;
}

/** One string for one party, fit as a key of maps and as a stable tie-breaker. */
export function partyKey(party: Party): string {
  return `${party.kind}:${party.id}`;
}
