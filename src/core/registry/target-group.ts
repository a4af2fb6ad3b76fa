/**
 * Who counts as poor is a policy over register entries, not a property of people (income.md, 1): the default takes households that are
 * registered or have returned to the register, another that is shipped adds those under monitoring. A household without any entry on the
 * day is neither in nor out: it counts in the high end of an interval only.
 */

export const HOUSEHOLD_STATUS_KINDS = ['NOT_REGISTERED', 'REGISTERED', 'EXITED', 'MONITORED', 'RETURNED'] as const;
export type HouseholdStatusKind = (typeof HOUSEHOLD_STATUS_KINDS)[number];

export interface TargetGroup {
  readonly id: string;
  readonly kinds: readonly HouseholdStatusKind[];
}

export const TARGET_GROUP_DEFAULT = 'registered-or-returned/1';

export const TARGET_GROUPS: readonly TargetGroup[] = [
  { id: TARGET_GROUP_DEFAULT, kinds: ['REGISTERED', 'RETURNED'] },
  { id: 'registered-returned-or-monitored/1', kinds: ['REGISTERED', 'RETURNED', 'MONITORED'] },
];

export type Verdict = 'IN' | 'OUT' | 'UNKNOWN';

/** How the policy judges the entry that holds on the day; null: none does. */
export function verdict(entry: { readonly kind: HouseholdStatusKind } | null, group: TargetGroup): Verdict {
  if (entry === null) return 'UNKNOWN';
  return group.kinds.includes(entry.kind) ? 'IN' : 'OUT';
}
