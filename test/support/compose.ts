/* eslint-disable jest/no-export, jest/valid-title, jest/valid-describe-callback -- this is what specs are made with, not a spec */
import { spawnSync } from 'node:child_process';
import { describe, it } from '@jest/globals';

/** The plug-in of Docker, or the program that Debian packs. */
const SPELLINGS = [['docker', 'compose'], ['docker-compose']] as const;

const spelling = SPELLINGS.find(([file, ...args]) => spawnSync(file, [...args, 'version']).status === 0) ?? null;

export interface ComposeAnswer {
  readonly status: number | null;
  readonly output: string;
}

/** Runs docker compose on the project's file with these variables and no others. */
export function compose(variables: Readonly<Record<string, string>>, ...args: string[]): ComposeAnswer {
  const [file, ...first] = spelling ?? ['docker', 'compose'];
  const { HOME, PATH } = process.env;
  const { status, stdout, stderr } = spawnSync(file, [...first, '--file', 'docker-compose.yml', ...args], {
    encoding: 'utf8',
    env: { HOME, PATH, COMPOSE_PROJECT_NAME: 'sheaf', ...variables },
  });
  return { status, output: `${stdout}${stderr}` };
}

/** Runs the block where docker compose is found; else one skipped test, or in CI a failing one, so that green never means "not run". */
export function describeWithCompose(title: string, block: () => void): void {
  if (spelling !== null) {
    describe(title, block);
    return;
  }
  describe(title, () => {
    if (!['', '0', 'false'].includes(process.env['CI'] ?? '')) {
      it('finds docker compose', () => {
        throw new Error('No docker compose: install it (apt-get install docker-compose).');
      });
    } else {
      // eslint-disable-next-line jest/no-disabled-tests -- the one way to show in the report that nothing ran
      it.skip('skipped: no docker compose', () => undefined);
    }
  });
}
