import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onlyWhere } from '../../test/support/only-where.js';
import { NetworkUnavailable } from '../model/errors.js';
import type { OpenedFile } from '../model/network-adapter.js';
import { SoundConversion } from './sound-conversion.js';
import { SpokenFiles } from './spoken-files.js';

/** What stands in for ffmpeg: says what it was asked, or misbehaves. */
const programs = {
  converts: `const at = process.argv.indexOf('-i');
    const read = require('fs').readFileSync(process.argv[at + 1].replace('file:', ''), 'utf8');
    process.stdout.write([process.argv[at - 1], process.argv.at(-2), read].join(' '));`,
  fails: `process.stderr.write('no such codec'); process.exit(3);`,
  floods: `const chunk = Buffer.alloc(1 << 20); const write = () => { while (process.stdout.write(chunk)); process.stdout.once('drain', write); }; write();`,
  hangs: `setInterval(() => {}, 1000);`,
};

describe('what was spoken', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spoken-'));
  const signal = new AbortController().signal;
  const warned: { fields: object; event: string }[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    error: () => undefined,
    warn: (fields: object, event: string) => void warned.push({ fields, event }),
  };

  afterEach(() => {
    opened = 0;
    warned.length = 0;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const spokenWith = (name: keyof typeof programs): SpokenFiles => {
    const file = join(folder, name);
    writeFileSync(file, `#!${process.execPath}\n${programs[name]}`);
    chmodSync(file, 0o700);
    return new SpokenFiles(new SoundConversion(file, folder), log);
  };
  const clip = (fields: Partial<OpenedFile> = {}): OpenedFile => ({
    name: 'Voice message.m4a',
    mime: 'audio/mp4',
    bytes: 5,
    body: chunks('hello'),
    ...fields,
  });
  let opened = 0;
  const open =
    (fields: Partial<OpenedFile> = {}) =>
    (): Promise<OpenedFile> => {
      opened += 1;
      return Promise.resolve(clip(fields));
    };
  const talk = ['audio/mpeg', 'audio/wav'];

  it('is what it is where the room plays that', async () => {
    const wav = await spokenWith('fails').open(open({ mime: 'audio/wav' }), talk, signal);
    expect(wav).toMatchObject({ name: 'Voice message.m4a', mime: 'audio/wav', bytes: 5 });
    expect(warned).toEqual([]);
  });

  it('is made into the first type that the room plays, and read as the type that it is', async () => {
    const mp3 = await spokenWith('converts').open(open(), talk, signal);
    expect(await read(mp3)).toBe('mov mp3 hello');
    expect(mp3).toMatchObject({ name: 'Voice message.mp3', mime: 'audio/mpeg', bytes: 13 });
    const matrix = await spokenWith('converts').open(open({ mime: 'audio/webm', name: 'a' }), ['audio/ogg'], signal);
    expect(await read(matrix)).toBe('matroska ogg hello');
    expect(matrix).toMatchObject({ name: 'a.ogg', mime: 'audio/ogg' });
  });

  it.each([
    [
      'there is no program',
      () => new SpokenFiles(new SoundConversion(join(folder, 'nowhere'), folder), log),
      {},
      'there is no ffmpeg',
    ],
    ['it fails', () => spokenWith('fails'), {}, 'ffmpeg ended with 3: no such codec'],
    ['it makes more than anybody speaks', () => spokenWith('floods'), {}, 'it has more than 16777216 bytes'],
    [
      'nobody knows how to read it',
      () => spokenWith('converts'),
      { mime: 'audio/midi' },
      'nobody makes audio/mpeg of audio/midi here',
    ],
    ['it is too long', () => spokenWith('converts'), { bytes: 20_000_000 }, 'it has 20000000 bytes'],
    [
      'it is longer than was said',
      () => spokenWith('converts'),
      { body: chunks('x'.repeat(17_000_000)) },
      'it has more than 16777216 bytes',
    ],
  ])('where %s it is opened once more, as it is, and the log says why', async (_, make, fields, why) => {
    const asItIs = await make().open(open(fields), talk, signal);
    expect(asItIs).toMatchObject({ name: 'Voice message.m4a' });
    expect(opened).toBe(2);
    expect(warned).toMatchObject([{ fields: { to: 'audio/mpeg', why }, event: 'a voice message goes on as it is' }]);
  });

  it('that breaks off on its way cannot be had now', async () => {
    const opening = spokenWith('converts').open(open({ body: broken() }), talk, signal);
    await expect(opening).rejects.toBeInstanceOf(NetworkUnavailable);
  });

  it('is given up with the delivery, and its program ends', async () => {
    const given = new AbortController();
    const opening = spokenWith('hangs').open(open(), talk, given.signal);
    setTimeout(() => {
      given.abort(new Error('enough'));
    }, 200);
    await expect(opening).rejects.toThrow('enough');
  });

  const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
  onlyWhere(hasFfmpeg, 'there is no ffmpeg, so no real sound was converted').each([
    ['audio/ogg', 'OggS', 'recorded.ogg', 1_000],
    ['audio/mpeg', 'ID3', 'recorded.mp3', undefined],
  ])(
    'becomes %s by the ffmpeg of this machine, with how long it plays where that can be read',
    async (type, begins, name, durationMs) => {
      const wav = secondOfSilence();
      const source = { name: 'recorded.wav', mime: 'audio/wav', bytes: wav.length, body: chunks(wav) };
      const made = await new SpokenFiles(new SoundConversion('ffmpeg', folder), log).open(open(source), [type], signal);
      expect(warned).toEqual([]);
      expect(made).toMatchObject({ mime: type, name });
      expect((await read(made)).startsWith(begins)).toBe(true);
      if (durationMs === undefined) expect(made.durationMs).toBeUndefined();
      else expect(Math.abs((made.durationMs ?? 0) - durationMs)).toBeLessThan(50);
    },
  );

  it('leaves nothing on the disk', () => {
    expect(readdirSync(folder).filter((name) => name.startsWith('crosstalk-sound-'))).toEqual([]);
  });
});

async function* chunks(content: string | Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content as string));
}

/** As WAV: 8,000 samples of a byte each. */
function secondOfSilence(): Buffer {
  const header = Buffer.from(
    'RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\x01\0\x08\0data\0\0\0\0',
    'latin1',
  );
  header.writeUInt32LE(header.length - 8 + 8_000, 4);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt32LE(8_000, 40);
  return Buffer.concat([header, Buffer.alloc(8_000, 128)]);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('he'));
  throw new Error('the connection was reset');
}

async function read({ body }: OpenedFile): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of body) all.push(chunk);
  return Buffer.concat(all).toString('utf8');
}
