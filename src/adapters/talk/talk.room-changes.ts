import { cleanText } from '../../formatting/clean.js';
import type { RoomChanged, RoomState } from '../../model/bridge-event.js';
import { TargetGone } from '../../model/errors.js';
import type { FileRef } from '../../model/ids.js';
import { orInLine } from '../../model/in-line.js';
import type { Deliver, DeliveryRequest } from '../../model/network-adapter.js';
import type { FormFile } from './api/form.js';
import type { TalkClient } from './talk.client.js';
import { readOnlyState } from './talk.constants.js';
import { unusablePicture } from './talk.errors.js';
import { withReason } from './talk.rights.js';

type Rules = Extract<RoomState, { of: 'writing' | 'expiration' }>;

/** Characters, which may be two UTF-16 code units each. */
const longestName = 255;
const longestDescription = 2000;
const largestPictureBytes = 20 * 1024 * 1024;

/** Gives the room another name, description or picture, or lets people write there or not. Only a moderator may. */
export class RoomDelivery implements Deliver<'roomChanged'> {
  readonly repeat = 'harmless';

  constructor(
    private readonly client: TalkClient,
    private readonly lines: Deliver<'messageSent'>,
  ) {}

  async send(request: DeliveryRequest<RoomChanged>, signal: AbortSignal): Promise<void> {
    const { room: token, event } = request;
    const { client } = this;
    const { change } = event;
    const beforeSend = (): void => request.beforeSend();
    switch (change.of) {
      case 'name': {
        const name = cut(cleanText(change.name).replaceAll(/\s+/g, ' ').trim(), longestName);
        // A room has to have a name there.
        if (name === '') throw new TargetGone('the room lost its name, which Talk cannot show');
        return this.#may(token, 'change its name', signal, () => client.rooms.rename(token, name, beforeSend, signal));
      }
      case 'topic': {
        const topic = cut(cleanText(change.topic).trim(), longestDescription);
        return this.#may(token, 'change its description', signal, () =>
          client.rooms.describe(token, topic, beforeSend, signal),
        );
      }
      case 'avatar': {
        if (change.avatar === null) {
          return this.#may(token, 'remove its picture', signal, () =>
            client.rooms.removePicture(token, beforeSend, signal),
          );
        }
        const file = await picture(request, change.avatar, signal);
        return this.#may(token, 'change its picture', signal, () =>
          client.rooms.setPicture(token, file, beforeSend, signal),
        );
      }
      case 'writing':
      case 'expiration':
        return this.#setRules(request, change, signal);
      case 'history':
      case 'access':
      case 'group':
      case 'breakoutRooms':
      case 'assistance':
      case 'reach':
        throw new TargetGone('the history of a room, and who may come in, are its moderators’');
    }
  }

  /** What Talk does not let us do there is told in a line. */
  async #setRules(request: DeliveryRequest<RoomChanged>, change: Rules, signal: AbortSignal): Promise<void> {
    const { room: token } = request;
    const { client } = this;
    const how = { beforeSend: (): void => request.beforeSend() };
    const set = async (): Promise<void> => {
      if (change.of === 'expiration') {
        const seconds = Math.round((change.afterMs ?? 0) / 1000);
        await client.api.rooms.setMessageExpiration({ token, seconds }, signal, how);
        return;
      }
      const state = change.state === 'stopped' ? readOnlyState.readOnly : readOnlyState.writable;
      await client.api.rooms.setReadOnly({ token, state }, signal, how);
    };
    await orInLine(request, this.lines, signal, () => this.#may(token, 'choose who writes there', signal, set));
  }

  #may(token: string, beyondChat: string, signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
    return withReason({ client: this.client, token, signal, beyondChat }, attempt);
  }
}

async function picture(request: DeliveryRequest<RoomChanged>, file: FileRef, signal: AbortSignal): Promise<FormFile> {
  const { mime, body } = await request.openFile(file, signal, largestPictureBytes);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largestPictureBytes) throw unusablePicture('it is larger than 20 MiB');
    chunks.push(chunk);
  }
  return { name: file.name, mime, bytes: Buffer.concat(chunks) };
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
