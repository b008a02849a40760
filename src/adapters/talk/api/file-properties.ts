import { Parser } from 'htmlparser2';

/** Asks for what tells one file from another, and one state of it from the next. */
export const identityQuestion =
  '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><oc:fileid/><d:getetag/></d:prop></d:propfind>';

export interface FileIdentity {
  /** The server's number of it, which it keeps wherever it is moved. */
  readonly id: string;
  /** With its quotes, as `If-Match` takes it. Absent: its storage knows none. */
  readonly etag?: string;
}

/** Pure: what the answer to `identityQuestion` says of the one file that was asked for; undefined where it names none. */
export function fileIdentityIn(xml: string): FileIdentity | undefined {
  const told = new Map<string, string>();
  let within = '';
  const parser = new Parser(
    {
      // Which prefix stands for which namespace is the server's to choose; neither name is used twice.
      onopentagname: (name) => {
        within = name.slice(name.indexOf(':') + 1);
      },
      ontext: (text) => {
        told.set(within, (told.get(within) ?? '') + text);
      },
      onclosetag: () => {
        within = '';
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml);
  const id = told.get('fileid')?.trim() ?? '';
  const etag = told.get('getetag')?.trim() ?? '';
  if (!/^\d{1,15}$/.test(id)) return undefined;
  return { id, ...(/^"[^"\r\n]+"$/.test(etag) ? { etag } : {}) };
}
