import { rangeAnswer } from '../../byte-range.js';
import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import { folderType } from '../state/files.js';
import type { StoredFile } from '../state/stored-file.js';
import type { TalkState } from '../state/talk-state.js';
import { readLogin } from './login.js';

export const davFront = '/remote.php/dav/files/';

const instance = 'ocsandboxtalk';

/** People's files by WebDAV: what a client of Talk needs to send and fetch them. */
export function answerDav(talk: TalkState, request: SandboxRequest): SandboxAnswer {
  return within(talk, request, davFront, (owner, path) => answerFile(talk, owner, path, request));
}

/** For who is logged in as whose files are meant. `path` begins with a slash. */
export function within<Answer>(
  talk: TalkState,
  request: SandboxRequest,
  front: string,
  answer: (owner: string, path: string) => Answer,
): Answer | SandboxAnswer {
  const login = readLogin(talk.accounts, request.headers.authorization);
  if (login.kind !== 'account') {
    return {
      ...fault(401, 'NotAuthenticated', 'No public access'),
      headers: { 'www-authenticate': 'Basic realm="Nextcloud"' },
    };
  }
  const [owner = '', ...parts] = request.path.slice(front.length).split('/');
  if (owner !== login.credential.user.id) return fault(404, 'NotFound', 'File not found');
  return answer(owner, `/${parts.join('/')}`);
}

function answerFile(talk: TalkState, owner: string, path: string, request: SandboxRequest): SandboxAnswer {
  switch (request.method) {
    case 'MKCOL':
      return makeFolder(talk, owner, path);
    case 'PUT':
      return put(talk, owner, path, request);
    case 'GET':
    case 'HEAD':
      return get(talk.files.find(owner, path), request.headers);
    case 'PROPFIND':
      return properties(talk.files.find(owner, path), request.path);
    case 'DELETE':
      return talk.files.delete(owner, path) ? { status: 204 } : fault(404, 'NotFound', 'File not found');
    default:
      return fault(405, 'MethodNotAllowed', 'Not supported here');
  }
}

function makeFolder(talk: TalkState, owner: string, path: string): SandboxAnswer {
  if (!talk.files.hasFolderFor(owner, path)) return fault(409, 'Conflict', 'Parent node does not exist');
  const id = talk.files.makeFolder(owner, path);
  if (id === undefined) return fault(405, 'MethodNotAllowed', 'The resource you tried to create already exists');
  return { status: 201, headers: { 'oc-fileid': fileId(id) } };
}

export function put(
  talk: TalkState,
  owner: string,
  path: string,
  request: Pick<SandboxRequest, 'headers' | 'content'>,
): SandboxAnswer {
  if (!talk.files.hasFolderFor(owner, path))
    return fault(409, 'Conflict', 'Files cannot be created in non-existent collections');
  const mimetype = request.headers['content-type'] ?? 'application/octet-stream';
  const { file, isNew } = talk.files.put({ owner, path, mimetype, data: request.content });
  return { status: isNew ? 201 : 204, headers: { 'oc-fileid': fileId(file.id), etag: `"${file.etag}"` } };
}

/** What Sabre does with `If-Match`: what is not there does not match either. */
function get(file: StoredFile | undefined, { range, 'if-match': wanted }: SandboxRequest['headers']): SandboxAnswer {
  if (wanted !== undefined && wanted !== '*' && wanted !== (file && `"${file.etag}"`))
    return fault(412, 'PreconditionFailed', 'An If-Match header was specified, and nothing there matches');
  if (file === undefined) return fault(404, 'NotFound', 'File not found');
  if (file.mimetype === folderType) return fault(501, 'NotImplemented', 'A folder has no contents to be read');
  const type = file.mimetype.startsWith('text/') ? `${file.mimetype};charset=UTF-8` : file.mimetype;
  return rangeAnswer(file.data, range, { 'content-type': type, etag: `"${file.etag}"` });
}

/** What Nextcloud tells of a file to whoever asks for its number and its ETag. */
function properties(file: StoredFile | undefined, path: string): SandboxAnswer {
  if (file === undefined) return fault(404, 'NotFound', 'File not found');
  const href = path.split('/').map(encodeURIComponent).join('/');
  const told = `<d:getetag>&quot;${file.etag}&quot;</d:getetag><oc:fileid>${String(file.id)}</oc:fileid>`;
  const body = `<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns"><d:response><d:href>${href}</d:href><d:propstat><d:prop>${told}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>
`;
  return { status: 207, headers: { 'content-type': 'application/xml; charset=utf-8' }, body };
}

function fileId(id: number): string {
  return `${String(id).padStart(8, '0')}${instance}`;
}

export function fault(status: number, name: string, message: string): SandboxAnswer {
  const body = `<?xml version="1.0" encoding="utf-8"?>
<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">
  <s:exception>Sabre\\DAV\\Exception\\${name}</s:exception>
  <s:message>${message}</s:message>
</d:error>
`;
  return { status, headers: { 'content-type': 'application/xml; charset=utf-8' }, body };
}
