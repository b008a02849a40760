import { fromShortcode, oneEmoji } from '../../src/formatting/emoji.js';
import type { SlackSandbox } from '../../src/sandbox/slack/slack-sandbox.js';
import { type ShownFile, filesShown } from './carried-files.js';
import { lineOf, type Reaction, type Side, type Speakers } from './reference-model.js';
import type { World } from './world.js';

/** A message of a test says `<name>v<version>`, whatever stands around it. */
export const marked = /\b([tms][a-z0-9]*\dx)v(\d+)\b/;
export const people = { talk: ['anna', 'ben'], matrix: ['mia', 'noah'], slack: ['pia', 'quinn'] } as const;

/** What people do in linked rooms, one of each network, and what they see there. */
export class TwoSides {
  constructor(
    private readonly world: World,
    private readonly room: World['rooms'][number],
  ) {}

  post(side: Side, person: string, text: string): void {
    if (side === 'talk') this.world.talk.post(this.room.talk, person, text);
    else if (side === 'slack') this.#slack.post(this.#channel, this.#slackId(person), text);
    else this.world.matrix.post(this.room.matrix, matrixId(person), text);
  }

  /** With words where `text` is not empty. */
  postFiles(side: Side, person: string, text: string, files: readonly ShownFile[]): void {
    const mimetype = 'application/octet-stream';
    if (side === 'slack') {
      const all = files.map((file) => ({ ...file, mimetype }));
      this.#slack.post(this.#channel, this.#slackId(person), text, { files: all });
      return;
    }
    for (const { name, bytes } of files) {
      if (side === 'talk') {
        this.world.talk.shareFile(this.room.talk, person, { name, mimetype, data: bytes, caption: text });
      } else {
        const url = this.world.matrix.upload(bytes, mimetype, name);
        const words = text === '' ? { body: name } : { body: text, filename: name };
        const info = { mimetype, size: bytes.length };
        const content = { msgtype: 'm.file', ...words, url, info };
        this.world.matrix.sendEvent(this.room.matrix, matrixId(person), 'm.room.message', content);
      }
    }
  }

