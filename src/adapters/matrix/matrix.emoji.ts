import { createHash } from 'node:crypto';
import type { AccountStore } from '../../model/account-store.js';
import { BoundedMap } from '../../model/bounded-map.js';
import type { Clock } from '../../model/clock.js';
import { BridgeError } from '../../model/errors.js';
import type { AccountId, FileRef } from '../../model/ids.js';
import type { DeliveryRequest } from '../../model/network-adapter.js';
import type { Log } from '../../model/network-definition.js';
import type { RichText } from '../../model/rich-text.js';
import type { Writing } from './api/account.api.js';
import type { MediaApi } from './api/media.api.js';
import { wholeOf } from './matrix.pictures.js';
import { Turns } from './matrix.turns.js';
import { pictureOf, picturesElsewhere, withPictures } from './to-matrix-emoji.js';

export interface EmojiParts {
  readonly account: AccountId;
  /** Who uploads them. */
  readonly user: string;
  readonly media: Pick<MediaApi, 'upload'>;
  readonly store: AccountStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a message may wait for the pictures in it. */
  readonly timeoutMs: number;
}

type Opening = Pick<DeliveryRequest<never>, 'openFile'>;

/** Networks with emoji of their own take them up to some 128 KB; a picture that clients show this small need not be larger. */
const maxEmojiBytes = 512 * 1024;
/** What clients show within a line. SVG may hold programs. */
const shownTypes: ReadonlySet<string> = new Set(['image/png', 'image/gif', 'image/jpeg', 'image/webp']);
const mostRemembered = 5_000;
/** What could not be had is not asked for again with each message. */
const againAfterMs = 60_000;

/**
 * Brings the pictures of custom emoji to the homeserver: each once, whoever shows it and under whichever name. One that cannot be had
 * keeps no message from being sent: it is shown by its name.
 */
export class MatrixEmoji {
  /** By picture, its address at the homeserver. */
  readonly #brought = new BoundedMap<string, string>(mostRemembered);
  /** By picture, until when it is not asked for, by our monotonic clock. */
  readonly #failed = new BoundedMap<string, number>(mostRemembered);
  readonly #turns = new Turns();

  constructor(private readonly parts: EmojiParts) {}

  /** The same text, with pictures of other accounts in it as they lie at the homeserver. */
  async shownIn(body: RichText, opening: Opening, writing: Writing): Promise<RichText> {
    const { account } = this.parts;
    const elsewhere = picturesElsewhere(body, account);
    if (elsewhere.length === 0) return body;
    const timeout = AbortSignal.timeout(this.parts.timeoutMs);
    const within = { ...writing, signal: AbortSignal.any([writing.signal, timeout]) };
    const addresses = await Promise.all(
      elsewhere.map(
        async (picture) => [pictureOf(picture), await this.#find(picture, opening, within, writing)] as const,
      ),
    );
    return withPictures(body, account, new Map(addresses));
  }

  /** Whoever shows the same picture meanwhile waits, and finds what came of it. */
  #find(picture: FileRef, opening: Opening, within: Writing, writing: Writing): Promise<string | undefined> {
    const key = pictureOf(picture);
    return this.#turns.take(key, () => this.#findAlone(key, picture, opening, within, writing));
  }

  async #findAlone(
    key: string,
    picture: FileRef,
    opening: Opening,
    within: Writing,
    writing: Writing,
  ): Promise<string | undefined> {
    const { account, clock, log } = this.parts;
    const remembered = this.#brought.get(key);
    if (remembered !== undefined || (this.#failed.get(key) ?? -Infinity) > clock.monotonicMs()) return remembered;
    try {
      const address = (await this.#stored(pictureKey(key))) ?? (await this.#bring(picture, opening, within));
      this.#brought.set(key, address);
      return address;
    } catch (error) {
      // Whatever went wrong on the other network is not known here; our own stopping and losing the shard are.
      if (writing.signal.aborted || (error instanceof BridgeError && error.code === 'shardLost')) throw error;
      log.info({ account, error }, 'the picture of an emoji cannot be had now, and its name is shown');
      this.#failed.set(key, clock.monotonicMs() + againAfterMs);
      return undefined;
    }
  }

  async #bring(picture: FileRef, { openFile }: Opening, writing: Writing): Promise<string> {
    const { media, store, user } = this.parts;
    const opened = await openFile(picture, writing.signal, maxEmojiBytes);
    if (!shownTypes.has(opened.mime)) throw new Error(`an emoji is no ${opened.mime}`);
    const bytes = await wholeOf(opened, maxEmojiBytes);
    const contents = contentsKey(bytes);
    const address = (await this.#stored(contents)) ?? (await media.upload(bytes, opened.mime, user, writing));
    await store.put(contents, { address });
    await store.put(pictureKey(pictureOf(picture)), { address });
    return address;
  }

  async #stored(key: string): Promise<string | undefined> {
    const found = (await this.parts.store.get(key)) as { readonly address: string } | undefined;
    return found?.address;
  }
}

const pictureKey = (key: string): string => `emoji/${createHash('sha256').update(key).digest('hex')}`;
const contentsKey = (bytes: Buffer): string => `emoji-contents/${createHash('sha256').update(bytes).digest('hex')}`;
