import { oneEmoji } from '../../src/formatting/emoji.js';
import { lineOf, type Reaction, type Side } from './reference-model.js';
import type { World } from './world.js';

/** A message of a test says `<name>v<version>`, whatever stands around it. */
export const marked = /\b([tm][a-z0-9]*\dx)v(\d+)\b/;
export const people = { talk: ['anna', 'ben'], matrix: ['mia', 'noah'] } as const;

/** What people do in one pair of linked rooms, and what they see there. */
export class TwoSides {
  constructor(
    private readonly world: World,
    private readonly room: World['rooms'][number],
  ) {}

  post(side: Side, person: string, text: string): void {
    if (side === 'talk') this.world.talk.post(this.room.talk, person, text);
    else this.world.matrix.post(this.room.matrix, matrixId(person), text);
  }

  edit(side: Side, person: string, name: string, text: string): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.edit(this.room.talk, person, Number(id), text);
    else this.world.matrix.edit(this.room.matrix, matrixId(person), id, text);
  }

  delete(side: Side, person: string, name: string): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.remove(this.room.talk, person, Number(id));
    else this.world.matrix.redact(this.room.matrix, matrixId(person), id);
  }

  react(name: string, { side, person, emoji }: Reaction): void {
    const id = this.idOf(side, name);
    if (id === undefined) throw new Error(`${name} is not on ${side}`);
    if (side === 'talk') this.world.talk.react(this.room.talk, person, Number(id), emoji);
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
    const reaction = this.#reactionsIn(this.world.matrix.messages(this.room.matrix)).find(
      (it) => it.target === id && it.sender === matrixId(person) && it.emoji === emoji,
    );
    if (reaction === undefined) throw new Error(`${person} has not reacted`);
    this.world.matrix.redact(this.room.matrix, matrixId(person), reaction.id);
  }

  /** The message's id on a side, once it is shown there. */
  idOf(side: Side, name: string): string | undefined {
    return this.#shown(side).find((message) => message.name === name)?.id;
  }

  /** As `ReferenceModel.shownOn` writes it; a message that is shown twice is there twice. */
  shownOn(side: Side, isAsked: (name: string) => boolean = () => true): string[] {
    return this.#shown(side)
      .filter(({ name }) => isAsked(name))
      .map(({ name, version, reactions }) => lineOf(name, version, reactions()))
      .sort();
  }

  #shown(side: Side): Shown[] {
    return side === 'talk' ? this.#onTalk() : this.#onMatrix();
  }

  #onTalk(): Shown[] {
    return this.world.talk.messages(this.room.talk).flatMap((message): Shown[] => {
      const text = message['message'];
      const isMessage = message['systemMessage'] === '' && message['messageType'] !== 'comment_deleted';
      const found = isMessage && typeof text === 'string' ? marked.exec(text) : null;
      if (found === null) return [];
      const id = Number(message['id']);
      const reactions = (): string[] =>
        this.world.talk.reactionsTo(this.room.talk, id).map(({ user, emoji }) => `${user} ${emoji}`);
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
        (reactionsTo.get(id) ?? []).map(({ sender, emoji }) => `${personOf(sender)} ${emoji}`);
      return [{ name: found[1] ?? '', version: found[2] ?? '', id, reactions }];
    });
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

/** The name of a person, or of the person for whom a ghost stands. */
function personOf(sender: string): string {
  return /^@(?:crosstalk_cloud_users=2f)?([a-z]+):/.exec(sender)?.[1] ?? sender;
}
