import { parseEnvironment } from '../src/platform/config/environment.js';
import { start } from '../src/main.js';
import type { Captured } from '../src/modules/traceability/index.js';
import { CaptureService } from '../src/modules/traceability/index.js';

const EVENT_ID = `ni:///sha-256;${'0'.repeat(64)}?ver=CBV2.0`;

/**
 * The platform with one thing changed: to record something takes no time, because nothing is recorded. HTTP, GraphQL, keys, policy, the types of
 * the inputs and of the answers are the same, so what this server does in a second is the most that the real one could.
 */
const running = await start(parseEnvironment(process.env));
const captures = running.app.get(CaptureService, { strict: false });
captures.capture = (principal, { input: { id } }): Promise<Captured> => Promise.resolve(answer(principal.organisationId, id));

function answer(organisationId: string, id: string): Captured {
  const now = new Date();
  const event = {
    id: EVENT_ID,
    captureId: id,
    kind: 'DELIVERY',
    type: 'ObjectEvent',
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'active',
    eventTimeMs: now.getTime(),
    eventOffsetMinutes: 0,
    organisationId,
    facilityId: null,
    hashProfile: '',
    prehash: '',
    epcis: {},
    recordedAt: now,
  };
  const batch = {
    id,
    productId: id,
    gtin: '',
    lot: 'EMPTY',
    digitalLink: '',
    shortCode: '',
    organisationId,
    createdAt: now,
    drawnFromAt: null,
  };
  return { id, replayed: false, eventId: event.id, batchIds: [batch.id], fresh: { event, batch } };
}

process.on('SIGINT', () => void running.stop().then(() => process.exit(0)));
process.stdout.write(`  GraphQL        ${running.url}/graphql\n  Administrator  (given)\n`);
