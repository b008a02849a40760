import { lookup } from 'mime-types';
import type { SandboxAnswer, SandboxRequest } from '../../http-server.js';
import type { TalkState } from '../state/talk-state.js';
import { davFront, fault, put, within } from './dav.js';

export const uploadsFront = '/remote.php/dav/uploads/';

/** Large files in chunks: a folder, the chunks in it, and the file `.file` that is made of them by being moved. */
export async function answerUploads(talk: TalkState, request: SandboxRequest): Promise<SandboxAnswer> {
  return within(talk, request, uploadsFront, (owner, path) => {
    const [, folder = '', name = '', ...more] = path.split('/');
    if (folder === '' || more.length > 0) return fault(405, 'MethodNotAllowed', 'Not supported here');
    return name === ''
      ? answerFolder(talk, owner, folder, request)
      : answerChunk(talk, owner, { folder, name }, request);
  });
}

function answerFolder(
  { uploads }: TalkState,
  owner: string,
  folder: string,
  { method }: SandboxRequest,
): SandboxAnswer {
  switch (method) {
    case 'MKCOL':
      return uploads.make(owner, folder)
        ? { status: 201 }
        : fault(405, 'MethodNotAllowed', 'The resource you tried to create already exists');
    case 'DELETE':
      return uploads.drop(owner, folder) ? { status: 204 } : missing(folder);
    default:
      return fault(405, 'MethodNotAllowed', 'Not supported here');
  }
}

function answerChunk(
  talk: TalkState,
  owner: string,
  { folder, name }: { readonly folder: string; readonly name: string },
  request: SandboxRequest,
): SandboxAnswer | Promise<SandboxAnswer> {
  const chunks = talk.uploads.chunks(owner, folder);
  if (chunks === undefined) return missing(folder);
  if (request.method === 'MOVE' && name === '.file') return finish(talk, owner, folder, request);
  const bytes = chunks.get(name);
  switch (request.method) {
    case 'PUT':
      chunks.set(name, request.content);
      return { status: bytes === undefined ? 201 : 204 };
    case 'HEAD':
      return bytes === undefined ? missing(name) : { status: 200, content: bytes };
    default:
      return fault(405, 'MethodNotAllowed', 'Not supported here');
  }
}

async function finish(
  talk: TalkState,
  owner: string,
  folder: string,
  { headers }: SandboxRequest,
): Promise<SandboxAnswer> {
  const { destination = '', 'oc-total-length': total } = headers;
  const target = decodeURIComponent(new URL(String(destination), 'http://here').pathname);
  if (!target.startsWith(`${davFront}${owner}/`)) return fault(403, 'Forbidden', 'Destination is not in your files');
  const content = await talk.uploads.joined(owner, folder);
  if (total !== undefined && Number(total) !== content.length) {
    const sum = `Chunks on server do not sum up to ${String(total)} but to ${String(content.length)} bytes`;
    return fault(400, 'BadRequest', sum);
  }
  const made = put(talk, owner, target.slice(davFront.length + owner.length), {
    // Nobody said what it is: its name tells.
    headers: { 'content-type': lookup(target) || 'application/octet-stream' },
    content,
  });
  if (made.status < 300) talk.uploads.drop(owner, folder);
  return made;
}

function missing(name: string): SandboxAnswer {
  return fault(404, 'NotFound', `File with name ${name} could not be located`);
}
