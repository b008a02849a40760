import { TalkSandbox } from '../../../src/sandbox/talk/talk-sandbox.js';
import { Asker, proof } from '../talk-asker.js';
import { attendee, join, secrets, type Town } from './town.js';

/** Endpoints of calls, and of the servers beside Nextcloud that they need. */
export function testCalls(town: Town): void {
  test('calls: devices are told to ring on, that it was missed, or that somebody took it', async () => {
    const { sandbox, asker, token } = town;
    const at = `v4/call/${token}`;
    await join(asker, 'alice', token, 'alice');
    await join(asker, 'bob', token, 'bob');
    expect(await asker.status('carol', 'PUT', at, { json: { flags: 1 }, browser: 'carol' })).toBe(404);
    expect(await asker.status('bob', 'PUT', at, { json: { flags: 1 }, browser: 'bob' })).toBe(400);
    const bob = attendee(sandbox, token, 'bob');
    expect(await asker.status('alice', 'POST', `${at}/ring/${bob}`, { browser: 'alice' })).toBe(400);
    expect(await asker.status('bob', 'GET', `${at}/notification-state`)).toBe(201);
    await asker.ask('alice', 'POST', at, { json: { flags: 7 }, browser: 'alice' });
    expect(await asker.status('bob', 'GET', `${at}/notification-state`)).toBe(200);
    expect(await asker.status('alice', 'POST', `${at}/dialout/${bob}`, { browser: 'alice' })).toBe(404);
    const room = sandbox.state.rooms.get(token)!;
    sandbox.state.conversations.addPhone(room, { type: 'users', id: 'alice' }, '+4930123');
    const phone = [...room.attendees.values()].find(({ actor }) => actor.type === 'phones')!;
    expect(await asker.status('alice', 'POST', `${at}/dialout/${phone.id}`, { browser: 'alice' })).toBe(501);
    expect(await asker.status('alice', 'POST', `v1/live-transcription/${token}`)).toBe(400);
    await asker.ask('alice', 'DELETE', at, { browser: 'alice' });
    const last = sandbox.messages(token, 'bob').at(-1)!;
    // It may have gone over into another second.
    const message: unknown = expect.stringMatching(/^Call with \{user1\} ended \(Duration 0:0\d\)$/);
    expect(last).toMatchObject({ systemMessage: 'call_ended', message });
    for (const method of ['POST', 'PUT', 'DELETE']) {
      expect(await asker.status('alice', method, `${at}/federation`, { json: { flags: 1 }, browser: 'alice' })).toBe(
        404,
      );
      if (method === 'PUT') continue;
      expect(await asker.status('alice', method, `v4/room/${token}/federation/active`)).toBe(404);
    }
  });

  test('internal signaling: messages reach the other session, and a session that was ended is told so', async () => {
    const { sandbox, asker, token } = town;
    const at = `v3/signaling/${token}`;
    const alice = await join(asker, 'alice', token, 'alice');
    const bob = await join(asker, 'bob', token, 'bob');
    expect(await asker.status('bob', 'GET', at, { browser: 'bob' })).toBe(200);
    const fn = JSON.stringify({ to: bob, type: 'offer' });
    const messages = JSON.stringify([{ ev: 'message', fn, sessionId: alice }]);
    expect(await asker.status('alice', 'POST', at, { json: { messages }, browser: 'alice' })).toBe(200);
    const pulled = (await asker.ask('bob', 'GET', at, { browser: 'bob' })).data as { type: string; data: string }[];
    expect(pulled.map(({ type, data }) => [type, JSON.parse(data) as unknown])).toEqual([
      ['message', { to: bob, type: 'offer', from: alice }],
    ]);
    expect(await asker.status('alice', 'POST', at, { json: { messages: 'no' }, browser: 'alice' })).toBe(400);
    const room = sandbox.state.rooms.get(token)!;
    sandbox.state.attendance.close(room, room.attendees.get('users/bob')!, bob);
    expect(await asker.status('bob', 'GET', at, { browser: 'bob' })).toBe(409);
    expect(await asker.status('alice', 'GET', 'v3/signaling/settings', { query: { token: 'nowhere1' } })).toBe(404);
  });

  test('a signaling server of its own proves itself, checks tickets and is told what a room is', async () => {
    const { rich, richAsker } = town;
    const room = rich.rooms.create({ name: 'Room', owner: 'alice' });
    const settings = await richAsker.ask('alice', 'GET', 'v3/signaling/settings', { query: { token: room } });
    const { ticket, signalingMode } = settings.data as { ticket: string; signalingMode: string };
    expect(signalingMode).toBe('external');
    const say = async (json: unknown): Promise<unknown> => {
      const headers = proof('spreed-signaling', secrets.signaling, JSON.stringify(json));
      return (await richAsker.ask(undefined, 'POST', 'v3/signaling/backend', { json, headers })).data;
    };
    expect(await say({ type: 'auth', auth: { version: '1.0', params: { userid: 'alice', ticket } } })).toEqual({
      type: 'auth',
      auth: { version: '1.0', userid: 'alice', user: { displayname: 'alice' } },
    });
    expect(await say({ type: 'auth', auth: { version: '1.0', params: { userid: 'bob', ticket } } })).toMatchObject({
      type: 'error',
      error: { code: 'invalid_ticket' },
    });
    const sessionid = await join(richAsker, 'alice', room, 'alice');
    expect(
      await say({ type: 'room', room: { roomid: room, userid: 'alice', sessionid, action: 'join' } }),
    ).toMatchObject({
      type: 'room',
      room: { roomid: room, properties: { name: 'Room' } },
    });
    expect(await say({ type: 'room', room: { roomid: room, userid: 'bob', sessionid: 'x' } })).toMatchObject({
      error: { code: 'no_such_room' },
    });
    expect(await say({ type: 'ping', ping: { roomid: room, entries: [{ sessionid }] } })).toMatchObject({
      type: 'room',
    });
    expect(await richAsker.status('alice', 'GET', `v3/signaling/${room}`)).toBe(400);
    expect(await richAsker.status('admin', 'GET', 'v3/signaling/welcome/0')).toBe(200);
    expect(await richAsker.status('admin', 'GET', 'v3/signaling/welcome/1')).toBe(404);
    expect(await richAsker.status('alice', 'GET', 'v3/signaling/welcome/0')).toBe(403);
    const headers = { 'talk-recording-random': 'r'.repeat(64), 'talk-recording-checksum': 'wrong' };
    expect(await richAsker.status(undefined, 'GET', 'v3/signaling/settings', { headers })).toBe(401);
    const lost = new TalkSandbox({
      backends: {
        signaling: { url: 'ws://127.0.0.1:1', secret: 'x' },
        recording: { url: 'http://127.0.0.1:1', secret: 'x' },
      },
    });
    await lost.start(0);
    const lostAsker = new Asker(() => lost.url);
    expect(await lostAsker.status('admin', 'GET', 'v3/signaling/welcome/0')).toBe(500);
    expect(await lostAsker.status('admin', 'GET', 'v1/recording/welcome/0')).toBe(500);
    await lost.stop();
    richAsker.seen.push(...lostAsker.seen);
  });

  test('recordings: started by a moderator, told of by the recording server, stored and shared', async () => {
    const { rich, richAsker } = town;
    const room = rich.rooms.create({ name: 'Room', owner: 'alice' });
    const at = `v1/recording/${room}`;
    expect(
      await richAsker.status('alice', 'PUT', `v4/room/${room}/recording-consent`, { json: { recordingConsent: 9 } }),
    ).toBe(400);
    expect(
      await richAsker.status('alice', 'PUT', `v4/room/${room}/recording-consent`, { json: { recordingConsent: 1 } }),
    ).toBe(200);
    await join(richAsker, 'alice', room, 'alice');
    expect(await richAsker.status('alice', 'POST', `v4/call/${room}`, { json: { flags: 3 }, browser: 'alice' })).toBe(
      400,
    );
    const agreed = { flags: 3, recordingConsent: true };
    expect(await richAsker.status('alice', 'POST', `v4/call/${room}`, { json: agreed, browser: 'alice' })).toBe(200);
    expect(await richAsker.status('alice', 'POST', at, { json: { status: 1 } })).toBe(200);
    const report = (json: unknown, secret = secrets.recording): Promise<number> =>
      richAsker.status(undefined, 'POST', 'v1/recording/backend', {
        json,
        headers: proof('talk-recording', secret, JSON.stringify(json)),
      });
    expect(await report({ type: 'started', started: { token: room } }, 'wrong')).toBe(403);
    expect(await report({ type: 'martian', martian: { token: room } })).toBe(400);
    expect(await report({ type: 'started', started: { token: 'nowhere1' } })).toBe(404);
    expect(await report({ type: 'started', started: { token: room } })).toBe(200);
    expect(await richAsker.ask('alice', 'GET', `v4/room/${room}`)).toMatchObject({ data: { callRecording: 1 } });
    expect(await richAsker.status('alice', 'DELETE', at)).toBe(200);
    expect(
      rich
        .messages(room)
        .slice(-2)
        .map((row) => row['systemMessage']),
    ).toEqual(['recording_started', 'recording_stopped']);
    const store = (owner: string, secret = secrets.recording): Promise<number> =>
      richAsker.status(undefined, 'POST', `${at}/store`, {
        file: 'video',
        fields: { owner },
        headers: proof('talk-recording', secret, room),
      });
    expect(await store('alice', 'wrong')).toBe(401);
    expect(await store('nobody')).toBe(400);
    expect(await store('alice')).toBe(200);
    const stored = rich.state.files.of('alice').find(({ mimetype }) => mimetype === 'video/webm')!;
    expect(
      await richAsker.status('alice', 'POST', `${at}/share-chat`, { json: { fileId: stored.id, timestamp: 1 } }),
    ).toBe(200);
    expect(rich.messages(room).at(-1)).toMatchObject({ messageType: 'record-video' });
    expect(await richAsker.status('admin', 'GET', 'v1/recording/welcome/0')).toBe(200);
    expect(await richAsker.status('admin', 'GET', 'v1/recording/welcome/1')).toBe(404);
    expect(await richAsker.status('alice', 'GET', 'v1/recording/welcome/0')).toBe(403);
  });

  test('phones: callers come by PIN, by number or without, and people are called', async () => {
    const { asker, token, rich, richAsker } = town;
    const room = rich.rooms.create({ name: 'Room', owner: 'alice', members: ['bob'] });
    const at = `v4/room/${room}`;
    const signed = (text: string): { headers: Record<string, string> } => ({
      headers: proof('talk-sipbridge', secrets.sip, text),
    });
    const wrong = { headers: proof('talk-sipbridge', 'wrong', room) };
    expect(await richAsker.status('alice', 'PUT', `${at}/webinar/sip`, { json: { state: 9 } })).toBe(400);
    expect(await richAsker.status(undefined, 'POST', `${at}/open-dial-in`, signed(room))).toBe(400);
    expect(await richAsker.status('alice', 'PUT', `${at}/webinar/sip`, { json: { state: 2 } })).toBe(200);
    expect(await richAsker.status(undefined, 'GET', `${at}/pin/1`, signed(room))).toBe(404);
    expect(await richAsker.status(undefined, 'GET', `${at}/pin/1`, wrong)).toBe(401);
    expect(await richAsker.status(undefined, 'GET', at, wrong)).toBe(401);
    const pin = rich.rooms.pinOf(room, 'bob');
    expect(await richAsker.ask(undefined, 'GET', `${at}/pin/${pin}`, signed(room))).toMatchObject({
      status: 200,
      data: { actorId: 'bob' },
    });
    const dialIn = (text: string, proven = signed(room)): Promise<number> =>
      richAsker.status(undefined, 'POST', `${at}/verify-dialin`, { json: { pin: text }, ...proven });
    expect([await dialIn(pin), await dialIn('1'), await dialIn(pin, wrong)]).toEqual([200, 404, 401]);
    expect(await richAsker.status(undefined, 'POST', `${at}/open-dial-in`, signed(room))).toBe(200);
    expect(await richAsker.status(undefined, 'POST', `${at}/open-dial-in`, wrong)).toBe(401);
    const number = '+4930999';
    const added = { json: { newParticipant: number, source: 'phones' } };
    expect(await richAsker.status('alice', 'POST', `${at}/participants`, added)).toBe(200);
    const phone = [...rich.state.rooms.get(room)!.attendees.values()].find(
      ({ phoneNumber }) => phoneNumber === number,
    )!;
    const dialOut = (json: unknown, proven = signed(room)): Promise<number> =>
      richAsker.status(undefined, 'POST', `${at}/verify-dialout`, { json, ...proven });
    expect(await dialOut({ number, options: { attendeeId: phone.id } })).toBe(200);
    expect(await dialOut({ number, options: { attendeeId: 1 } })).toBe(400);
    expect(await dialOut({ number: '+1' })).toBe(404);
    expect(await dialOut({ number }, wrong)).toBe(401);
    await join(richAsker, 'alice', room, 'phones');
    await richAsker.ask('alice', 'POST', `v4/call/${room}`, { json: { flags: 3 }, browser: 'phones' });
    expect(await richAsker.status('alice', 'POST', `v4/call/${room}/dialout/${phone.id}`, { browser: 'phones' })).toBe(
      201,
    );
    const reject = (callId: string, options: unknown, proven = signed(room)): Promise<number> =>
      richAsker.status(undefined, 'DELETE', `${at}/rejected-dialout`, {
        query: { callId, options: JSON.stringify(options) },
        ...proven,
      });
    expect(await reject('other', { attendeeId: phone.id })).toBe(400);
    expect(await reject('other', { attendeeId: 99_999 })).toBe(404);
    expect(await reject(phone.callId!, { attendeeId: phone.id }, wrong)).toBe(401);
    expect(await reject(phone.callId!, { attendeeId: phone.id })).toBe(200);
    const direct = (json: { phoneNumber: string; caller: string }, secret = secrets.sip): Promise<number> =>
      richAsker.status(undefined, 'POST', 'v4/room/direct-dial-in', {
        json,
        headers: proof('talk-sipbridge', secret, JSON.stringify(json)),
      });
    expect(await direct({ phoneNumber: '+alice', caller: '+49' })).toBe(200);
    expect(await direct({ phoneNumber: '+nobody', caller: '+49' })).toBe(404);
    expect(await direct({ phoneNumber: '+alice', caller: '' })).toBe(500);
    expect(await direct({ phoneNumber: '+alice', caller: '+49' }, 'wrong')).toBe(401);
    for (const [method, path] of [
      ['POST', `v4/room/${token}/verify-dialin`],
      ['POST', `v4/room/${token}/verify-dialout`],
      ['POST', 'v4/room/direct-dial-in'],
      ['DELETE', `v4/room/${token}/rejected-dialout`],
    ] as const) {
      expect(await asker.status(undefined, method, path)).toBe(501);
    }
    const limited = { sharedSecret: secrets.sip, dialInInfo: '+49', sipGroups: ['admin'] };
    expect(await richAsker.status('alice', 'POST', 'v1/settings/sip', { json: limited })).toBe(403);
    expect(await richAsker.status('admin', 'POST', 'v1/settings/sip', { json: limited })).toBe(200);
    expect(await richAsker.status('alice', 'PUT', `${at}/webinar/sip`, { json: { state: 1 } })).toBe(403);
  });
}
