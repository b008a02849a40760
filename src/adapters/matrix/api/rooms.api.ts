import { brokenAnswer, refusalError } from '../matrix.errors.js';
import type { MatrixClient } from '../matrix.client.js';
import { type JsonObject, type MatrixEvent, parseEvent, readMember } from '../matrix.payloads.js';
import type { Writing } from './account.api.js';
import { path } from './path.js';

/** `forbidden`: the room or the homeserver does not let this user. `unknown`: nobody here knows the room. */
export type Entry = { readonly room: string } | 'forbidden' | 'unknown';

export interface NewRoom {
  readonly aliasLocalpart: string;
  readonly name: string;
}

/** Membership and state of rooms. */
export class RoomsApi {
  constructor(private readonly client: MatrixClient) {}

  /** One who is in already is let in again. */
  async join(room: string, user: string, writing: Writing, via: readonly string[] = []): Promise<Entry> {
    const call = {
      method: 'POST',
      path: path`/_matrix/client/v3/join/${room}`,
      query: { server_name: via, via },
      body: {},
      user,
      act: 'repeatable',
      ...writing,
    } as const;
    const answer = await this.client.call(call);
    if (!('refusal' in answer)) {
      const { room_id: id } = answer.body;
      return { room: typeof id === 'string' ? id : room };
    }
    const { status, errcode } = answer.refusal;
    if (errcode !== '' && errcode !== 'M_UNRECOGNIZED') {
      if (status === 403) return 'forbidden';
      if (status === 404) return 'unknown';
    }
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  /** Shows that a user types, for so long, or no longer (0). `refused`: it is not in the room. */
  async setTyping(room: string, user: string, forMs: number, signal: AbortSignal): Promise<'shown' | 'refused'> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/rooms/${room}/typing/${user}`,
      body: forMs > 0 ? { typing: true, timeout: forMs } : { typing: false },
      user,
      act: 'repeatable',
      signal,
    });
    if (!('refusal' in answer)) return 'shown';
    const { status, errcode } = answer.refusal;
    if (errcode !== '' && (status === 403 || status === 404)) return 'refused';
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  /** `reason` is shown to those in the room, or to whoever invited. */
  async leave(room: string, user: string, reason: string | undefined, writing: Writing): Promise<void> {
    await this.client.get(
      {
        method: 'POST',
        path: path`/_matrix/client/v3/rooms/${room}/leave`,
        body: reason === undefined ? {} : { reason },
        user,
        act: 'repeatable',
        ...writing,
      },
      'room',
    );
  }

  /** Sees somebody out, for good (`ban`) or until he comes again (`kick`). `forbidden`: our own user may not. */
  async expel(
    room: string,
    how: 'kick' | 'ban',
    user: string,
    reason: string | undefined,
    writing: Writing,
  ): Promise<'done' | 'forbidden'> {
    const answer = await this.client.call({
      method: 'POST',
      path: path`/_matrix/client/v3/rooms/${room}/${how}`,
      body: { user_id: user, ...(reason === undefined ? {} : { reason }) },
      act: 'repeatable',
      ...writing,
    });
    if (!('refusal' in answer)) return 'done';
    if (answer.refusal.status === 403 && answer.refusal.errcode !== '') return 'forbidden';
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  async invite(room: string, guest: string, by: string, writing: Writing): Promise<'invited' | 'forbidden'> {
    const answer = await this.client.call({
      method: 'POST',
      path: path`/_matrix/client/v3/rooms/${room}/invite`,
      body: { user_id: guest },
      user: by,
      act: 'repeatable',
      ...writing,
    });
    if (!('refusal' in answer)) return 'invited';
    if (answer.refusal.status === 403 && answer.refusal.errcode !== '') return 'forbidden';
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  /** A piece of the room's state as our own user sees it; `hidden` where it does not let us see it. */
  async state(room: string, type: string, key: string, signal: AbortSignal, timeoutMs?: number): Promise<State> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/state/${type}/${key}`,
      act: 'read',
      signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if (!('refusal' in answer)) return { content: answer.body };
    const { status, errcode } = answer.refusal;
    if (errcode === 'M_FORBIDDEN' || errcode === 'M_GUEST_ACCESS_FORBIDDEN') return 'hidden';
    if (status === 404 && errcode === 'M_NOT_FOUND') return 'none';
    throw refusalError(answer.refusal, 'room', 'read');
  }

