import { Refusal } from '../refusal.js';
import { CallFlag, callFlagsOf, isModerator } from '../state/room.js';
import { inRoom, talkApi, type Call, type OcsRouter, type RoomCall } from './call.js';
import { ok, type Answer } from './ocs.js';

const transcriptionApi = `${talkApi}/v1/live-transcription`;
const languages: Readonly<Record<string, unknown>> = {
  de: { name: 'Deutsch', metadata: { separator: ' ', rtl: false } },
  en: { name: 'English', metadata: { separator: ' ', rtl: false } },
};

/** What is said in calls as text, where a program that writes it down is installed; else each answers 400 `app`. */
export function addTranscriptionRoutes(router: OcsRouter): void {
  router.add('GET', `${transcriptionApi}/languages`, list);
  router.add('POST', `${transcriptionApi}/{token}`, inRoom([], turn));
  router.add('DELETE', `${transcriptionApi}/{token}`, inRoom([], turn));
  router.add('POST', `${transcriptionApi}/{token}/language`, inRoom([], choose));
}

function list(call: Call): Answer {
  requireApp(call);
  return ok(languages);
}

/** For those in the call. */
function turn(call: RoomCall): Answer {
  requireApp(call);
  if (callFlagsOf(call.attendee) === CallFlag.out) throw new Refusal(400, { error: 'in-call' });
  return ok(null);
}

function choose(call: RoomCall): Answer {
  const { room, attendee, input } = call;
  if (!isModerator(attendee)) throw new Refusal(403, { error: 'app' });
  requireApp(call);
  const language = input.text('languageId');
  if (languages[language] === undefined) throw new Refusal(400, { error: 'app' });
  room.transcriptionLanguage = language;
  return ok(null);
}

function requireApp({ talk }: Call): void {
  if (talk.extras.transcription !== true) throw new Refusal(400, { error: 'app' });
}
