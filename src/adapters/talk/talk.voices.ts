import type { RoomId } from '../../model/ids.js';
import type { Speaker } from '../../model/network-adapter.js';
import type { ChatApi } from './api/chat.js';
import type { PollsApi } from './api/polls.js';
import type { ReactionsApi } from './api/reactions.js';
import type { TalkClient } from './talk.client.js';
import type { TalkUploads } from './talk.uploads.js';

/** Who is seen to act in a room: our account, the person by a login of their own, a guest with their name, or the bridges' own user with it. */
export interface Voice {
  readonly as: 'relay' | 'own' | 'guest' | 'bridged';
  readonly chat: Pick<ChatApi, 'post' | 'edit' | 'delete'>;
  readonly reactions: Pick<ReactionsApi, 'add' | 'remove'>;
  readonly polls: Pick<PollsApi, 'create' | 'vote' | 'close'>;
  /** Of one who is not our account: the actor's id. */
  readonly actor?: string;
  /** Of one who shares files of their own: our account shares those of all others. */
  readonly files?: TalkUploads;
  /** Whose name goes with each message, where the server takes one. */
  readonly actorDisplayName?: string;
}

export type VoiceKind = Voice['as'];

/** `refused`: the room, or the server, does not let this one do it; nothing was done. */
export type Spoken<T> = { readonly done: T } | 'refused';

/** Those who speak in the place of our account. */
export interface OtherVoices {
  /** `act` may be called a second time where the first came to nothing. Throws what `act` throws, but for refusals. */
  speak<T>(room: RoomId, speaker: Speaker, signal: AbortSignal, act: (voice: Voice) => Promise<T>): Promise<Spoken<T>>;
  /** As a certain actor. Throws TargetGone where that one is no more, and nobody else could do it. */
  speakAs<T>(room: RoomId, actor: string, signal: AbortSignal, act: (voice: Voice) => Promise<T>): Promise<Spoken<T>>;
  /** Whether there is anybody. Absent: there may be. */
  isUsed?(): Promise<boolean>;
  /** In the files of a certain actor, whichever room they were shared with. Absent: nobody has any. */
  inFilesOf?(actor: string, act: (files: TalkUploads) => Promise<void>): Promise<Spoken<void>>;
}

/** Everybody who may act for us in the account's rooms. */
export class TalkVoices {
  readonly relay: Voice;

  constructor(
    client: Pick<TalkClient, 'chat' | 'reactions' | 'polls'>,
    private readonly others: {
      readonly guest: OtherVoices;
      readonly own?: OtherVoices;
      readonly bridged?: OtherVoices;
    },
  ) {
    this.relay = { as: 'relay', chat: client.chat, reactions: client.reactions, polls: client.polls };
  }

  /** Has it done by whom the speaker asks for, else by whom it names besides, and by our account where none of them is let. */
  async speak<T>(room: RoomId, speaker: Speaker, signal: AbortSignal, act: (voice: Voice) => Promise<T>): Promise<T> {
    for (const as of [speaker.as, speaker.otherwise ?? 'relay']) {
      const spoken = await this.#other(as)?.speak(room, speaker, signal, act);
      if (spoken !== undefined && spoken !== 'refused') return spoken.done;
    }
    return act(this.relay);
  }

  /** Has it done by the one who did what is now changed or taken back. */
  async speakAs<T>(
    room: RoomId,
    as: VoiceKind,
    actor: string,
    signal: AbortSignal,
    act: (voice: Voice) => Promise<T>,
  ): Promise<T> {
    const spoken = await this.#other(as)?.speakAs(room, actor, signal, act);
    return spoken === undefined || spoken === 'refused' ? act(this.relay) : spoken.done;
  }

  /** Does something in the files of whoever shared one. `refused`: they let nobody do it any more. */
  async inFilesOf(actor: string, act: (files: TalkUploads) => Promise<void>): Promise<Spoken<void>> {
    return (await this.others.own?.inFilesOf?.(actor, act)) ?? 'refused';
  }

  /** Whether there are others than our account who change what they wrote. */
  async mayChangeTheirOwn(): Promise<boolean> {
    return this.hasUnquotable || (await this.others.own?.isUsed?.()) === true;
  }

  /** Whether there is one whose messages nobody can quote. */
  get hasUnquotable(): boolean {
    return this.others.bridged !== undefined;
  }

  #other(as: Speaker['as']): OtherVoices | undefined {
    switch (as) {
      case 'own':
        return this.others.own;
      case 'guest':
        return this.others.guest;
      case 'bridged':
        return this.others.bridged;
      case 'ghost':
      case 'relay':
      case 'bridge':
        return undefined;
    }
  }
}
