import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { contentRange, rangeIn } from './byte-range.js';
import { Refused } from './page-refusal.js';
import { sideNames, type PageUpload } from './page.types.js';
import type { SideFile } from './side.js';
import { received, type StoredBytes } from './stored-bytes.js';

const mostBytes = 100 * 1024 * 1024;
/** What browsers show and play, and what cannot act in the page's name: no documents, and no SVG. */
const shown = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|(?:audio|video)\/[\w.+-]+)$/;

const upload = z.object({
  side: z.enum(sideNames),
  person: z.string(),
  name: z.string().min(1).max(255),
  type: z.string().max(127),
  caption: z.string().max(4000),
}) satisfies z.ZodType<PageUpload>;

/** What a person sends, with what it holds. Throws Refused. */
export async function readUpload(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<PageUpload & { readonly bytes: StoredBytes }> {
  const { success, data } = upload.safeParse(Object.fromEntries(query));
  if (!success) throw new Refused(400, 'That is no file of a person.');
  if (Number(request.headers['content-length'] ?? 0) > mostBytes)
    throw new Refused(413, 'That is too large.', 'tooLong');
  return { ...data, bytes: await received(request as AsyncIterable<Buffer>, 'kept', mostBytes) };
}

/** A file as the page shows it, or for its reader to save; players ask for parts of it. */
export async function sendShared(
  { name, mime, bytes }: SideFile,
  range: string | undefined,
  headers: Readonly<Record<string, string>>,
  response: ServerResponse,
): Promise<void> {
  const isShown = shown.test(mime);
  const part = rangeIn(range, bytes.length);
  const described = {
    ...headers,
    'accept-ranges': 'bytes',
    'content-type': isShown ? mime : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; filename*=utf-8''${encodeURIComponent(name)}`,
  };
  if (part === 'beyond') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${String(bytes.length)}` }).end();
    return;
  }
  if (part === 'whole') response.writeHead(200, { ...described, 'content-length': bytes.length });
  else {
    const length = part.last - part.first + 1;
    const which = { 'content-range': contentRange(part, bytes.length), 'content-length': length };
    response.writeHead(206, { ...described, ...which });
  }
  const chunks = part === 'whole' ? bytes.chunks() : bytes.chunks(part.first, part.last);
  await pipeline(chunks, response).catch((error: unknown) => {
    if (!response.destroyed) throw error;
  });
}
