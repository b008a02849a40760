import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What is converted at most, and into how much: a quarter of an hour of speech. */
export const mostSoundBytes = 16 * 1024 * 1024;
const longestMs = 30_000;

/** How a file of each type is read. Named, never guessed from its contents: a list of addresses is no sound. */
const readers: Readonly<Record<string, string>> = {
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/m4a': 'mov',
  'audio/mp4': 'mov',
  'audio/mpeg': 'mp3',
  'audio/ogg': 'ogg',
  'audio/opus': 'ogg',
  'audio/wav': 'wav',
  'audio/webm': 'matroska',
  'audio/x-m4a': 'mov',
  'audio/x-wav': 'wav',
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/webm': 'matroska',
};

/** How a sound of each type is written: speech, one channel. */
const writers: Readonly<Record<string, readonly string[]>> = {
  'audio/mpeg': ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'],
  'audio/ogg': ['-c:a', 'libopus', '-b:a', '32k', '-application', 'voip', '-f', 'ogg'],
};

/** It is not converted. The message is a sentence for whoever reads the log. */
export class NotConverted extends Error {}

export interface Sound {
  readonly mime: string;
  readonly bytes: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Has `ffmpeg` make one sound of another, one at a time, each within half a minute. */
export class SoundConversion {
  #last: Promise<unknown> = Promise.resolve();

  /** `command`: the program. `folder`: where sounds lie meanwhile. */
  constructor(
    private readonly command = 'ffmpeg',
    private readonly folder = tmpdir(),
  ) {}

  /** Reads the sound, and answers it as that type. Throws NotConverted. */
  async convert(sound: Sound, to: string, signal: AbortSignal): Promise<Buffer> {
    const from = readers[sound.mime];
    const writer = writers[to];
    if (from === undefined || writer === undefined) throw new NotConverted(`nobody makes ${to} of ${sound.mime} here`);
    if (sound.bytes > mostSoundBytes) throw new NotConverted(`it has ${String(sound.bytes)} bytes`);
    const mine = this.#last.then(() => this.#inFolder(sound, from, writer, signal));
    // The next one has its turn whatever became of this one, of which `mine` tells.
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** A file, because players may find out only at its end how it begins. */
  async #inFolder(sound: Sound, from: string, writer: readonly string[], signal: AbortSignal): Promise<Buffer> {
    const folder = await mkdtemp(join(this.folder, 'crosstalk-sound-'));
    try {
      const file = join(folder, 'sound');
      await pipeline(bounded(sound.body), createWriteStream(file, { mode: 0o600 }), { signal });
      const only = [
        '-nostdin',
        '-hide_banner',
        '-loglevel',
        'error',
        '-threads',
        '1',
        '-protocol_whitelist',
        'file,pipe',
      ];
      const plain = ['-map', '0:a:0', '-map_metadata', '-1', '-ac', '1'];
      return await this.#run(
        [...only, '-f', from, '-i', `file:${file}`, ...plain, ...writer, 'pipe:1'],
        folder,
        signal,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(args: readonly string[], cwd: string, signal: AbortSignal): Promise<Buffer> {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    const { PATH } = process.env;
    const child = spawn(this.command, args, {
      cwd,
      env: PATH === undefined ? {} : { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: ended,
      killSignal: 'SIGKILL',
    });
    try {
      const [made, said, code] = await Promise.all([collected(child), saidBy(child), exited(child)]);
      if (code !== 0 || made.length === 0) throw new NotConverted(`ffmpeg ended with ${String(code)}: ${said}`);
      return made;
    } catch (error) {
      child.kill('SIGKILL');
      signal.throwIfAborted();
      if (error instanceof NotConverted) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NotConverted('there is no ffmpeg');
      if (ended.aborted) throw new NotConverted(`ffmpeg took longer than ${String(longestMs)} ms`);
      throw error;
    }
  }
}

/** What nobody told the size of may be larger than it should. */
async function* bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostSoundBytes) throw new NotConverted(`it has more than ${String(mostSoundBytes)} bytes`);
    yield chunk;
  }
}

async function collected({ stdout }: ChildProcess): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bounded((stdout ?? []) as AsyncIterable<Uint8Array>)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The beginning of what it complains of. */
async function saidBy({ stderr }: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of (stderr ?? []) as AsyncIterable<Buffer>)
    said = (said + chunk.toString('utf8')).slice(0, 300);
  return said.trim();
}

function exited(child: ChildProcess): Promise<number | null> {
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
}
