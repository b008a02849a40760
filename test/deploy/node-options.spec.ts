import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { execForm, stagesOf } from './dockerfile.js';

/** As a script sees them, which no build takes in. */
const printed = execFileSync(process.execPath, [
  '--input-type=module',
  '--eval',
  "import { nodeOptions } from './scripts/node-options.mjs'; console.log(JSON.stringify(nodeOptions));",
]);
const options = JSON.parse(printed.toString()) as readonly string[];

describe("options of the service's Node", () => {
  it('are such as this Node takes', () => {
    expect(execFileSync(process.execPath, [...options, '--print', '1']).toString()).toBe('1\n');
  });

  it('are the same in the container and in the unit', () => {
    const last = stagesOf(readFileSync('Dockerfile', 'utf8')).at(-1)!;
    const entry = last.instructions.find(({ word }) => word === 'ENTRYPOINT')!;
    const [, unit] = /^ExecStart=\/usr\/bin\/(.*)$/m.exec(readFileSync('deploy/crosstalk.service', 'utf8'))!;
    const words = ['node', ...options, 'dist/main.js'];
    expect([execForm(entry.rest), unit!.split(' ')]).toEqual([words, words]);
  });
});
