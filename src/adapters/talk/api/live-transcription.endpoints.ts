import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { flag, mapOf, nothing, text } from './fields.js';

const language = z.looseObject({
  name: text,
  metadata: z.looseObject({ separator: text, rtl: flag }).catch({ separator: ' ', rtl: false }),
});

/** What is said in a call, as text. A server without the app for it answers 400. Source: OpenAPI of Talk 22, `live_transcription`. */
export const liveTranscriptionEndpoints = group('liveTranscription', {
  enable: talk('v1 POST /live-transcription/{token}', { data: nothing, statuses: [200, 400] }),
  disable: talk('v1 DELETE /live-transcription/{token}', { data: nothing, statuses: [200, 400] }),
  languages: talk('v1 GET /live-transcription/languages', { data: mapOf(language), statuses: [200, 400] }),
  setLanguage: talk('v1 POST /live-transcription/{token}/language', {
    body: { languageId: z.string() },
    data: nothing,
    statuses: [200, 400, 403],
  }),
});
