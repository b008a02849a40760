import { start } from './postgres.mjs';

export default function setUp() {
  return start();
}
