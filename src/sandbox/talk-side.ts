import type { Ledger } from './ledger.js';
import type { Act, PageNote, PagePerson } from './page.types.js';
import { ActRefused, type Reached, type Side, type SideChange, type SideFile, type SideMessage } from './side.js';
import { changedRow, talkEntry } from './talk-view.js';
import { Refusal } from './talk/refusal.js';
import type { TalkVersion } from './talk/settings.js';
import type { Message } from './talk/state/message.js';
import type { Room } from './talk/state/room.js';
import { TalkSandbox } from './talk/talk-sandbox.js';

const bridge = 'crosstalk';
const people: readonly PagePerson[] = [
  { id: 'anna', name: 'Anna' },
  { id: 'ben', name: 'Ben' },
  { id: 'clara', name: 'Clara' },
];
/** A look in a held poll for what is new: the real server's second would make everybody wait for it. */
const pollStepMs = 200;
/** The first words in a room are noticed by a look at all rooms: nobody shall wait the usual three seconds for it. */
const sweepIntervalMs = 300;
/** Edits and reactions are noticed by a held request, which the room is to have as soon as somebody spoke, … */
const holdIntervalMs = 500;
/** … which pauses for as much less as the server looks more often, … */
const pollPauseMs = 100;
/** … and those that came just before it by reading again. */
const overlapIntervalMs = 500;

/** A Talk server with one public room, in which Anna, Ben, Clara and Crosstalk's own user are. */
export class TalkSide implements Side {
  readonly network = 'Nextcloud Talk';
  readonly people = people;
  readonly can = { mostOptions: 20, threads: 'titled' } as const;
  readonly #server: TalkSandbox;
  readonly #token: string;

  constructor(
    readonly room: string,
    talkVersion: TalkVersion = 22,
  ) {
    const users = [...people, { id: bridge, name: 'Crosstalk' }].map(({ id, name }) => ({ id, displayName: name }));
    this.#server = new TalkSandbox({ pollStepMs, users, talkVersion });
    const members = ['ben', 'clara', bridge];
    // Public: people of the other networks are guests. What they said, moderators alone can change for them.
    this.#token = this.#server.rooms.create({ name: room, owner: 'anna', members, type: 'public' });
    this.#server.rooms.promote(this.#token, bridge);
  }

  /** Throws an error with code EADDRINUSE where the port is in use. */
  async start(port: number): Promise<{ readonly url: string }> {
    return this.#server.start(port);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Settings of the service's account, as people write them. */
  account(): Record<string, unknown> {
    return {
      network: 'talk',
      url: this.#server.url,
      user: bridge,
      password: this.#server.accounts.issueAppPassword(bridge),
      sweepIntervalMs,
      holdIntervalMs,
      pollPauseMs,
      overlapIntervalMs,
    };
  }

  get roomId(): string {
    return this.#token;
  }

  get ledger(): Ledger {
    return this.#server.ledger;
  }

  members(): readonly PagePerson[] {
    return [...this.#here().attendees.values()].map(({ actor, displayName }) => ({ id: actor.id, name: displayName }));
  }

  entries(): readonly (SideMessage | PageNote)[] {
    const rows = this.#here().log.all();
    return rows.map((row) => this.#entry(row)).filter((entry) => entry !== undefined);
  }

  act(person: string, act: Act): void {
    try {
      this.#act(person, act);
    } catch (error) {
      if (error instanceof Refusal) throw refusedBy(error);
      throw error;
    }
  }

  share(person: string, { name, mime, bytes }: SideFile, caption: string): void {
    this.#here();
    this.#server.shareFile(this.#token, person, { name, mimetype: mime, data: bytes, caption });
  }

  file(id: string): SideFile | undefined {
    const file = this.#server.state.files.byId(Number(id));
    return file === undefined ? undefined : { name: file.name, mime: file.mimetype, bytes: file.data };
  }

  onChange(listener: (change: SideChange) => void): void {
    this.#server.onChange(({ room, what, messageId, poll }) => {
      if (room !== this.#token) return;
      const asked = poll === undefined ? undefined : this.#asking(poll);
      const shown = asked === undefined ? undefined : this.#entry(asked);
      if (shown !== undefined) listener({ type: 'entry', entry: shown });
      if (what === 'members') listener({ type: 'members', members: this.members() });
      if (messageId === undefined) return;
      const row = this.#here().log.get(messageId);
      if (row === undefined) return;
      if (row.content.kind === 'system' && row.content.type === 'history_cleared') listener({ type: 'cleared' });
      const entry = this.#entry(changedRow(row));
      if (entry !== undefined) listener({ type: 'entry', entry });
      // Who comes and goes is told by rows alone.
      if (row.content.kind === 'system' && row.content.details.user !== undefined) {
        listener({ type: 'members', members: this.members() });
      }
    });
  }

  onReached(listener: (reached: Reached) => void): void {
    const post = new RegExp(`/(?:chat|poll)/${this.#token}(?:\\?|$)|/apps/files_sharing/api/v1/shares(?:\\?|$)`);
    this.#server.faults.watch((method, path) => {
      if (method === 'POST' && post.test(path)) listener({ atMs: Date.now() });
    });
  }

