import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execForm, stagesOf } from './dockerfile.js';

const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
const last = stages.at(-1)!;

/** What the last of these instructions says: it is the one that counts. */
function said(word: string): string {
  const found = last.instructions.filter((instruction) => instruction.word === word).at(-1);
  if (found === undefined) throw new Error(`the last stage has no ${word}`);
  return found.rest;
}

const health = said('HEALTHCHECK');

describe('stagesOf', () => {
  it('reads stages, comments within and instructions over several lines', () => {
    expect(stagesOf('# about\nFROM a AS b\nRUN one \\\n  # why\n  && two\n\nFROM c\nUSER x\n')).toEqual([
      { image: 'a', name: 'b', instructions: [{ word: 'RUN', rest: 'one    && two' }] },
      { image: 'c', name: undefined, instructions: [{ word: 'USER', rest: 'x' }] },
    ]);
  });
});

describe('the image', () => {
  it('is built in several stages on Debian, all with the same Node', () => {
    expect(stages.length).toBeGreaterThan(1);
    for (const { image } of stages) expect(image).toMatch(/^node:\d+-(bookworm|trixie)-slim$/);
    expect(new Set(stages.map(({ image }) => image)).size).toBe(1);
  });

  it('has a Node that the program takes', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const least = Number(/\d+/.exec(engines.node)![0]);
    expect(Number(/\d+/.exec(last.image)![0])).toBeGreaterThanOrEqual(least);
  });

  it('runs as a user that is not root, by number', () => {
    expect(said('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('starts one process, without a shell between it and the signals', () => {
    expect(execForm(said('ENTRYPOINT'))).toMatchObject({ 0: 'node', length: 3, 2: 'dist/main.js' });
    expect(last.instructions.map(({ word }) => word)).not.toContain('CMD');
    expect(said('STOPSIGNAL')).toBe('SIGTERM');
  });

  it('installs nothing in its last stage, and takes the installers out of it', () => {
    const runs = last.instructions.filter(({ word }) => word === 'RUN').map(({ rest }) => rest);
    expect(runs.join('\n')).not.toMatch(/\b(npm|npx|yarn|apt|apt-get|curl|wget|make|gcc|g\+\+|python3?)\s+[a-z-]/);
    expect(runs.find((run) => run.startsWith('rm -rf'))).toMatch(
      /\/usr\/local\/lib\/node_modules .*\/usr\/local\/bin\/npm\b/,
    );
  });

  it('has packages for running only', () => {
    const from = last.instructions.filter(({ word, rest }) => word === 'COPY' && rest.includes('node_modules'));
    expect(from.map(({ rest }) => rest)).toEqual(['--from=packages /app/node_modules node_modules']);
    const packages = stages.find(({ name }) => name === 'packages')!;
    expect(packages.instructions.map(({ rest }) => rest)).toContainEqual(expect.stringMatching(/^npm ci --omit=dev\b/));
  });

  it('keeps its data in a volume that its user owns', () => {
    expect(said('VOLUME')).toBe('/data');
    expect(said('ENV')).toMatch(/\bCROSSTALK_DATA=\/data\b/);
    expect(last.instructions.filter(({ word }) => word === 'RUN').at(-1)!.rest).toMatch(
      /install -d -o node -g node -m 711 \/data$/,
    );
  });

  it('leaves settings, secrets and data out of what it is made from', () => {
    const lines = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(lines.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
    const kept = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    for (const path of kept) expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true });
    expect(kept).not.toContain('config');
  });
});

describe('the image’s health check', () => {
  const command = execForm(health.slice(health.indexOf('CMD ') + 4))!;
  let server: Server;
  const asked: string[] = [];
  let status = 200;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });

  afterAll(async () => {
    await new Promise((closed) => server.close(closed));
  });

  function check(port: number): Promise<number | null> {
    const env = { PATH: process.env['PATH'], CROSSTALK_LISTEN__ADMIN__PORT: String(port) };
    const child = spawn(process.execPath, command.slice(1), { env, stdio: 'ignore' });
    return new Promise((ended) => child.once('exit', ended));
  }

  it('asks the admin listener, by Node alone', async () => {
    expect(command[0]).toBe('node');
    expect(await check((server.address() as AddressInfo).port)).toBe(0);
    expect(asked).toEqual(['/health/live']);
  });

  it('fails where the answer is no', async () => {
    status = 503;
    expect(await check((server.address() as AddressInfo).port)).toBe(1);
  });

  it('fails where nobody answers', async () => {
    expect(await check(1)).toBe(1);
  });
});
