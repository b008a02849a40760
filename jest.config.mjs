import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // Suites with commands of their own.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/synapse/',
    '<rootDir>/test/signaling/',
    '<rootDir>/test/emulate/',
    '<rootDir>/test/browser/',
  ],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // Half of what there is, since each suite runs servers and services beside it; two at least, since many of them mostly wait.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  // No promise of speed: a busy machine takes its time.
  testTimeout: 90_000,
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          // Data comes as JSON, which Node imports by its attribute alone.
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
