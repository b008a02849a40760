import { randomBytes } from 'node:crypto';

/** A file in a form. */
export interface FormFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

/** A form as `multipart/form-data`: its texts, then the file. */
export function multipart(
  file: FormFile,
  { texts = {}, field = 'file' }: { readonly texts?: Readonly<Record<string, string>>; readonly field?: string } = {},
): { readonly contentType: string; readonly body: Buffer } {
  const boundary = randomBytes(16).toString('hex');
  const fileName = file.name.replaceAll(/["\r\n]/g, '_');
  const parts = Object.entries(texts).map(
    ([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
  );
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="${field}"; filename="${fileName}"`,
    `Content-Type: ${file.mime.replaceAll(/[\r\n]/g, '')}`,
    '',
    '',
  ].join('\r\n');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([
      Buffer.from(parts.join('') + head, 'utf8'),
      file.bytes,
      Buffer.from(`\r\n--${boundary}--\r\n`, 'utf8'),
    ]),
  };
}
