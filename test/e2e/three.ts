import type { World } from './world.js';

export type Side = 'talk' | 'matrix' | 'slack';
export const sides: readonly Side[] = ['talk', 'matrix', 'slack'];
export const mia = '@mia:sandbox.test';

/** One room of each network, and what a person of each does and sees there. */
export class Three {
  readonly #room: { readonly talk: string; readonly matrix: string; readonly slack: string };

  constructor(private readonly world: World) {
    const [room] = world.rooms;
    if (room?.slack === undefined) throw new Error('no channel is linked');
    this.#room = { ...room, slack: room.slack };
  }

  get talkRoom(): string {
    return this.#room.talk;
  }

  get matrixRoom(): string {
    return this.#room.matrix;
  }

  get channel(): string {
    return this.#room.slack;
  }

  post(side: Side, text: string, answers?: string): string {
    const { talk, matrix, slack } = this.world;
    const id = answers === undefined ? undefined : this.idOf(side, answers);
    switch (side) {
      case 'talk':
        return String(talk.post(this.#room.talk, 'anna', text, id === undefined ? {} : { replyTo: Number(id) }));
      case 'matrix':
        return matrix.post(this.#room.matrix, mia, text, id === undefined ? {} : { replyTo: id });
      case 'slack':
        return slack.sandbox.post(this.#room.slack, slack.people.pia, text, id === undefined ? {} : { thread: id });
    }
  }

  edit(side: Side, id: string, text: string): void {
    const { talk, matrix, slack } = this.world;
    if (side === 'talk') talk.edit(this.#room.talk, 'anna', Number(id), text);
    else if (side === 'matrix') matrix.edit(this.#room.matrix, mia, id, text);
    else slack.sandbox.edit(this.#room.slack, slack.people.pia, id, text);
  }

  remove(side: Side, id: string): void {
    const { talk, matrix, slack } = this.world;
    if (side === 'talk') talk.remove(this.#room.talk, 'anna', Number(id));
    else if (side === 'matrix') matrix.redact(this.#room.matrix, mia, id);
    else slack.sandbox.remove(this.#room.slack, slack.people.pia, id);
  }

  react(side: Side, id: string): void {
    const { talk, matrix, slack } = this.world;
    if (side === 'talk') talk.react(this.#room.talk, 'anna', Number(id), '👍');
    else if (side === 'matrix') matrix.react(this.#room.matrix, mia, id, '👍');
    else slack.sandbox.react(this.#room.slack, slack.people.pia, id, '+1');
  }

  unreact(side: Side, id: string): void {
    const { talk, matrix, slack } = this.world;
    if (side === 'talk') talk.unreact(this.#room.talk, 'anna', Number(id), '👍');
    else if (side === 'slack') slack.sandbox.unreact(this.#room.slack, slack.people.pia, id, '+1');
    else {
      const reaction = matrix.messages(this.#room.matrix).find(({ type, sender, content, redactedBy }) => {
        const relation = content['m.relates_to'] as { event_id?: string } | undefined;
        return type === 'm.reaction' && sender === mia && redactedBy === undefined && relation?.event_id === id;
      });
      if (reaction === undefined) throw new Error('nobody reacted');
      matrix.redact(this.#room.matrix, mia, reaction.eventId);
    }
  }

  /** The ids of the messages that show the text now. */
  idsOf(side: Side, text: string): string[] {
    return this.shown(side)
      .filter((message) => message.text.includes(text))
      .map(({ id }) => id);
  }

  idOf(side: Side, text: string): string {
    const [id] = this.idsOf(side, text);
    if (id === undefined) throw new Error(`${text} is not on ${side}`);
    return id;
  }

  reactionsTo(side: Side, id: string): number {
    const { talk, matrix, slack } = this.world;
    if (side === 'talk') return talk.reactionsTo(this.#room.talk, Number(id)).length;
    if (side === 'slack') {
      const message = slack.sandbox.messages(this.#room.slack).find(({ ts }) => ts === id);
      return (message?.['reactions'] as unknown[] | undefined)?.length ?? 0;
    }
    return matrix.messages(this.#room.matrix).filter(({ type, content, redactedBy }) => {
      const relation = content['m.relates_to'] as { event_id?: string } | undefined;
      return type === 'm.reaction' && redactedBy === undefined && relation?.event_id === id;
    }).length;
  }

  /** Which message a message is seen to answer. */
  answeredBy(side: Side, text: string): string | undefined {
    const id = this.idOf(side, text);
    if (side === 'slack') {
      const message = this.world.slack.sandbox.messages(this.#room.slack).find(({ ts }) => ts === id);
      return message?.['thread_ts'] as string | undefined;
    }
    if (side === 'talk') {
      const messages = this.world.talk.messages(this.#room.talk);
      const message = messages.find((each) => String(each['id']) === id);
      // What opens a thread is called after what it answers.
      const { threadTitle: title } = message ?? {};
      const first = messages.find((each) => String(each['message']).replaceAll('*', '') === title);
      if (message?.['threadId'] === message?.['id'] && first !== undefined) return String(first['id']);
      const parent = message?.['parent'] as { id?: number } | undefined;
      return parent?.id === undefined ? undefined : String(parent.id);
    }
    const event = this.world.matrix.messages(this.#room.matrix).find(({ eventId }) => eventId === id);
    const relation = event?.content['m.relates_to'] as
      { event_id?: string; 'm.in_reply_to'?: { event_id?: string } } | undefined;
    return relation?.['m.in_reply_to']?.event_id ?? relation?.event_id;
  }

  /** What a side shows, by its plain text. */
  shown(side: Side): { readonly id: string; readonly text: string }[] {
    if (side === 'slack') {
      return this.world.slack.sandbox.messages(this.#room.slack).flatMap(({ ts, text, subtype }) => {
        return subtype === 'tombstone' ? [] : [{ id: String(ts), text: String(text) }];
      });
    }
    if (side === 'talk') {
      return this.world.talk.messages(this.#room.talk).flatMap((message) => {
        const isMessage = message['systemMessage'] === '' && message['messageType'] !== 'comment_deleted';
        return isMessage ? [{ id: String(message['id']), text: String(message['message']) }] : [];
      });
    }
    const events = this.world.matrix.messages(this.#room.matrix);
    const latest = new Map<string, string>();
    for (const { content } of events) {
      const relation = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
      if (relation?.rel_type !== 'm.replace' || relation.event_id === undefined) continue;
      latest.set(relation.event_id, String((content['m.new_content'] as { body?: string }).body));
    }
    return events.flatMap(({ eventId: id, type, content, redactedBy }) => {
      const relation = content['m.relates_to'] as { rel_type?: string } | undefined;
      if (type !== 'm.room.message' || redactedBy !== undefined || relation?.rel_type === 'm.replace') return [];
      return [{ id, text: latest.get(id) ?? String(content['body']) }];
    });
  }
}
