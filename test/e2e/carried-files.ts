import { createHash } from 'node:crypto';
import { type StoredBytes, storedBytes } from '../../src/sandbox/stored-bytes.js';
import type { Side } from './reference-model.js';
import type { World } from './world.js';

/** A file of a test says in its name whose it is: `<message>v0.bin`, `more of <message>.bin`. What it holds follows from its name. */
const owned = /^(?:more of )?([tms][a-z0-9]*\dx)(?:v0)?\.bin$/;
const mostBytes = 150_000;

export interface ShownFile {
  readonly name: string;
  readonly bytes: StoredBytes;
}

/** The files that go with a message: one, or two. */
export function filesOf(message: string, count: 1 | 2): readonly ShownFile[] {
  const names = [`${message}v0.bin`, `more of ${message}.bin`].slice(0, count);
  return names.map((name) => {
    const digest = createHash('sha256').update(name).digest();
    const outputLength = 1 + (digest.readUInt32BE() % mostBytes);
    return { name, bytes: storedBytes(createHash('shake256', { outputLength }).update(name).digest()) };
  });
}

/** How a file is written down for comparison: its name, and what it holds. */
export function lineOfFile({ name, bytes: { digest } }: ShownFile): string {
  return `${name} ${digest.slice(0, 12)}`;
}

/** The files that a side shows, by the name of the message that they go with; one that is shown twice is there twice. */
export function filesShown(world: World, room: World['rooms'][number], side: Side): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of filesOn[side](world, room)) {
    const message = owned.exec(file.name)?.[1] ?? '';
    found.set(message, [...(found.get(message) ?? []), lineOfFile(file)]);
  }
  return found;
}

type Files = (world: World, room: World['rooms'][number]) => readonly ShownFile[];

/** The files that a side shows, in their order. */
export const filesOn: Record<Side, Files> = {
  talk: ({ talk }, room) =>
    talk.messages(room.talk).flatMap(({ messageType, messageParameters }) => {
      const { file } = messageParameters as { file?: { id: string } };
      const stored = file === undefined ? undefined : talk.state.files.byId(Number(file.id));
      return stored === undefined || messageType === 'comment_deleted' ? [] : [{ ...stored, bytes: stored.data }];
    }),
  matrix: ({ matrix }, room) =>
    matrix.messages(room.matrix).flatMap(({ content: { url, filename, body }, redactedBy }) => {
      const stored = typeof url === 'string' ? matrix.fileAt(url) : undefined;
      return stored === undefined || redactedBy !== undefined
        ? []
        : [{ name: String(filename ?? body), bytes: stored.bytes }];
    }),
  slack: ({ slack }, room) =>
    slack.sandbox.messages(room.slack ?? '').flatMap(({ files = [] }) =>
      (files as readonly { readonly id: string }[]).flatMap(({ id }) => {
        const stored = slack.sandbox.state.files.get(id);
        return stored === undefined || stored.isDeleted ? [] : [stored];
      }),
    ),
};
