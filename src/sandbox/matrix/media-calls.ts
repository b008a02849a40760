import { addCallAt, ok, param, type Api } from './api.js';
import type { SandboxAnswer } from '../http-server.js';
import { MatrixError, notFound } from './matrix-error.js';
import type { PathParams } from './router.js';

/** Upload, and download with the token; the old addresses without a token know no file, as since authenticated media. */
export function addMediaCalls(api: Api, maxUploadBytes: number): void {
  for (const prefix of ['/_matrix/media/v3', '/_matrix/media/r0', '/_matrix/media/v1']) {
    addCallAt(api, 'POST', `${prefix}/upload`, ({ request }) => {
      if (request.content.length > maxUploadBytes) {
        throw new MatrixError(413, 'M_TOO_LARGE', 'Upload request body is too large');
      }
      const contentType = request.headers['content-type'] ?? 'application/octet-stream';
      const name = request.query.get('filename') ?? undefined;
      return ok({ content_uri: api.media.add({ bytes: request.content, contentType, name }) });
    });
    api.router.add('GET', `${prefix}/download/:server/:media`, () => refuseUnauthenticated());
    api.router.add('GET', `${prefix}/download/:server/:media/:name`, () => refuseUnauthenticated());
    api.router.add('GET', `${prefix}/thumbnail/:server/:media`, () => refuseUnauthenticated());
    addCallAt(api, 'GET', `${prefix}/config`, () => ok({ 'm.upload.size': maxUploadBytes }));
  }
  const prefix = '/_matrix/client/v1/media';
  addCallAt(api, 'GET', `${prefix}/config`, () => ok({ 'm.upload.size': maxUploadBytes }));
  addCallAt(api, 'GET', `${prefix}/download/:server/:media`, ({ params }) => download(api, params));
  addCallAt(api, 'GET', `${prefix}/download/:server/:media/:name`, ({ params }) => download(api, params));
  // Whole files serve as their own thumbnails.
  addCallAt(api, 'GET', `${prefix}/thumbnail/:server/:media`, ({ params }) => download(api, params));
}

function refuseUnauthenticated(): SandboxAnswer {
  throw notFound('Not found');
}

function download({ media }: Api, params: PathParams): SandboxAnswer {
  const file = media.get(param(params, 'server'), param(params, 'media'));
  if (file === undefined) throw notFound(`Not found '${param(params, 'media')}'`);
  const name = params.name ?? file.name;
  const disposition = /^(image|audio|video|text\/plain)/.test(file.contentType) ? 'inline' : 'attachment';
  return {
    status: 200,
    headers: {
      'content-type': file.contentType,
      'content-disposition': name === undefined ? disposition : `${disposition}; ${fileNameParameter(name)}`,
    },
    content: file.bytes,
  };
}

function fileNameParameter(name: string): string {
  return /^[\w.-]+$/.test(name) ? `filename=${name}` : `filename*=utf-8''${encodeURIComponent(name)}`;
}
