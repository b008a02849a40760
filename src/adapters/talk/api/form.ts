import { randomBytes } from 'node:crypto';

/** A file in a form's only field, `file`. */
export interface FormFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Buffer;
}

/** A form as `multipart/form-data`. */
export function multipart(file: FormFile): { readonly contentType: string; readonly body: Buffer } {
  const boundary = randomBytes(16).toString('hex');
  const name = file.name.replaceAll(/["\r\n]/g, '_');
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    `Content-Type: ${file.mime.replaceAll(/[\r\n]/g, '')}`,
    '',
    '',
  ].join('\r\n');
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(head, 'utf8'), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`, 'utf8')]),
  };
}