  edit(side: Side, person: string, name: string, text: string): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.edit(this.room.talk, person, Number(id), text);
    else if (side === 'slack') this.#slack.edit(this.#channel, this.#slackId(person), id, text);
    else this.world.matrix.edit(this.room.matrix, matrixId(person), id, text);
  }

  delete(side: Side, person: string, name: string): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.remove(this.room.talk, person, Number(id));
    else if (side === 'slack') this.#slack.remove(this.#channel, this.#slackId(person), id);
    else this.world.matrix.redact(this.room.matrix, matrixId(person), id);
  }

  react(name: string, { side, person, emoji }: Reaction): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.react(this.room.talk, person, Number(id), emoji);
    else if (side === 'slack') this.#slack.react(this.#channel, this.#slackId(person), id, shortcodeOf(emoji));
    // As clients write it.
    else this.world.matrix.react(this.room.matrix, matrixId(person), id, emoji === '👍' ? '👍\ufe0f' : emoji);
  }

  unreact(name: string, { side, person, emoji }: Reaction): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') {
      this.world.talk.unreact(this.room.talk, person, Number(id), emoji);
      return;
    }
    if (side === 'slack') {
      this.#slack.unreact(this.#channel, this.#slackId(person), id, shortcodeOf(emoji));
      return;
    }
    const reaction = this.#reactionsIn(this.world.matrix.messages(this.room.matrix)).find(
      (it) => it.target === id && it.sender === matrixId(person) && it.emoji === emoji,
    );
    if (reaction === undefined) throw new Error(`${person} has not reacted`);
    this.world.matrix.redact(this.room.matrix, matrixId(person), reaction.id);
  }

  /** Who people from elsewhere are on a side. */
  speakersOn(side: Side): Speakers {
    if (side === 'talk') return this.world.speakersInTalk;
    return side === 'matrix' ? 'each their own' : 'one account';
  }

  /** The message's id on a side, once it is shown there. */
  idOf(side: Side, name: string): string | undefined {
    return this.#shown(side).find((message) => message.name === name)?.id;
  }

  /** As `ReferenceModel.shownOn` writes it; a message that is shown twice is there twice. */
  shownOn(side: Side, isAsked: (name: string) => boolean = () => true): string[] {
    const files = filesShown(this.world, this.room, side);
    const shown = this.#shown(side).filter(({ name }) => isAsked(name));
    const names = new Set(shown.map(({ name }) => name));
    return [
      ...shown.map(({ name, version, reactions }) => lineOf(name, version, reactions(), files.get(name))),
      // What a message leaves behind that is gone.
      ...[...files]
        .filter(([name]) => isAsked(name) && !names.has(name))
        .map(([name, all]) => lineOf(name, '-', [], all)),
    ].sort();
  }

  #shown(side: Side): Shown[] {
    if (side === 'slack') return this.#onSlack();
    return side === 'talk' ? this.#onTalk() : this.#onMatrix();
  }

  get #slack(): SlackSandbox {
    return this.world.slack.sandbox;
  }

  get #channel(): string {
    if (this.room.slack === undefined) throw new Error('no channel is linked');
    return this.room.slack;
  }

  #slackId(person: string): string {
    const { pia, quinn } = this.world.slack.people;
    return person === 'pia' ? pia : quinn;
  }

  #slackPerson(user: string): string {
    const { app, people: members } = this.world.slack;
    if (user === app.botUser) return 'bridge';
    return user === members.pia ? 'pia' : 'quinn';
  }

  #onSlack(): Shown[] {
    return this.#slack.messages(this.#channel).flatMap(({ ts, text, subtype, reactions = [] }): Shown[] => {
      const found = subtype === 'tombstone' ? null : marked.exec(String(text));
      if (found === null) return [];
      const all = reactions as readonly { readonly name: string; readonly users: readonly string[] }[];
      const told = (): string[] =>
        all.flatMap(({ name, users }) =>
          users.map((user) => `${this.#slackPerson(user)} ${fromShortcode(name) ?? '?'}`),
        );
      return [{ name: found[1] ?? '', version: found[2] ?? '', id: String(ts), reactions: told }];
    });
  }

  #onTalk(): Shown[] {
    return this.world.talk.messages(this.room.talk).flatMap((message): Shown[] => {
      const { file } = message['messageParameters'] as { file?: { name: string } };
      const text = message['message'] === '{file}' ? file?.name : message['message'];
      const isMessage = message['systemMessage'] === '' && message['messageType'] !== 'comment_deleted';
      const found = isMessage && typeof text === 'string' ? marked.exec(text) : null;
      if (found === null) return [];
      const id = Number(message['id']);
      const reactions = (): string[] =>
        this.world.talk.reactionsTo(this.room.talk, id).map(({ user, emoji }) => `${talkPerson(user)} ${emoji}`);
      return [{ name: found[1] ?? '', version: found[2] ?? '', id: String(id), reactions }];
    });
  }

  #onMatrix(): Shown[] {
    const events = this.world.matrix.messages(this.room.matrix);
    const latest = new Map<string, string>();
    for (const { content, redactedBy } of events) {
      const relation = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
      if (relation?.rel_type !== 'm.replace' || relation.event_id === undefined || redactedBy !== undefined) continue;
      const replaced = content['m.new_content'] as { body?: string } | undefined;
      latest.set(relation.event_id, replaced?.body ?? '');
    }
    const reactionsTo = new Map<string, MatrixReaction[]>();
    for (const reaction of this.#reactionsIn(events)) {
      reactionsTo.set(reaction.target, [...(reactionsTo.get(reaction.target) ?? []), reaction]);
    }
    return events.flatMap(({ eventId: id, type, content, redactedBy }): Shown[] => {
      const relation = content['m.relates_to'] as { rel_type?: string } | undefined;
      if (type !== 'm.room.message' || redactedBy !== undefined || relation?.rel_type === 'm.replace') return [];
      const found = marked.exec(latest.get(id) ?? (typeof content['body'] === 'string' ? content['body'] : ''));
      if (found === null) return [];
      const reactions = (): string[] =>
        (reactionsTo.get(id) ?? []).map(({ sender, emoji }) => `${this.#matrixPerson(sender)} ${emoji}`);
      return [{ name: found[1] ?? '', version: found[2] ?? '', id, reactions }];
    });
  }

  /** The name of a person, or of the person for whom a ghost stands. */
  #matrixPerson(sender: string): string {
    const [, name] = /^@(?:crosstalk_cloud_users=2f)?([a-z]+):/.exec(sender) ?? [];
    if (name !== undefined) return name;
    const member = this.world.matrix.members(this.room.matrix).find(({ userId }) => userId === sender);
    return member?.name.toLowerCase().split(' ')[0] ?? sender;
  }

  #reactionsIn(events: ReturnType<World['matrix']['messages']>): MatrixReaction[] {
    return events.flatMap(({ eventId: id, type, sender, content, redactedBy }) => {
      const { event_id: target, key } =
        (content['m.relates_to'] as { event_id?: string; key?: string } | undefined) ?? {};
      if (type !== 'm.reaction' || redactedBy !== undefined || target === undefined) return [];
      return [{ id, target, sender, emoji: oneEmoji(key ?? '') ?? '?' }];
    });
  }
}

interface MatrixReaction {
  readonly id: string;
  readonly target: string;
  readonly sender: string;
  readonly emoji: string;
}

interface Shown {
  readonly name: string;
  readonly version: string;
  readonly id: string;
  readonly reactions: () => string[];
}

const matrixId = (person: string): string => `@${person}:sandbox.test`;

/** As Slack calls those that people use here. */
function shortcodeOf(emoji: string): string {
  const name = new Map([
    ['👍', '+1'],
    ['❤️', 'heart'],
    ['🎉', 'tada'],
  ]).get(emoji);
  if (name === undefined) throw new Error(`Slack has no name for ${emoji} here`);
  return name;
}

/** Of a guest the person whose name it has. */
function talkPerson(user: string): string {
  return /^(\w+) \((?:Matrix|Slack)\)$/.exec(user)?.[1]?.toLowerCase() ?? user;
}
