/* eslint-disable jest/no-export, jest/valid-title, jest/valid-describe-callback -- this is what specs are made with, not a spec */
import { existsSync } from 'node:fs';
import { describe, it } from '@jest/globals';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;

/** A browser that speaks to nobody but the test. */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** CHROMIUM_PATH, or where Debian and others put it; null where there is none. */
export function chromiumPath(): string | null {
  return [process.env['CHROMIUM_PATH'], ...PATHS].find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

/** Runs the block where a Chromium is found; else one skipped test, or in CI a failing one, so that green never means "not run". */
export function describeInBrowser(title: string, block: () => void): void {
  if (chromiumPath() !== null) {
    describe(title, block);
    return;
  }
  describe(title, () => {
    if (!['', '0', 'false'].includes(process.env['CI'] ?? '')) {
      it('finds Chromium', () => {
        throw new Error(`No Chromium: install it (apt-get install chromium), or set CHROMIUM_PATH.`);
      });
    } else {
      // eslint-disable-next-line jest/no-disabled-tests -- the one way to show in the report that nothing ran
      it.skip('skipped: no Chromium', () => undefined);
    }
  });
}
