import { z } from 'zod';
import type { Clock } from '../../../model/clock.js';
import type { DeliveryKey } from '../../../model/ids.js';
import type { OpenedFile } from '../../../model/network-adapter.js';
import type { SlackClient, Writing } from '../slack.client.js';
import { emptyFile, notShownYet } from '../slack.errors.js';
import { isTs, type SlackTs } from '../slack.ids.js';
import { type SlackText, withKey } from '../to-slack.js';
import { read } from './app.api.js';
import type { PostPlace } from './chat.api.js';

const begun = z.object({ upload_url: z.string(), file_id: z.string() });
const shares = z.record(z.string(), z.record(z.string(), z.array(z.object({ ts: z.string() }))));
const shown = z.object({ file: z.object({ shares: shares.optional().catch(undefined) }) });

/** Slack works on files before it shows them: a moment, or a few seconds. */
const firstPauseMs = 50;
const longestPauseMs = 1_000;
const mostLooks = 20;
const goneAlready = ['file_not_found', 'file_deleted'];

/** Files of our app. Source: docs.slack.dev, "Working with files". */
export class FilesApi {
  constructor(
    private readonly client: SlackClient,
    private readonly clock: Clock,
  ) {}

  /** Answers the file's id; it is to be seen nowhere yet. Throws MessageRefused where Slack does not take it. */
  async upload(file: OpenedFile, writing: Writing): Promise<string> {
    const { name: filename, bytes: length } = file;
    if (length === 0) throw emptyFile();
    const call = { method: 'files.getUploadURLExternal', args: { filename, length }, act: 'write' } as const;
    const { upload_url: address, file_id: id } = read(begun, await this.client.ask({ ...call, ...writing }));
    await this.client.upload(address, file, writing);
    return id;
  }

  /** Shows uploaded files in one message, and answers its `ts`, which Slack tells later. */
  async share(
    ids: readonly string[],
    { channel, thread }: Pick<PostPlace, 'channel' | 'thread'>,
    text: SlackText,
    key: DeliveryKey,
    writing: Writing,
  ): Promise<SlackTs> {
    const args = {
      files: ids.map((id) => ({ id })),
      channel_id: channel,
      blocks: withKey(text, key).blocks,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    };
    const call = { method: 'files.completeUploadExternal', args, act: 'write', place: channel } as const;
    await this.client.ask({ ...call, ...writing });
    const [first = ''] = ids;
    for (let looks = 0; looks < mostLooks; looks += 1) {
      const ts = await this.#shownAs(first, channel, writing.signal);
      if (ts !== undefined) return ts;
      await this.clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** looks), writing.signal);
    }
    throw notShownYet();
  }

  /** What is gone already is as it should be. `others`: somebody else's stays what it is, or throws MessageRefused. */
  async delete(file: string, others: 'left' | 'refused', writing: Writing): Promise<void> {
    const accepts = others === 'left' ? [...goneAlready, 'cant_delete_file'] : goneAlready;
    await this.client.ask({ method: 'files.delete', args: { file }, act: 'write', accepts, ...writing });
  }

  async #shownAs(file: string, channel: string, signal: AbortSignal): Promise<SlackTs | undefined> {
    const accepts = goneAlready;
    const answer = await this.client.ask({ method: 'files.info', args: { file }, act: 'read', accepts, signal });
    if (answer['ok'] !== true) return undefined;
    const all = Object.values(read(shown, answer).file.shares ?? {});
    const ts = all.flatMap((places) => places[channel] ?? []).at(0)?.ts;
    return ts !== undefined && isTs(ts) ? (ts as SlackTs) : undefined;
  }
}
