/* eslint-disable jest/no-export, jest/valid-title, jest/valid-describe-callback -- this is what specs are made with, not a spec */
/**
 * Where the reference data stands, which is read and never copied into the project. Without it a suite says so and is skipped; in CI, or with
 * CONFORMANCE_REQUIRED set, its absence is a failure, so that green never means "not run".
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from '@jest/globals';

const ROOT = resolve(process.env.CONFORMANCE_DIR ?? '../shared/conformance');

/** The absolute path of a file or folder of the reference data. */
export function conformance(path: string): string {
  return resolve(ROOT, path);
}

/** Runs the block where the reference data (what it `needs` of it) is present; else one skipped test, or a failing one where it is required. */
export function describeConformance(title: string, block: () => void, needs = '.'): void {
  if (existsSync(conformance(needs))) {
    describe(title, block);
    return;
  }
  describe(title, () => {
    if (isRequired()) {
      it('finds the conformance data', () => {
        throw new Error(`No conformance data in ${conformance(needs)}: set CONFORMANCE_DIR.`);
      });
    } else {
      // eslint-disable-next-line jest/no-disabled-tests -- the one way to show in the report that nothing ran
      it.skip('skipped: no conformance data', () => undefined);
    }
  });
}

function isRequired(): boolean {
  return [process.env.CI, process.env.CONFORMANCE_REQUIRED].some((value) => value !== undefined && !['', '0', 'false'].includes(value));
}
