import type { Principal, Role } from '../identity/index.js';

/** Who keeps the register: a cooperative does not say that its own suppliers are poor. */
const REGISTER_KEEPERS: ReadonlySet<Role> = new Set<Role>(['ADMIN', 'SUPERVISOR', 'VILLAGE_WORKER']);

export function keepsRegister(principal: Principal): boolean {
  return REGISTER_KEEPERS.has(principal.role);
}
