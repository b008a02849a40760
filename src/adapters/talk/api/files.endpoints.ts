import { z } from 'zod';
import { around, group } from './endpoint.js';
import { bytes, file, id, nothing, text, whole } from './fields.js';

/** It is held in memory, and printed by the command line as one text, which has an end at 512 MiB. */
const maxFileBytes = 256 * 1024 * 1024;
const share = z.looseObject({ id: z.union([z.int(), z.string()]).transform(String), path: text, file_source: whole });

/** Files of the account, and what makes messages of them; `path` is below the account's own files. Source: recordings of a Nextcloud 32. */
export const fileEndpoints = group('files', {
  // 405 where it is there already.
  makeFolder: around('MKCOL /remote.php/dav/files/{user}/{path}', {
    answers: 'nothing',
    data: nothing,
    statuses: [201, 401, 404, 405, 409],
  }),
  // 201 for a new one, 204 for one that was there.
  upload: around('PUT /remote.php/dav/files/{user}/{path}', {
    sends: 'file',
    besides: { file },
    answers: 'nothing',
    data: nothing,
    statuses: [201, 204, 401, 404, 409],
  }),
  // Without a body, also where it refuses: how large it is stands in the headers.
  size: around('HEAD /remote.php/dav/files/{user}/{path}', {
    answers: 'nothing',
    data: nothing,
    statuses: [200],
    act: 'read',
  }),
  // Chunks of a large file, in a folder of its own, whose name whoever sends them chooses. Source: Nextcloud's developer manual, "Chunked file upload v2".
  beginUpload: around('MKCOL /remote.php/dav/uploads/{user}/{transfer}', {
    besides: { destination: text },
    headers: { destination: 'destination' },
    answers: 'nothing',
    data: nothing,
    statuses: [201, 401, 405],
  }),
  uploadChunk: around('PUT /remote.php/dav/uploads/{user}/{transfer}/{chunk}', {
    sends: 'file',
    besides: { file, destination: text, total: text },
    headers: { destination: 'destination', total: 'oc-total-length' },
    answers: 'nothing',
    data: nothing,
    statuses: [201, 204, 401, 404, 409],
  }),
  // Makes the file of them. 400 where they do not sum up to what the header says.
  finishUpload: around('MOVE /remote.php/dav/uploads/{user}/{transfer}/.file', {
    besides: { destination: text, total: text },
    headers: { destination: 'destination', total: 'oc-total-length' },
    answers: 'nothing',
    data: nothing,
    statuses: [201, 204, 400, 401, 404, 409],
  }),
  dropUpload: around('DELETE /remote.php/dav/uploads/{user}/{transfer}', {
    answers: 'nothing',
    data: nothing,
    statuses: [204, 401, 404],
  }),
  // What stands at a path: `properties` is the XML that asks for what is wanted. Source: RFC 4918, and Nextcloud's developer manual, "WebDAV".
  properties: around('PROPFIND /remote.php/dav/files/{user}/{path}', {
    sends: 'file',
    besides: { file, depth: z.literal(['0', '1']) },
    headers: { depth: 'depth' },
    answers: 'bytes',
    data: bytes,
    statuses: [207, 401, 404],
    act: 'read',
  }),
  download: around('GET /remote.php/dav/files/{user}/{path}', {
    answers: 'bytes',
    data: bytes,
    statuses: [200, 401, 404],
    maxBytes: maxFileBytes,
  }),
  delete: around('DELETE /remote.php/dav/files/{user}/{path}', {
    answers: 'nothing',
    data: nothing,
    statuses: [204, 401, 404],
  }),
  // Into a room: `shareType` 10 and the room's token; the message comes in its chat, with the `referenceId`.
  share: around('POST /ocs/v2.php/apps/files_sharing/api/v1/shares', {
    body: {
      shareType: z.int(),
      shareWith: z.string(),
      path: z.string(),
      referenceId: z.string().optional(),
      // A caption and what the message is, as JSON in a text.
      talkMetaData: z.string().optional(),
    },
    data: share,
    statuses: [200, 400, 401, 403, 404],
  }),
  unshare: around('DELETE /ocs/v2.php/apps/files_sharing/api/v1/shares/{id}', {
    data: nothing,
    statuses: [200, 401, 404],
  }),
  preview: around('GET /index.php/core/preview', {
    query: { fileId: id, x: z.int().positive(), y: z.int().positive(), a: z.literal([0, 1]).optional() },
    answers: 'bytes',
    data: bytes,
    statuses: [200, 401, 404],
  }),
});
