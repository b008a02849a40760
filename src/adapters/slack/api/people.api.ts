import { z } from 'zod';
import type { SlackClient } from '../slack.client.js';
import { isObject } from '../slack.payloads.js';
import { read } from './app.api.js';
import { cursorIn, type Page } from './conversations.api.js';

const text = z.string().optional().catch(undefined);
const profile = z.object({
  display_name: text,
  real_name: text,
  avatar_hash: text,
  image_192: text,
  image_512: text,
  is_custom_image: z.boolean().optional().catch(undefined),
  image_original: text,
  status_text: text,
  /** `:name:` */
  status_emoji: text,
});
const user = z.object({
  id: z.string(),
  name: text,
  real_name: text,
  deleted: z.boolean().optional().catch(undefined),
  is_bot: z.boolean().optional().catch(undefined),
  profile: profile.optional().catch(undefined),
});
/** A person, or the user of a bot; also of another workspace, a guest, or deactivated. */
export type SlackUser = z.infer<typeof user>;
export const readUser = (value: unknown): SlackUser | undefined => {
  const parsed = user.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};

const users = z.object({ members: z.array(z.unknown()) });
const bot = z.object({
  bot: z.object({ name: z.string(), icons: z.object({ image_72: text }).optional().catch(undefined) }),
});
const groups = z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string() })) });
const file = z.object({ file: z.object({ url_private: text, url_private_download: text, mimetype: text }) });

/** Slack recommends no more for people, whose profiles are long. */
const pageSize = 200;

/** How a look-up is asked. */
export interface Asking {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Who and what the ids in messages are. */
export class PeopleApi {
  constructor(private readonly client: SlackClient) {}

  /** Undefined where there is nobody whom we may know of. */
  async user(id: string, asking: Asking): Promise<SlackUser | undefined> {
    const accepts = ['user_not_found', 'user_not_visible', 'users_not_found'];
    const answer = await this.client.ask({ method: 'users.info', args: { user: id }, act: 'read', accepts, ...asking });
    return answer['ok'] === true ? read(z.object({ user }), answer).user : undefined;
  }

  /** Whether somebody is there; undefined where there is nobody whom we may know of. */
  async isActive(id: string, asking: Asking): Promise<boolean | undefined> {
    const accepts = ['user_not_found', 'user_not_visible', 'users_not_found'];
    const args = { user: id };
    const answer = await this.client.ask({ method: 'users.getPresence', args, act: 'read', accepts, ...asking });
    return answer['ok'] === true ? answer['presence'] === 'active' : undefined;
  }

  /** Those of the workspace, page by page; strangers of shared channels are not among them. */
  async users(cursor: string | undefined, asking: Asking): Promise<Page<SlackUser>> {
    const args = { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await this.client.ask({ method: 'users.list', args, act: 'read', ...asking });
    const { members } = read(users, answer);
    return { items: members.map(readUser).filter((each) => each !== undefined), next: cursorIn(answer) };
  }

  /** An app that speaks without a user. */
  async bot(id: string, asking: Asking): Promise<{ readonly name: string } | undefined> {
    const call = { method: 'bots.info', args: { bot: id }, act: 'read', accepts: ['bot_not_found'] } as const;
    const answer = await this.client.ask({ ...call, ...asking });
    return answer['ok'] === true ? read(bot, answer).bot : undefined;
  }

  /** The handles of the workspace's groups, by id. */
  async groups(asking: Asking): Promise<ReadonlyMap<string, string>> {
    const answer = await this.client.ask({ method: 'usergroups.list', args: {}, act: 'read', ...asking });
    return new Map(read(groups, answer).usergroups.map(({ id, handle }) => [id, handle]));
  }

  /** The workspace's own emoji by name: the address of a picture each, or `alias:NAME`. */
  async emoji(asking: Asking): Promise<ReadonlyMap<string, string>> {
    const answer = await this.client.ask({ method: 'emoji.list', args: {}, act: 'read', ...asking });
    const { emoji } = answer;
    const told = isObject(emoji) ? Object.entries(emoji) : [];
    return new Map(told.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
  }

  /** Where a file's bytes are had; undefined where it is gone. */
  async file(id: string, asking: Asking): Promise<string | undefined> {
    const accepts = ['file_not_found', 'file_deleted'];
    const answer = await this.client.ask({ method: 'files.info', args: { file: id }, act: 'read', accepts, ...asking });
    if (answer['ok'] !== true) return undefined;
    const { url_private_download: download, url_private: address } = read(file, answer).file;
    return download ?? address;
  }
}
