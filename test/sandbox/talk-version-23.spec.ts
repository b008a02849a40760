import { TalkSandbox } from '../../src/sandbox/talk/talk-sandbox.js';
import { Asker } from './talk-asker.js';

interface Capabilities {
  readonly capabilities: { readonly spreed: { readonly features: readonly string[] } };
}

describe('pinned and scheduled messages of the sandbox Talk server', () => {
  let nowMs: number;
  let sandbox: TalkSandbox;
  let asker: Asker;
  let token: string;

  async function startWith(talkVersion: 22 | 23): Promise<void> {
    nowMs = 1_800_000_000_000;
    sandbox = new TalkSandbox({ talkVersion, clock: () => nowMs });
    await sandbox.start(0);
    asker = new Asker(() => sandbox.url);
    token = sandbox.rooms.create({ name: 'Room', owner: 'alice', members: ['bob'] });
  }

  afterEach(async () => {
    await sandbox.stop();
  });

  async function features(): Promise<readonly string[]> {
    const answer = await asker.ask('alice', 'GET', '/ocs/v2.php/cloud/capabilities');
    return (answer.data as Capabilities).capabilities.spreed.features;
  }

  test('Talk 22 has neither: 404, and no capability', async () => {
    await startWith(22);
    const id = sandbox.post(token, 'alice', 'hello');
    expect(await features()).not.toContain('pinned-messages');
    expect(await features()).not.toContain('scheduled-messages');
    expect(await asker.status('alice', 'POST', `v1/chat/${token}/${id}/pin`)).toBe(404);
    expect(await asker.status('alice', 'DELETE', `v1/chat/${token}/${id}/pin`)).toBe(404);
    expect(await asker.status('alice', 'DELETE', `v1/chat/${token}/${id}/pin/self`)).toBe(404);
    expect(await asker.status('alice', 'GET', `v1/chat/${token}/schedule`)).toBe(404);
    expect(await asker.status('alice', 'DELETE', `v1/chat/${token}/schedule/1`)).toBe(404);
  });

  test('Talk 23 says so in its capabilities', async () => {
    await startWith(23);
    expect(await features()).toEqual(expect.arrayContaining(['pinned-messages', 'scheduled-messages']));
  });

  test('a moderator pins a message for a time: it says by whom and until when, and the room is told', async () => {
    await startWith(23);
    const id = sandbox.post(token, 'bob', 'important');
    const pin = `v1/chat/${token}/${id}/pin`;
    const until = nowMs / 1000 + 60;
    expect(await asker.status('bob', 'POST', pin)).toBe(403);
    expect(await asker.status('alice', 'POST', `v1/chat/${token}/99999/pin`)).toBe(404);
    expect(await asker.ask('alice', 'POST', pin, { json: { pinUntil: 1 } })).toMatchObject({
      status: 400,
      data: { error: 'until' },
    });
    const metaData = {
      pinnedActorType: 'users',
      pinnedActorId: 'alice',
      pinnedActorDisplayName: 'alice',
      pinnedAt: nowMs / 1000,
      pinnedUntil: until,
    };
    expect(await asker.ask('alice', 'POST', pin, { json: { pinUntil: until } })).toMatchObject({
      status: 200,
      data: { systemMessage: 'message_pinned', parent: { id, metaData } },
    });
    expect(await asker.status('bob', 'DELETE', `${pin}/self`)).toBe(200);
    expect(await asker.status('alice', 'DELETE', pin)).toBe(200);
    expect(sandbox.messages(token).at(-1)).toMatchObject({ systemMessage: 'message_unpinned' });
    expect(sandbox.messages(token).find((row) => row['id'] === id)).not.toHaveProperty('metaData');
    expect(await asker.status('bob', 'DELETE', `${pin}/self`)).toBe(404);
  });

  test('a pin ends by itself when its time is over', async () => {
    await startWith(23);
    const id = sandbox.post(token, 'alice', 'important');
    await asker.ask('alice', 'POST', `v1/chat/${token}/${id}/pin`, { json: { pinUntil: nowMs / 1000 + 60 } });
    nowMs += 61_000;
    sandbox.state.schedule.lookAtPins();
    expect(sandbox.messages(token).at(-1)).toMatchObject({ systemMessage: 'message_unpinned' });
  });

  test('a scheduled message is changed until it is said, at its time and not before', async () => {
    await startWith(23);
    const schedule = `v1/chat/${token}/schedule`;
    const sendAt = nowMs / 1000 + 60;
    expect(await asker.status('alice', 'POST', schedule, { json: { message: 'late', sendAt: 1 } })).toBe(400);
    expect(await asker.status('alice', 'POST', schedule, { json: { message: ' ', sendAt } })).toBe(400);
    const tooLong = { message: 'x'.repeat(32_001), sendAt };
    expect(await asker.status('alice', 'POST', schedule, { json: tooLong })).toBe(413);
    const made = await asker.ask('alice', 'POST', schedule, { json: { message: 'later', sendAt } });
    expect(made.status).toBe(201);
    const { id } = made.data as { id: string };
    const other = await asker.ask('alice', 'POST', schedule, { json: { message: 'never', sendAt } });
    expect(await asker.status('alice', 'DELETE', `${schedule}/${(other.data as { id: string }).id}`)).toBe(200);
    expect(await asker.status('bob', 'POST', `${schedule}/${id}`, { json: { message: 'x', sendAt } })).toBe(404);
    expect(await asker.status('alice', 'POST', `${schedule}/${id}`, { json: { message: 'later!', sendAt } })).toBe(202);
    expect((await asker.ask('alice', 'GET', schedule)).data).toMatchObject([{ id, message: 'later!', sendAt }]);
    expect((await asker.ask('bob', 'GET', schedule)).data).toEqual([]);
    sandbox.state.schedule.sendDue();
    expect(sandbox.messages(token).at(-1)).not.toMatchObject({ message: 'later!' });
    nowMs += 61_000;
    sandbox.state.schedule.sendDue();
    expect(sandbox.messages(token).at(-1)).toMatchObject({ message: 'later!', actorId: 'alice' });
    expect((await asker.ask('alice', 'GET', schedule)).data).toEqual([]);
  });

  test('of somebody who left nothing is said', async () => {
    await startWith(23);
    const sendAt = nowMs / 1000 + 60;
    await asker.ask('bob', 'POST', `v1/chat/${token}/schedule`, { json: { message: 'later', sendAt } });
    sandbox.rooms.removeMember(token, 'bob');
    nowMs += 61_000;
    sandbox.state.schedule.sendDue();
    expect(sandbox.messages(token).map(({ message }) => message)).not.toContain('later');
  });
});
