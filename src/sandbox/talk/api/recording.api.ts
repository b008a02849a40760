import { Refusal } from '../refusal.js';
import type { Message, SystemType } from '../state/message.js';
import { RecordingStatus, type Room } from '../state/room.js';
import { inRoom, roomOf, talkApi, type Call, type Need, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const recordingApi = `${talkApi}/v1/recording`;
const moderator: readonly Need[] = ['login', 'accountModerator'];
const recordingFolder = '/Talk/Recording';

/** Recordings of calls: asked for by moderators, made by a recording server. */
export function addRecordingRoutes(router: OcsRouter): void {
  router.add('POST', `${recordingApi}/backend`, report);
  router.add('POST', `${recordingApi}/{token}`, inRoom(moderator, start));
  router.add('DELETE', `${recordingApi}/{token}`, inRoom(moderator, stop));
  router.add(
    'DELETE',
    `${recordingApi}/{token}/notification`,
    inRoom(moderator, () => ok(null)),
  );
  router.add('POST', `${recordingApi}/{token}/share-chat`, inRoom(moderator, shareToChat));
  router.add('POST', `${recordingApi}/{token}/store`, store);
}

/** The recording is starting until its server says that it has. */
function start({ talk, room, input }: RoomCall): Answer {
  const status = input.number('status');
  if (status !== RecordingStatus.video && status !== RecordingStatus.audio) throw new Refusal(400, { error: 'status' });
  if (room.recording !== RecordingStatus.none && room.recording !== RecordingStatus.failed) {
    throw new Refusal(400, { error: 'recording' });
  }
  if (room.call === undefined) throw new Refusal(400, { error: 'call' });
  if (talk.backends.recording === undefined) throw new Refusal(400, { error: 'config' });
  room.recording = status === RecordingStatus.video ? RecordingStatus.videoStarting : RecordingStatus.audioStarting;
  return ok(null);
}

/** Where nothing is recorded there is nothing to stop. */
function stop({ talk, room, attendee }: RoomCall): Answer {
  const told = stoppedNote(room);
  room.recording = RecordingStatus.none;
  if (told !== undefined) talk.chat.note(room, attendee.actor, told);
  return ok(null);
}

function stoppedNote(room: Room): SystemType | undefined {
  switch (room.recording) {
    case RecordingStatus.video:
      return 'recording_stopped';
    case RecordingStatus.audio:
      return 'audio_recording_stopped';
    case RecordingStatus.none:
    case RecordingStatus.videoStarting:
    case RecordingStatus.audioStarting:
    case RecordingStatus.failed:
      return undefined;
  }
}

function shareToChat({ talk, room, attendee, input }: RoomCall): Answer {
  const file = talk.files.byId(input.number('fileId'));
  if (file === undefined || file.owner !== attendee.actor.id) throw new Refusal(400, { error: 'file' });
  talk.files.share(file, room);
  const messageType = file.mimetype.startsWith('audio/') ? 'record-audio' : 'record-video';
  talk.chat.say(room, attendee.actor, { kind: 'file', file, caption: '', messageType });
  return ok(null);
}

/** What the recording server says of its work: started, stopped or failed. */
function report(call: Call): Answer {
  const { talk, input, header } = call;
  const isProven = talk.backends.isRecordingServer(
    header('talk-recording-random'),
    header('talk-recording-checksum'),
    input.raw,
  );
  if (!isProven) throw fault(403, 'invalid_request', 'The request could not be authenticated.');
  const type = input.text('type');
  const { token } = input.map(type);
  const room = talk.rooms.get(typeof token === 'string' ? token : '');
  if (type !== 'started' && type !== 'stopped' && type !== 'failed') {
    throw fault(400, 'unknown_type', 'The given type is unknown.');
  }
  if (room === undefined) throw fault(404, 'no_such_room', 'Room not found.');
  note(call, room, type);
  return ok(null);
}

function note({ talk }: Call, room: Room, type: 'started' | 'stopped' | 'failed'): void {
  const actor: Message['actor'] = { type: 'guests', id: 'system', name: '' };
  switch (type) {
    case 'started': {
      const isVideo = room.recording === RecordingStatus.videoStarting;
      room.recording = isVideo ? RecordingStatus.video : RecordingStatus.audio;
      talk.chat.note(room, actor, isVideo ? 'recording_started' : 'audio_recording_started');
      return;
    }
    case 'stopped': {
      const told = stoppedNote(room);
      room.recording = RecordingStatus.none;
      if (told !== undefined) talk.chat.note(room, actor, told);
      return;
    }
    case 'failed':
      room.recording = RecordingStatus.failed;
      talk.chat.note(room, actor, 'recording_failed');
  }
}

/** The recording server brings the file, which its owner finds among their own. */
function store(call: Call): Answer {
  const { talk, input, header, parameters } = call;
  const token = parameters['token'] ?? '';
  const isProven = talk.backends.isRecordingServer(
    header('talk-recording-random'),
    header('talk-recording-checksum'),
    token,
  );
  if (!isProven) throw fault(401, 'invalid_request', 'The request could not be authenticated.');
  if (roomOf(call) === undefined) throw new Refusal(400, { error: 'room' });
  const owner = talk.accounts.get(input.text('owner'));
  if (owner === undefined) throw new Refusal(400, { error: 'owner' });
  if (input.file === undefined) throw new Refusal(400, { error: 'file' });
  for (const folder of ['/Talk', recordingFolder]) talk.files.makeFolder(owner.id, folder);
  talk.files.put({
    owner: owner.id,
    path: `${recordingFolder}/Recording ${token} ${call.beganSeconds}.webm`,
    mimetype: 'video/webm',
    data: input.file,
  });
  return ok(null);
}

function fault(status: number, code: string, message: string): Refusal {
  return new Refusal(status, { type: 'error', error: { code, message } }, '', 'signature');
}
