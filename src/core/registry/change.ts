/**
 * What the registry's log tells of: every change is of one kind, and of one subject. The log carries no content, so that it may be told to
 * other systems: whoever hears of a change asks for what changed, with their own rights. The audience says who may hear of it at all: who
 * belongs to another cooperative, or is registered poor, is told to nobody whom it does not concern.
 */

export const SUBJECT_KINDS = ['AREA', 'FACILITY', 'PRODUCT', 'HOUSEHOLD', 'PLOT', 'AGREEMENT'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/**
 * EVERYBODY: any key. OWNER: the organisation that it concerns. COOPERATIVES: those to which the household belongs. KEEPERS: nobody but those who
 * keep the register. Beside these always who recorded it, and who oversees the area.
 */
export type Audience = 'EVERYBODY' | 'OWNER' | 'COOPERATIVES' | 'KEEPERS';

interface KindOfChange {
  readonly subject: SubjectKind;
  readonly audience: Audience;
}

export const CHANGES = {
  FACILITY: { subject: 'FACILITY', audience: 'OWNER' },
  PRODUCT: { subject: 'PRODUCT', audience: 'OWNER' },
  HOUSEHOLD: { subject: 'HOUSEHOLD', audience: 'COOPERATIVES' },
  MEMBERSHIP: { subject: 'HOUSEHOLD', audience: 'OWNER' },
  HOUSEHOLD_STATUS: { subject: 'HOUSEHOLD', audience: 'KEEPERS' },
  PLOT: { subject: 'PLOT', audience: 'COOPERATIVES' },
  AGREEMENT: { subject: 'AGREEMENT', audience: 'OWNER' },
} as const satisfies Readonly<Record<string, KindOfChange>>;

export type ChangeKind = keyof typeof CHANGES;
export const CHANGE_KINDS = Object.keys(CHANGES) as readonly ChangeKind[];

export interface RegistryChange {
  readonly kind: ChangeKind;
  /** A UUID; of an area its code. */
  readonly subjectId: string;
  /** Who recorded it. */
  readonly organisationId: string;
  /** The registered source that it came from; null: by hand. */
  readonly sourceId: string | null;
  /** The organisation that it concerns: the cooperative joined, the owner of the product. */
  readonly concernsId: string | null;
  /** The household that it concerns: its own, or the owner's of the plot. */
  readonly householdId: string | null;
  /** Where; null: nowhere in particular. */
  readonly areaCode: string | null;
}

/** Those of the kinds that this audience may hear of. */
export function kindsFor(audience: Audience): ChangeKind[] {
  return CHANGE_KINDS.filter((kind) => CHANGES[kind].audience === audience);
}

const SNAPSHOT = /^registry-(\d{1,18})$/;

/** The name of what the registry knew when the log had come to `seq`. */
export function snapshotId(seq: bigint): string {
  return `registry-${seq.toString()}`;
}

/** The reverse; null where the text names no snapshot. */
export function seqOfSnapshot(id: string): bigint | null {
  const digits = SNAPSHOT.exec(id)?.[1];
  return digits === undefined ? null : BigInt(digits);
}