  /** The event that set a piece of the room's state; undefined where there is none, or none for us. */
  async stateEvent(
    room: string,
    type: string,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<MatrixEvent | undefined> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/rooms/${room}/state/${type}/`,
      query: { format: 'event' },
      act: 'read',
      signal,
      timeoutMs,
    });
    if (!('refusal' in answer)) return parseEvent({ room_id: room, ...answer.body });
    const { status, errcode } = answer.refusal;
    if (errcode === 'M_NOT_FOUND' || (status === 403 && errcode !== '')) return undefined;
    throw refusalError(answer.refusal, 'room', 'read');
  }

  /** `hidden`: our own user is not in the room. */
  async membership(room: string, user: string, signal: AbortSignal): Promise<string> {
    const state = await this.state(room, 'm.room.member', user, signal);
    return typeof state === 'string' ? state : (readMember(state.content).membership ?? 'none');
  }

  async setState(room: string, type: string, content: JsonObject, writing: Writing): Promise<'set' | 'forbidden'> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/rooms/${room}/state/${type}/`,
      body: content,
      act: 'repeatable',
      ...writing,
    });
    if (!('refusal' in answer)) return 'set';
    if (answer.refusal.errcode === 'M_FORBIDDEN') return 'forbidden';
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  async roomOfAlias(
    alias: string,
    signal: AbortSignal,
    timeoutMs?: number,
  ): Promise<{ readonly room: string; readonly via: readonly string[] } | undefined> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/directory/room/${alias}`,
      act: 'read',
      signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if ('refusal' in answer) {
      if (answer.refusal.errcode === 'M_NOT_FOUND') return undefined;
      throw refusalError(answer.refusal, 'room', 'read');
    }
    const { room_id: room, servers } = answer.body;
    if (typeof room !== 'string') return undefined;
    return {
      room,
      via: Array.isArray(servers) ? servers.filter((server) => typeof server === 'string').slice(0, 3) : [],
    };
  }

  /** Makes a room for those who are invited; `taken` where its alias has one already. */
  async create({ aliasLocalpart, name }: NewRoom, signal: AbortSignal): Promise<{ readonly room: string } | 'taken'> {
    const answer = await this.client.call({
      method: 'POST',
      path: '/_matrix/client/v3/createRoom',
      body: { room_alias_name: aliasLocalpart, name, preset: 'private_chat', visibility: 'private' },
      act: 'repeatable',
      signal,
    });
    if ('refusal' in answer) {
      if (answer.refusal.errcode === 'M_ROOM_IN_USE') return 'taken';
      throw refusalError(answer.refusal, 'room', 'repeatable');
    }
    const { room_id: room } = answer.body;
    return typeof room === 'string' ? { room } : 'taken';
  }

  /** Makes a room for our own user and one person, who is invited. */
  async createDirect(person: string, signal: AbortSignal): Promise<string> {
    const answer = await this.client.get(
      {
        method: 'POST',
        path: '/_matrix/client/v3/createRoom',
        body: { preset: 'private_chat', visibility: 'private', is_direct: true, invite: [person] },
        act: 'repeatable',
        signal,
      },
      'room',
    );
    const { room_id: room } = answer;
    if (typeof room !== 'string') throw brokenAnswer('repeatable', 'without the id of the new room');
    return room;
  }
}

/** `none`: the room has no such state. */
export type State = { readonly content: JsonObject } | 'none' | 'hidden';