  #act(person: string, act: Act): void {
    const server = this.#server;
    switch (act.do) {
      case 'say': {
        const { text, answers, thread } = act;
        server.post(this.#token, person, text, {
          ...(answers === undefined ? {} : { replyTo: this.#row(answers).id }),
          ...(thread !== undefined && 'title' in thread ? { threadTitle: thread.title } : {}),
        });
        return;
      }
      case 'ask': {
        const { question, options, results, maxVotes } = act;
        const how = { resultMode: results === 'hidden' ? 1 : 0, maxVotes } as const;
        server.polls.ask(this.#token, person, question, options, how);
        return;
      }
      case 'vote':
        server.polls.vote(this.#token, person, this.#poll(act.message), act.choices);
        return;
      case 'endPoll':
        server.polls.close(this.#token, person, this.#poll(act.message));
        return;
      case 'press':
        throw new ActRefused('refused', 'Messages of Talk have no buttons.');
      case 'edit':
        server.edit(this.#token, person, this.#own(person, act.message).id, act.text);
        return;
      case 'delete':
        server.remove(this.#token, person, this.#own(person, act.message).id);
        return;
      case 'react':
        server.react(this.#token, person, this.#row(act.message).id, act.emoji);
        return;
      case 'unreact':
        server.unreact(this.#token, person, this.#row(act.message).id, act.emoji);
    }
  }

  #here(): Room {
    const room = this.#server.state.rooms.get(this.#token);
    if (room === undefined) throw new ActRefused('gone', 'The conversation is gone.');
    return room;
  }

  /** Throws ActRefused where it was deleted. */
  #row(id: string): Message {
    const row = this.#here().log.get(Number(id));
    if (row === undefined || row.content.kind === 'deleted') throw new ActRefused('gone', 'That message is gone.');
    return row;
  }

  #poll(id: string): number {
    const poll = this.#server.state.polls.shownBy(this.#here(), this.#row(id));
    if (poll === undefined) throw new ActRefused('gone', 'That is no poll.');
    return poll.id;
  }

  /** The row that shows a poll. */
  #asking(poll: number): Message | undefined {
    const room = this.#here();
    return room.log.all().find((row) => this.#server.state.polls.shownBy(room, row)?.id === poll);
  }

  #own(person: string, id: string): Message {
    const row = this.#row(id);
    if (row.actor.id !== person) throw new ActRefused('refused', 'Talk lets people change their own messages only.');
    return row;
  }

  #entry(row: Message): SideMessage | PageNote | undefined {
    const { state } = this.#server;
    const room = this.#here();
    const pollOf = (each: Message) => state.polls.shownBy(room, each);
    return talkEntry({ names: state.names(state.base), room, bridge, pollOf }, row);
  }
}

function refusedBy({ status }: Refusal): ActRefused {
  if (status === 413) return new ActRefused('tooLong', 'Talk takes no message of more than 32,000 characters.');
  if (status === 404) return new ActRefused('gone', 'That is gone.');
  return new ActRefused('refused', `Talk refuses that with ${status}.`);
}
