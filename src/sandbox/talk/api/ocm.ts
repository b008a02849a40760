import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { readCloudId } from '../state/cloud-id.js';
import type { Notice } from '../state/federation.js';
import type { TalkState } from '../state/talk-state.js';
import { Input } from './input.js';

export const ocmFront = '/ocm/';

type Json = Readonly<Record<string, unknown>>;

/** What other servers say: invitations for this one's people, and what happened in rooms that both know. */
export function answerOcm(talk: TalkState, request: SandboxRequest): SandboxAnswer {
  const input = new Input(request);
  switch (`${request.method} ${request.path.slice(ocmFront.length)}`) {
    case 'POST shares':
      return receiveShare(talk, input);
    case 'POST notifications':
      return hear(talk, input);
    default:
      return { status: 404, body: { message: 'unknown' } };
  }
}

function receiveShare(talk: TalkState, input: Input): SandboxAnswer {
  const options = mapIn(input.map('protocol'), 'options');
  const inviterCloudId = input.text('sender');
  const server = readCloudId(inviterCloudId)?.server;
  if (server === undefined) return { status: 400, body: { message: 'sender' } };
  const displayName = talk.federation.receive(server, {
    shareWith: input.text('shareWith'),
    roomToken: textIn(options, 'roomToken'),
    roomName: textIn(options, 'roomName'),
    roomType: Number(options['roomType']),
    inviterCloudId,
    inviterName: input.text('senderDisplayName'),
    subject: { attendeeId: input.number('providerId'), secret: textIn(options, 'sharedSecret') },
  });
  if (displayName === undefined) return { status: 400, body: { message: 'shareWith' } };
  return { status: 201, body: { recipientDisplayName: displayName } };
}

function hear(talk: TalkState, input: Input): SandboxAnswer {
  const facts = input.map('notification');
  const notice = readNotice(input.text('notificationType'), facts);
  if (notice === undefined) return { status: 400, body: { message: 'notificationType' } };
  const subject = { attendeeId: input.number('providerId'), secret: textIn(facts, 'sharedSecret') };
  const isHeard = talk.federation.hear(textIn(facts, 'remoteServerUrl'), subject, notice);
  return isHeard ? { status: 201, body: [] } : { status: 403, body: { message: 'sharedSecret' } };
}

function readNotice(type: string, facts: Json): Notice | undefined {
  switch (type) {
    case 'SHARE_ACCEPTED':
    case 'SHARE_DECLINED':
    case 'SHARE_UNSHARED':
      return { type };
    case 'ROOM_MODIFIED':
      return { type, name: textIn(facts, 'name') };
    case 'MESSAGE_POSTED':
      return { type, message: mapIn(facts, 'message') };
    default:
      return undefined;
  }
}

function mapIn(map: Json, key: string): Json {
  const value = map[key];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function textIn(map: Json, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}
