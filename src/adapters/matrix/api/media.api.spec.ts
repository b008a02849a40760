import type { MatrixAnswer, MatrixClient } from '../matrix.client.js';
import { MediaApi } from './media.api.js';

const signal = new AbortController().signal;
const unknown: MatrixAnswer = { refusal: { status: 404, errcode: 'M_UNRECOGNIZED', retryAfterMs: undefined } };

async function largestAt(answers: Readonly<Record<string, MatrixAnswer>>): Promise<number> {
  const client = { call: ({ path }: { path: string }) => Promise.resolve(answers[path] ?? unknown) };
  return new MediaApi(client as unknown as MatrixClient).maxFileBytes(signal);
}

it('asks an older server where that says how large a file may be; one that does not say takes 50 MiB', async () => {
  const [now, before] = ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config'];
  expect(await largestAt({ [now]: { body: { 'm.upload.size': 7 } }, [before]: { body: { 'm.upload.size': 8 } } })).toBe(
    7,
  );
  expect(await largestAt({ [before]: { body: { 'm.upload.size': 8 } } })).toBe(8);
  expect(await largestAt({ [now]: { body: {} } })).toBe(50 * 1024 * 1024);
});
