import { z } from 'zod';
import { group, talk } from './endpoint.js';
import { flag, text, whole } from './fields.js';

const parts = z.array(z.record(z.string(), z.unknown()));
const process = z.looseObject({ running: flag, log: text });
const bridge = process.extend({ enabled: flag, parts: parts.catch([]), pid: whole });

/** Matterbridge, where the server has it. Source: OpenAPI of Talk 22, `matterbridge`. */
export const matterbridgeEndpoints = group('matterbridge', {
  get: talk('v1 GET /bridge/{token}', { data: bridge, statuses: [200, 401] }),
  edit: talk('v1 PUT /bridge/{token}', {
    body: { enabled: z.boolean(), parts: parts.optional() },
    data: process,
    statuses: [200, 401, 406],
  }),
  delete: talk('v1 DELETE /bridge/{token}', { data: flag, statuses: [200, 401, 406] }),
  process: talk('v1 GET /bridge/{token}/process', { data: process, statuses: [200, 401] }),
  stopAll: talk('v1 DELETE /bridge', { data: flag, statuses: [200, 401, 403, 406] }),
  version: talk('v1 GET /bridge/version', {
    data: z.looseObject({ version: text }),
    statuses: [200, 400, 401, 403],
  }),
});
