import type { Role } from './principal.js';

/** PUBLIC needs no key; a list names the roles that may. What is not in these tables is denied, and the platform does not start. */
export type Access = 'PUBLIC' | readonly Role[];

const EVERYBODY = ['ADMIN', 'MANAGER', 'CLERK', 'SHOP', 'VILLAGE_WORKER', 'SUPERVISOR', 'CHECKER', 'AUDITOR', 'PARTNER'] as const;
const BUSINESS = ['MANAGER', 'CLERK'] as const;
const BUSINESS_AND_ADMIN = ['ADMIN', 'MANAGER', 'CLERK'] as const;
const FIELD = ['MANAGER', 'CLERK', 'VILLAGE_WORKER'] as const;
const SELLERS = ['MANAGER', 'CLERK', 'SHOP'] as const;
const RECORDERS = ['ADMIN', 'MANAGER', 'CLERK', 'SHOP', 'VILLAGE_WORKER', 'SUPERVISOR', 'CHECKER'] as const;
const OBSERVERS = ['ADMIN', 'MANAGER', 'CLERK', 'SUPERVISOR', 'CHECKER', 'AUDITOR'] as const;
/** Each sees of it what the log's audiences allow (core/registry/change.ts). */
const REGISTER_READERS = ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER', 'SUPERVISOR', 'CHECKER', 'AUDITOR'] as const;

/** GraphQL root fields. */
export const OPERATIONS: Readonly<Record<string, Access>> = {
  'Mutation.registerOrganisation': ['ADMIN'],
  'Mutation.createApiKey': ['ADMIN', 'MANAGER'],
  'Mutation.registerFacility': ['ADMIN', 'MANAGER'],
  'Mutation.registerProduct': BUSINESS_AND_ADMIN,
  'Mutation.registerHousehold': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER'],
  'Mutation.recordMembership': BUSINESS_AND_ADMIN,
  // Who is poor is said by the register's keepers, never by the one who would look better for it.
  'Mutation.recordHouseholdStatus': ['ADMIN', 'SUPERVISOR', 'VILLAGE_WORKER'],
  'Mutation.registerPlot': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER'],
  'Mutation.registerAgreement': ['MANAGER'],
  'Mutation.registerShop': ['ADMIN', 'MANAGER'],
  'Mutation.registerListing': ['MANAGER', 'SHOP'],
  'Mutation.registerDevice': ['ADMIN', 'MANAGER'],
  'Mutation.deployDevice': ['ADMIN', 'MANAGER', 'CLERK'],

  'Mutation.openSeason': FIELD,
  'Mutation.recordPlanting': FIELD,
  'Mutation.recordDelivery': FIELD,
  'Mutation.recordTransformation': BUSINESS,
  'Mutation.recordAggregation': BUSINESS,
  'Mutation.recordShipment': BUSINESS,
  'Mutation.recordReceipt': BUSINESS,
  'Mutation.recordSale': SELLERS,
  'Mutation.recordFulfilment': SELLERS,
  'Mutation.capture': ['MANAGER', 'CLERK', 'SHOP', 'VILLAGE_WORKER'],

  'Query.facilities': OBSERVERS,
  'Query.products': [...OBSERVERS, 'SHOP'],
  'Query.households': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER', 'SUPERVISOR', 'AUDITOR'],
  'Query.plots': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER', 'SUPERVISOR', 'AUDITOR'],
  'Query.registryChanges': REGISTER_READERS,
  'Subscription.registryChanges': REGISTER_READERS,

  'Query.batch': EVERYBODY,
  'Query.batches': EVERYBODY,
  'Query.event': EVERYBODY,
  'Query.trace': EVERYBODY,
  'Query.devices': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER', 'SUPERVISOR', 'AUDITOR'],
  'Query.readings': ['ADMIN', 'MANAGER', 'CLERK', 'VILLAGE_WORKER', 'SUPERVISOR', 'AUDITOR'],
  'Query.sale': [...OBSERVERS, 'SHOP'],
  'Query.sales': [...OBSERVERS, 'SHOP'],
  'Query.provenance': 'PUBLIC',
};

/** HTTP routes as Fastify spells them, beside GraphQL. HEAD goes with GET. */
export const ROUTES: Readonly<Record<string, Access>> = {
  // Each root field has its own policy.
  'GET /graphql': 'PUBLIC',
  'POST /graphql': 'PUBLIC',
  'GET /health/live': 'PUBLIC',
  'GET /health/ready': 'PUBLIC',
  'GET /': 'PUBLIC',
  'GET /01/*': 'PUBLIC',
  'GET /t/:code': 'PUBLIC',
  'GET /p/01/*': 'PUBLIC',
  'GET /qr/01/*': 'PUBLIC',
  // Everybody who records may bring evidence; who may read it is decided by the record that names it.
  'POST /files': RECORDERS,
  'GET /files/uploads/:id': RECORDERS,
  'PATCH /files/uploads/:id': RECORDERS,
  'DELETE /files/uploads/:id': RECORDERS,
  'GET /files/:id': EVERYBODY,
  // The shop's signature is the key.
  'POST /webhooks/:shopId': 'PUBLIC',
};

/**
 * MQTT topics by format: which principal may publish. Everything else is refused by the endpoint. What a gateway says for a device that is not
 * bound to it is kept in quarantine instead: a refusal closes the connection, and with it cuts off the devices that are.
 */
export const TOPICS: Readonly<Record<string, 'DEVICE_ITSELF' | 'GATEWAY_OF_DEVICE'>> = {
  'agri/v1/{deviceId}/up': 'DEVICE_ITSELF',
  'agri/v1/{deviceId}/hist': 'DEVICE_ITSELF',
  'agri/v1/{deviceId}/state': 'DEVICE_ITSELF',
  'agri/v1/{deviceId}/senml': 'DEVICE_ITSELF',
  'v1/devices/me/{kind}': 'DEVICE_ITSELF',
  'application/{applicationId}/device/{devEui}/event/{event}': 'GATEWAY_OF_DEVICE',
  'v3/{application}/devices/{deviceId}/{event}': 'GATEWAY_OF_DEVICE',
  'v1/gateway/{kind}': 'GATEWAY_OF_DEVICE',
  '{region}/gateway/{gatewayId}/event/{event}': 'GATEWAY_OF_DEVICE',
};

/** True where the role may; an operation that no table names is denied. */
export function permits(access: Access | undefined, role: Role | null): boolean {
  if (access === undefined) return false;
  if (access === 'PUBLIC') return true;
  return role !== null && access.includes(role);
}
