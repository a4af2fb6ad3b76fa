/** Who knocks: one API key of one organisation, in one role, perhaps for one area. */
export const ROLES = ['ADMIN', 'MANAGER', 'CLERK', 'SHOP', 'VILLAGE_WORKER', 'SUPERVISOR', 'CHECKER', 'AUDITOR', 'PARTNER'] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  readonly keyId: string;
  readonly organisationId: string;
  readonly role: Role;
  /** Supervisors see organisations and households whose area code begins with this; null: everywhere. */
  readonly areaCode: string | null;
}

/** Roles that look across organisations; every other role sees its own. */
const OVERSEEING: ReadonlySet<Role> = new Set<Role>(['ADMIN', 'SUPERVISOR', 'CHECKER', 'AUDITOR']);

export function oversees(principal: Principal): boolean {
  return OVERSEEING.has(principal.role);
}
