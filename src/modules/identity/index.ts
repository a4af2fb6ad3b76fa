export { IdentityModule } from './identity.module.js';
export { checkName, IdentityService } from './identity.service.js';
export { OrganisationModel } from './identity.model.js';
export type { Organisation } from './organisation.entity.js';
export { doorsWithoutPolicy, refuseDoorsWithoutPolicy } from './doors.guard.js';
export { By } from './policy.guard.js';
export { OPERATIONS, permits, ROUTES, TOPICS } from './policy.js';
export type { Principal, Role } from './principal.js';
export { oversees } from './principal.js';
