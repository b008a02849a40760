import { Readable } from 'node:stream';
import { TargetGone } from '../model/errors.js';
import type { FileRef } from '../model/ids.js';
import type { FileStream, NetworkAdapter, WantedBytes } from '../model/network-adapter.js';

/** Files of every network, each opened by the account that shows it. */
export class Files {
  constructor(private readonly adapters: ReadonlyMap<string, NetworkAdapter>) {}

  /** What was made of words is had from those. Throws TargetGone where its account is no longer configured. */
  async open(file: FileRef, signal: AbortSignal, wanted?: WantedBytes): Promise<FileStream> {
    if (file.text !== undefined) {
      const bytes = Buffer.from(file.text);
      return { mime: file.mime, bytes: bytes.length, body: Readable.from([bytes], { objectMode: false }) };
    }
    const adapter = this.adapters.get(file.account);
    if (adapter === undefined) throw new TargetGone('the account that has the file is not configured');
    return adapter.openFile(file, signal, wanted);
  }
}
