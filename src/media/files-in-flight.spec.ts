import { Abandoned } from '../model/errors.js';
import { accountId, type FileRef } from '../model/ids.js';
import type { OpenedFile } from '../model/network-adapter.js';
import { type FilePlace, FilesInFlight } from './files-in-flight.js';

const [home, town, ws] = ['home', 'town', 'ws'].map(accountId) as [never, never, never];
const film: FileRef = { account: home, id: 'film', name: 'film.mp4', mime: 'video/mp4', bytes: 100_000_000 };
const small: FileRef = { ...film, id: 'small', bytes: 3_000_000 };
const never = new AbortController().signal;

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('a'));
  yield Buffer.from('b');
}

const opened = (): Promise<OpenedFile> =>
  Promise.resolve({ name: 'film.mp4', mime: 'video/mp4', bytes: 2, body: chunks() });

describe('FilesInFlight', () => {
  let inFlight: FilesInFlight;
  let started: string[];
  let tidied: number;

  beforeEach(() => {
    inFlight = new FilesInFlight(() => (tidied += 1));
    started = [];
    tidied = 0;
  });

  /** A delivery that opens a file; what it opened is not read yet. */
  const begin = (
    name: string,
    { file = film, to = town, signal = never, place = inFlight.place(to), most = 1e9 } = {},
  ) => {
    const file_ = place.open(
      file,
      () => {
        started.push(name);
        return opened();
      },
      most,
      signal,
    );
    return { place, opened: file_ };
  };
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const readWhole = async ({ opened: file }: { place: FilePlace; opened: Promise<OpenedFile> }): Promise<string> => {
    let text = '';
    for await (const chunk of (await file).body) text += Buffer.from(chunk).toString();
    return text;
  };
  const fill = async () => {
    const all = ['1', '2', '3', '4'].map((name) => begin(name));
    await settle();
    return all;
  };

  it('while large files wait for others memory is tidied, and not before', async () => {
    const [first] = await fill();
    const before = tidied;
    const fifth = begin('5');
    await settle();
    const waiting = tidied;
    if (first !== undefined) await readWhole(first);
    await fifth.opened;
    expect([before, waiting, tidied]).toEqual([0, 1, 2]);
  });

  it('four large files move at once, and the others follow as they came', async () => {
    const [first, second] = await fill();
    const waiting = ['5', '6'].map((name) => begin(name));
    await settle();
    expect(started).toEqual(['1', '2', '3', '4']);
    expect(await readWhole(second as never)).toBe('ab');
    await settle();
    expect(started).toEqual(['1', '2', '3', '4', '5']);
    // It was never read.
    first?.place.leave();
    await settle();
    expect(started).toEqual(['1', '2', '3', '4', '5', '6']);
    await Promise.all(waiting.map(readWhole));
  });

  it('small files, what is spoken, and files of other ways wait for nobody', async () => {
    await fill();
    begin('small', { file: small });
    begin('spoken', { file: { ...film, voice: {} } });
    begin('elsewhere', { to: ws });
    begin('from elsewhere', { file: { ...film, account: ws } });
    await settle();
    expect(started.slice(4)).toEqual(['small', 'spoken', 'elsewhere', 'from elsewhere']);
  });

  it('a file of unstated size is a large one, but where whoever opens it takes small ones alone', async () => {
    const { bytes: _bytes, ...unstated } = film;
    await fill();
    begin('unstated', { file: unstated });
    begin('preview', { file: unstated, most: 1024 * 1024 });
    await settle();
    expect(started.slice(4)).toEqual(['preview']);
  });

  it('what is small leaves the place of what moves as it is', async () => {
    const [first] = await fill();
    begin('5');
    begin('its preview', { file: small, place: first?.place as FilePlace });
    await settle();
    expect(started.slice(4)).toEqual(['its preview']);
    expect(await readWhole(first as never)).toBe('ab');
    await settle();
    expect(started.slice(5)).toEqual(['5']);
  });

  it('who is stopped while it waits gives up, and takes no place', async () => {
    const [first] = await fill();
    const stop = new AbortController();
    const stopped = begin('stopped', { signal: stop.signal });
    begin('next');
    stop.abort();
    await expect(stopped.opened).rejects.toBeInstanceOf(Abandoned);
    await expect(begin('late', { signal: stop.signal }).opened).rejects.toBeInstanceOf(Abandoned);
    first?.place.leave();
    await settle();
    expect(started.slice(4)).toEqual(['next']);
  });

  it('what is opened ends with its delivery, also where it was not read to its end', async () => {
    const place = inFlight.place(town);
    const ends: AbortSignal[] = [];
    for (const file of [small, film]) {
      await place.open(
        file,
        (until) => {
          ends.push(until);
          return opened();
        },
        Infinity,
        never,
      );
    }
    expect(ends.map(({ aborted }) => aborted)).toEqual([false, false]);
    place.leave();
    expect(ends.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('a delivery leaves once, and has one place for all of its files', async () => {
    const all = await fill();
    const place = all[0]?.place as FilePlace;
    place.leave();
    place.leave();
    begin('5');
    begin('6');
    await settle();
    expect(started.slice(4)).toEqual(['5']);
    begin('its second', { place: all[1]?.place as FilePlace });
    await settle();
    // In the line it stands behind those who came before.
    expect(started.slice(5)).toEqual(['6']);
  });
});
