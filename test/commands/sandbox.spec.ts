import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sandboxCommand } from '../../src/commands/sandbox.js';
import { readArguments } from '../../src/sandbox/arguments.js';

const program = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

describe('crosstalk sandbox', () => {
  it('hands on what the sandbox understands, and nothing else', () => {
    const values: Readonly<Record<string, string>> = { only: 'talk', 'talk-version': '23' };
    for (const name of Object.keys(sandboxCommand.options)) {
      const only = name === 'only' ? [] : ['--only', 'talk'];
      expect(() => readArguments([...only, `--${name}`, values[name] ?? '8090'])).not.toThrow();
      expect(sandboxCommand.usage).toContain(`--${name} `);
    }
  });

  it('--only talk with --peer-port and --talk-version 23 runs two servers that federate and pin messages', async () => {
    const words = ['--only', 'talk', '--talk-port', '0', '--peer-port', '0', '--talk-version', '23'];
    const child = spawn(process.execPath, [program, 'sandbox', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    try {
      const urls = await addressesIn(child.stdout);
      expect(urls).toHaveLength(2);
      const [home, peer] = await Promise.all(urls.map(spreedAt));
      expect(home?.features).toEqual(expect.arrayContaining(['pinned-messages', 'scheduled-messages']));
      expect(home?.config.federation).toMatchObject({ enabled: true });
      expect(peer?.features).toEqual(expect.arrayContaining(['pinned-messages', 'scheduled-messages']));
    } finally {
      child.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  }, 60_000);
});

/** The addresses in the first line that has any. */
async function addressesIn(output: AsyncIterable<Buffer>): Promise<string[]> {
  let text = '';
  for await (const chunk of output) {
    text += chunk.toString('utf8');
    const found = text.includes('\n') ? (text.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []) : [];
    if (found.length > 0) return found;
  }
  throw new Error(`it ended with ${text}`);
}

interface Spreed {
  readonly features: readonly string[];
  readonly config: { readonly federation: object };
}

async function spreedAt(url: string): Promise<Spreed> {
  const headers = {
    authorization: `Basic ${Buffer.from('admin:pw-admin-12345678').toString('base64')}`,
    'ocs-apirequest': 'true',
    accept: 'application/json',
  };
  const answer = await fetch(`${url}/ocs/v2.php/cloud/capabilities`, { headers });
  const { ocs } = (await answer.json()) as { ocs: { data: { capabilities: { spreed: Spreed } } } };
  return ocs.data.capabilities.spreed;
}
