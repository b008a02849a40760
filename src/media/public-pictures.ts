import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../model/clock.js';
import { BridgeError } from '../model/errors.js';
import { accountId, type FileRef } from '../model/ids.js';
import type { FileStream } from '../model/network-adapter.js';
import type { Log, PublicAnswer, PublicCall, PublicRoute } from '../model/network-definition.js';

const dayMs = 86_400_000;
/** A message shows its speaker's picture for as long as its address holds. */
const shownForMs = 365 * dayMs;
/** Addresses stay the same for that long: who has seen a picture need not fetch it again. */
const sameForMs = 30 * dayMs;
const largestBytes = 5 * 1024 * 1024;
const openWithinMs = 10_000;
/** A picture that is a document could bring a script along. */
const shownTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const bare = { status: 404, json: { error: 'there is no such picture' } } as const;

/** Pictures for networks that show them from an address: each path is signed, and ends. */
export class PublicPictures {
  readonly route: PublicRoute = {
    method: 'GET',
    path: '/media/:account/:picture/:untilMs/:signature',
    maxBodyBytes: 0,
    refusal: (call) => (this.#pictureIn(call) === undefined ? bare : undefined),
    handle: (call) => this.#answer(call),
  };

  /** @param key signs paths; another key ends all of them */
  constructor(
    private readonly key: Buffer,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly open: (picture: FileRef, signal: AbortSignal) => Promise<FileStream>,
  ) {}

  /** The path at which the picture is served for a year at least. */
  pathOf({ account, id }: Pick<FileRef, 'account' | 'id'>): string {
    const untilMs = (Math.ceil((this.clock.now().getTime() + shownForMs) / sameForMs) * sameForMs).toString();
    const picture = Buffer.from(id).toString('base64url');
    const signature = this.#signatureOf(account, picture, untilMs);
    return `/media/${encodeURIComponent(account)}/${picture}/${untilMs}/${signature}`;
  }

  async #answer(call: PublicCall): Promise<PublicAnswer> {
    const picture = this.#pictureIn(call);
    if (picture === undefined) return bare;
    try {
      const { mime, body } = await this.open(picture, AbortSignal.timeout(openWithinMs));
      const [type = ''] = mime.toLowerCase().split(';');
      if (!shownTypes.has(type.trim())) return bare;
      const bytes = await wholeOf(body);
      if (bytes === undefined) return bare;
      const headers = { 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff' };
      return { status: 200, headers, body: { mime: type.trim(), bytes } };
    } catch (error) {
      this.log.debug({ account: picture.account, error }, 'a picture could not be opened');
      const isGone = error instanceof BridgeError && error.code === 'targetGone';
      return isGone ? bare : { status: 503, json: { error: 'the picture cannot be had now' } };
    }
  }

  /** Undefined where the path is not signed by us, or has ended. */
  #pictureIn({ params }: PublicCall): FileRef | undefined {
    const { account = '', picture = '', untilMs = '', signature = '' } = params;
    const expected = Buffer.from(this.#signatureOf(account, picture, untilMs));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    if (this.clock.now().getTime() > Number(untilMs)) return undefined;
    const id = Buffer.from(picture, 'base64url').toString();
    return { account: accountId(account), id, name: 'picture', mime: 'image/png' };
  }

  #signatureOf(account: string, picture: string, untilMs: string): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([account, picture, untilMs]))
      .digest('base64url');
  }
}

/** Undefined where it is larger than any picture of a person. */
async function wholeOf(body: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largestBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
