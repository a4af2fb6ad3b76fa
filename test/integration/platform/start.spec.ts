import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aKey, anOrganisation } from '../../support/builders.js';
import type { RejectedRequest } from '../../support/graphql.js';

const codeOf = async (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'ACCEPTED',
    (error: unknown) => (error as RejectedRequest).code,
  );

describe('a started platform', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('is ready when start() has returned', async () => {
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
  });

  it('lets the key of ADMIN_API_KEY register an organisation, and the manager of that one not', async () => {
    const { id } = await anOrganisation(app.admin);
    const { client: manager } = await aKey(app.admin, id, 'MANAGER');
    expect(await codeOf(anOrganisation(manager))).toBe('FORBIDDEN');
  });

  it('asks a stranger, and the bearer of a key that it does not know, for a valid key', async () => {
    expect(await codeOf(anOrganisation(app.as(null)))).toBe('UNAUTHENTICATED');
    expect(await codeOf(anOrganisation(app.as('a-key-that-nobody-has')))).toBe('UNAUTHENTICATED');
  });
});
