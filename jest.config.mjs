/** Unit and contract tests run the sources; tests in test/e2e run the built program. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'es6' },
      },
    ],
  },
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  coverageProvider: 'v8',
  // Jest leaves a core to itself, which tests that wait for servers do not need: of two, that would be half.
  maxWorkers: '100%',
  // Of a test that hangs: what it waits for has limits of its own.
  testTimeout: 240_000,
};
