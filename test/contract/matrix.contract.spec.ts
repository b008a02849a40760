import { roomId } from '../../src/model/ids.js';
import type { JsonObject } from '../../src/sandbox/matrix/events.js';
import type { RoomMessage } from '../../src/sandbox/matrix/matrix-sandbox.types.js';
import { MatrixBench, until } from './matrix-bench.js';
import { describeCarriedFiles, type FileHarness, type SeenFile } from './files.contract.js';
import { describeNetworkAdapter } from './network-adapter.contract.js';

describeNetworkAdapter('Matrix', makeMatrixHarness);
describeCarriedFiles('Matrix', makeMatrixHarness);

async function makeMatrixHarness(): Promise<FileHarness> {
  const bench = await MatrixBench.open();
  const { sandbox, ingest } = bench;
  const alice = sandbox.addUser('alice', 'Alice');
  const id = sandbox.createRoom({ creator: alice, name: 'Contract' });
  const room = roomId(id);
  const adapter = bench.make();
  await bench.begin(adapter);
  bench.linked.add(id);
  sandbox.invite(id, alice, `@crosstalk:${sandbox.serverName}`);
  await adapter.resolveRoom({ room: id }, 'contract', bench.signal);
  const seenIn = async (content: JsonObject): Promise<SeenFile | string> => {
    const { url = '', filename: name = '', body: caption = '', info = {} } = content as Record<string, never>;
    if (url === '') return caption;
    const [, server = '', media = ''] = /^mxc:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
    const answer = await fetch(`${bench.url}/_matrix/client/v1/media/download/${server}/${media}`, {
      headers: { authorization: `Bearer ${sandbox.accessToken(alice)}` },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const { mimetype: mime = '' } = info as { mimetype?: string };
    return { name, mime, bytes, caption: caption === name ? '' : caption };
  };
  const isGhost = (actor: string): boolean => actor.startsWith('@crosstalk_');
  return {
    adapter,
    room,
    speakAs: 'ghost',
    person: { id: alice, name: 'Alice' },
    post: (text) => Promise.resolve(sandbox.post(id, alice, text)),
    arrived: async () => {
      await until(() => sandbox.isPushed);
      return bench.arrived(adapter);
    },
    toldAgain: async () => {
      const before = ingest.told.length;
      await sandbox.replayTransaction('otherId');
      // A transaction is what is told again, not all of them: those before it were told as often.
      return [...new Set(ingest.told.slice(0, before)), ...ingest.told.slice(before)] as never;
    },
    written: () => sandbox.ledger.entries(id).filter((entry) => isGhost(entry.actor)),
    bodyOf: ({ text = '' }) => text,
    pingedBy: (entry) => {
      const content = sandbox.messages(id).find(({ eventId }) => eventId === entry.id)?.content ?? {};
      const mentions = content['m.mentions'] as { user_ids?: string[]; room?: boolean } | undefined;
      // Without the field, clients notify by what stands in the text.
      return mentions === undefined
        ? ['all']
        : [...(mentions.user_ids ?? []), ...(mentions.room === true ? ['all'] : [])];
    },
    strikeWrite: (fault) => sandbox.faults.add({ method: 'PUT', path: '/send/m.room.message/', fault }),
    forgetKeys: () => sandbox.restart(),
    calmDown: () => sandbox.faults.clear(),
    rateLimited: (afterMs) => ({
      do: 'answer',
      status: 429,
      body: JSON.stringify({ errcode: 'M_LIMIT_EXCEEDED', error: 'Too Many Requests', retry_after_ms: afterMs }),
    }),
    postFile: ({ name, mime, bytes, caption }) => {
      const url = sandbox.upload(bytes, mime, name);
      const words = caption === '' ? { body: name } : { body: caption, filename: name };
      const info = { mimetype: mime, size: bytes.length };
      sandbox.sendEvent(id, alice, 'm.room.message', { msgtype: 'm.file', ...words, url, info });
      return Promise.resolve();
    },
    seen: () => Promise.all(shown(sandbox.messages(id).filter(({ sender }) => isGhost(sender))).map(seenIn)),
    strikeFile: (fault) => sandbox.faults.add({ method: 'PUT', path: '/send/m.room.message/', fault }),
    withWrongLogin: () => bench.make({ asToken: 'wrong' }),
    close: () => bench.close(),
  };
}

/** What the messages that stand in a room say, after their edits. */
function shown(messages: readonly RoomMessage[]): readonly JsonObject[] {
  const said = new Map<string, JsonObject>();
  for (const { eventId, type, content, redactedBy } of messages) {
    const { 'm.relates_to': relation, 'm.new_content': edited } = content as Record<string, JsonObject | undefined>;
    const replaced = relation?.['rel_type'] === 'm.replace' ? relation['event_id'] : undefined;
    if (type !== 'm.room.message' || redactedBy !== undefined) continue;
    if (typeof replaced === 'string' && said.has(replaced)) said.set(replaced, edited ?? {});
    else said.set(eventId, content);
  }
  return [...said.values()];
}
