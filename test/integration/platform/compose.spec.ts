import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { compose, describeWithCompose } from '../../support/compose.js';

const VARIABLES = {
  POSTGRES_PASSWORD: 'a',
  REDIS_PASSWORD: 'b',
  MOSQUITTO_PASSWORD: 'c',
  ADMIN_API_KEY: 'an administrator key for this test',
  PUBLIC_URL: 'https://trace.example.org',
};

describeWithCompose('docker-compose.yml', () => {
  it('is valid with the variables that it asks for, and no others', () => {
    expect(compose(VARIABLES, 'config', '--quiet')).toMatchObject({ status: 0 });
  });

  it('has the three services and the three roles', () => {
    const { output } = compose(VARIABLES, 'config', '--services');
    expect(output.trim().split('\n').sort()).toEqual(['api', 'ingest', 'mosquitto', 'postgres', 'redis', 'worker']);
  });

  it.each(Object.keys(VARIABLES))('has no default for %s', (name) => {
    const others = Object.fromEntries(Object.entries(VARIABLES).filter(([other]) => other !== name));
    const { status, output } = compose(others, 'config', '--quiet');
    expect(status).not.toBe(0);
    expect(output).toContain(name);
  });

  it('opens its ports to this machine alone, where nothing else is asked for', async () => {
    const published = [...(await readFile('docker-compose.yml', 'utf8')).matchAll(/^ +ports:\n +- '(.*)'$/gm)].map(([, port]) => port);
    expect(published).toHaveLength(3);
    for (const port of published) expect(port).toMatch(/^\$\{BIND:-127\.0\.0\.1\}:/);
  });
});
