// Three heights: unit tests stand beside the rule they test, everything that needs a service stands under test/, the tidy test is a check.
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
};

const suite = (displayName, extra = {}) => ({
  ...common,
  displayName,
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: [`<rootDir>/test/${displayName}/**/*.spec.ts`],
  ...extra,
});

// Started once, and only when a file of these projects is to run.
const withPostgres = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  maxWorkers: 2,
  // Starting an application, and on a busy machine cloning a database, takes longer than a rule.
  testTimeout: 30_000,
  projects: [
    suite('unit', { roots: ['<rootDir>/src'], testMatch: ['<rootDir>/src/**/*.spec.ts'] }),
    suite('tidy', { testMatch: ['<rootDir>/test/tidy.spec.ts'] }),
    suite('conformance'),
    suite('integration', withPostgres),
    suite('e2e', withPostgres),
    suite('browser', withPostgres),
  ],
};
