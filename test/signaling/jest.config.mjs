import { fileURLToPath } from 'node:url';
import project from '../../jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...project,
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  roots: ['<rootDir>/test/signaling'],
  testPathIgnorePatterns: ['/node_modules/'],
};
