import type { FileRef, PixelSize } from '../../model/ids.js';
import type { OpenedFile } from '../../model/network-adapter.js';
import type { JsonObject } from './matrix.payloads.js';

type Uploaded = Pick<OpenedFile, 'name' | 'mime' | 'bytes' | 'size' | 'durationMs'>;

/** Where a homeserver keeps a file, and a small picture of it. */
interface Kept {
  readonly address: string;
  readonly preview?:
    { readonly address: string; readonly mime: string; readonly bytes: number; readonly size: PixelSize } | undefined;
}

/**
 * The content of an event that shows a file. `caption`: the content that says its words; where that has none, the file stands alone and
 * `caption` says where. Source: client-server API, "Instant messaging" and "Media captions"; MSC1767, MSC2448, MSC3245.
 */
export function withFile(
  caption: JsonObject,
  file: Pick<FileRef, 'durationMs' | 'blurhash' | 'voice'>,
  opened: Uploaded,
  { address, preview }: Kept,
): JsonObject {
  const { name, mime, bytes, size, durationMs = file.durationMs } = opened;
  const { blurhash, voice } = file;
  const info = {
    mimetype: mime,
    size: bytes,
    ...(size === undefined ? {} : { w: size.width, h: size.height }),
    ...(durationMs === undefined ? {} : { duration: durationMs }),
    ...(blurhash === undefined ? {} : { 'xyz.amorgan.blurhash': blurhash }),
    ...(preview === undefined
      ? {}
      : {
          thumbnail_url: preview.address,
          thumbnail_info: {
            mimetype: preview.mime,
            size: preview.bytes,
            w: preview.size.width,
            h: preview.size.height,
          },
        }),
  };
  const msgtype = msgtypeOf(mime);
  const isVoice = voice !== undefined && msgtype === 'm.audio';
  return {
    body: name,
    ...caption,
    filename: name,
    msgtype,
    url: address,
    info,
    ...(isVoice
      ? {
          'org.matrix.msc3245.voice': {},
          'org.matrix.msc1767.audio': {
            duration: durationMs ?? 0,
            ...(voice.waveform === undefined ? {} : { waveform: voice.waveform }),
          },
        }
      : {}),
  };
}

const mediaFields = [
  'msgtype',
  'filename',
  'url',
  'file',
  'info',
  'org.matrix.msc3245.voice',
  'org.matrix.msc1767.audio',
];
const fileTypes: readonly unknown[] = ['m.image', 'm.video', 'm.audio', 'm.file'];

/** Whether an event of ours shows a file. */
export function showsFile({ msgtype }: JsonObject): boolean {
  return fileTypes.includes(msgtype);
}

/** Other words for the file that a content shows. `words`: the content that says them; undefined: none any more. */
export function recaptioned(content: JsonObject, words: JsonObject | undefined): JsonObject {
  const media = Object.fromEntries(Object.entries(content).filter(([field]) => mediaFields.includes(field)));
  const { filename = content['body'] } = content;
  return { body: filename, 'm.mentions': {}, ...words, ...media, filename };
}

const wordFields = ['body', 'format', 'formatted_body', 'm.mentions'];

/** The words without the file that a content shows with them. */
export function wordsAlone(content: JsonObject): JsonObject {
  const words = Object.fromEntries(Object.entries(content).filter(([field]) => wordFields.includes(field)));
  return { ...words, msgtype: 'm.text' };
}

/** Clients show a picture of any type as one, and know films and sounds by theirs. */
function msgtypeOf(mime: string): string {
  const [kind = ''] = mime.split('/');
  return kind === 'image' || kind === 'video' || kind === 'audio' ? `m.${kind}` : 'm.file';
}
