import { BridgeError } from '../../../model/errors.js';
import { brokenAnswer, type Refusal, refusalError } from '../matrix.errors.js';
import type { MatrixClient } from '../matrix.client.js';
import { isObject, type ProfileContent, readProfile } from '../matrix.payloads.js';
import { path } from './path.js';

export interface Writing {
  readonly signal: AbortSignal;
  readonly beforeSend?: () => void;
}

const listed = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** How a user is. Source: Matrix 1.16, "Presence". */
export interface ShownStatus {
  readonly presence: 'online' | 'unavailable' | 'offline';
  readonly status_msg?: string;
}

/** Versions, login, users and their profiles. */
export class AccountApi {
  constructor(private readonly client: MatrixClient) {}

  /** The newest version of the specification that the homeserver names. */
  async specification(signal: AbortSignal): Promise<string> {
    const body = await this.client.get(
      { method: 'GET', path: '/_matrix/client/versions', act: 'read', signal },
      'login',
    );
    return listed(body['versions']).at(-1) ?? 'of an unknown version';
  }

  /** Name and version of the program; undefined where it does not tell them, or something else answers there. */
  async program(signal: AbortSignal, timeoutMs: number): Promise<string | undefined> {
    const call = { method: 'GET', path: '/_matrix/federation/v1/version', act: 'read', signal, timeoutMs } as const;
    try {
      const answer = await this.client.call(call);
      const server = 'refusal' in answer ? undefined : answer.body['server'];
      const { name, version } = isObject(server) ? server : {};
      return typeof name === 'string' && typeof version === 'string' ? `${name} ${version}` : undefined;
    } catch (error) {
      // Often that address is not open where clients come in.
      if (error instanceof BridgeError && !signal.aborted) return undefined;
      throw error;
    }
  }

  /** As whom our token is known; undefined where that user is not registered yet. */
  async whoami(signal: AbortSignal): Promise<string | undefined> {
    const call = { method: 'GET', path: '/_matrix/client/v3/account/whoami', act: 'read', signal } as const;
    const answer = await this.client.call(call);
    if ('refusal' in answer) {
      if (answer.refusal.errcode === 'M_FORBIDDEN') return undefined;
      throw refusalError(answer.refusal, 'login', 'read');
    }
    const user = answer.body['user_id'];
    if (typeof user !== 'string') throw brokenAnswer('read', 'whoami without a user');
    return user;
  }

  /** Makes a user of ours. One that exists already is fine. */
  async register(localpart: string, { signal, beforeSend }: Writing): Promise<void> {
    const answer = await this.client.call({
      method: 'POST',
      path: '/_matrix/client/v3/register',
      body: { type: 'm.login.application_service', username: localpart, inhibit_login: true },
      act: 'repeatable',
      signal,
      ...(beforeSend === undefined ? {} : { beforeSend }),
    });
    if ('refusal' in answer && answer.refusal.errcode !== 'M_USER_IN_USE') {
      throw refusalError(answer.refusal, 'login', 'repeatable');
    }
  }

  /** What people see of a user; undefined where there is no such user or nothing to see. */
  async profile(user: string, signal: AbortSignal, timeoutMs?: number): Promise<ProfileContent | undefined> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/profile/${user}`,
      act: 'read',
      signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    if (!('refusal' in answer)) return readProfile(answer.body);
    const { status, errcode } = answer.refusal;
    if (errcode !== '' && (status === 404 || status === 403)) return undefined;
    throw refusalError(answer.refusal, 'room', 'read');
  }

  async setDisplayName(user: string, name: string, writing: Writing): Promise<void> {
    await this.#setProfile(user, 'displayname', name, writing);
  }

  /** `address`: mxc, or empty for none. */
  async setAvatar(user: string, address: string, writing: Writing): Promise<void> {
    await this.#setProfile(user, 'avatar_url', address, writing);
  }

  /** `off`: the homeserver says that it shows nobody's. Others take it, and show nothing. */
  async setPresence(user: string, status: ShownStatus, signal: AbortSignal): Promise<'shown' | 'off'> {
    const answer = await this.client.call({
      method: 'PUT',
      path: path`/_matrix/client/v3/presence/${user}/status`,
      body: { ...status },
      user,
      act: 'repeatable',
      signal,
    });
    if (!('refusal' in answer)) return 'shown';
    const { status: code, errcode } = answer.refusal;
    if (errcode !== '' && (code === 403 || code === 404)) return 'off';
    throw refusalError(answer.refusal, 'room', 'repeatable');
  }

  /** What the homeserver shows one of our own users, `by`, of somebody; undefined where it shows nothing. */
  async presence(of: string, by: string, signal: AbortSignal): Promise<string | undefined> {
    const answer = await this.client.call({
      method: 'GET',
      path: path`/_matrix/client/v3/presence/${of}/status`,
      user: by,
      act: 'read',
      signal,
    });
    if (!('refusal' in answer)) {
      const { presence } = answer.body;
      return typeof presence === 'string' ? presence : undefined;
    }
    const { status, errcode } = answer.refusal;
    if (errcode !== '' && (status === 403 || status === 404)) return undefined;
    throw refusalError(answer.refusal, 'room', 'read');
  }

  /** Has the homeserver ping us, and then hand over at once what waits. Undefined: it works. */
  async ping(id: string, transaction: string, signal: AbortSignal): Promise<Refusal | undefined> {
    const answer = await this.client.call({
      method: 'POST',
      path: path`/_matrix/client/v1/appservice/${id}/ping`,
      body: { transaction_id: transaction },
      act: 'repeatable',
      signal,
    });
    return 'refusal' in answer ? answer.refusal : undefined;
  }

  async #setProfile(user: string, field: 'displayname' | 'avatar_url', value: string, writing: Writing): Promise<void> {
    await this.client.get(
      {
        method: 'PUT',
        path: path`/_matrix/client/v3/profile/${user}/${field}`,
        body: { [field]: value },
        user,
        act: 'repeatable',
        ...writing,
      },
      'room',
    );
  }
}
