import { proof } from '../talk-asker.js';
import { attendee, join, botSecret, type Town } from './town.js';

/** Endpoints of rooms and of who is in them. */
export function testRooms(town: Town): void {
  test('bots: what they say wrong is refused', async () => {
    const { sandbox, asker } = town;
    const room = sandbox.rooms.create({ name: 'Bots', owner: 'alice' });
    const id = sandbox.post(room, 'alice', 'hello');
    sandbox.bots.turnOn(room, 'Bridge');
    const said = (text: string): Record<string, string> => {
      const { 'b-random': random, 'b-checksum': signature } = proof('b', botSecret, text);
      return { 'x-nextcloud-talk-bot-random': random!, 'x-nextcloud-talk-bot-signature': signature! };
    };
    const say = (message: string): Promise<number> =>
      asker.status(undefined, 'POST', `v1/bot/${room}/message`, { json: { message }, headers: said(message) });
    expect(await say('hi')).toBe(201);
    expect(await say(' ')).toBe(400);
    expect(await say('x'.repeat(32_001))).toBe(413);
    const react = (method: string, target: number, reaction: string): Promise<number> =>
      asker.status(undefined, method, `v1/bot/${room}/reaction/${target}`, {
        json: { reaction },
        headers: said(reaction),
      });
    expect(await react('POST', id, '👍')).toBe(201);
    expect(await react('POST', id, '👍')).toBe(200);
    expect(await react('POST', id, 'word')).toBe(400);
    expect(await react('POST', 99_999, '👍')).toBe(404);
    expect(await react('DELETE', id, '👍')).toBe(200);
    expect(await react('DELETE', id, '👍')).toBe(404);
    const note = sandbox.state.rooms.get(room)!.log.all()[0]!.id;
    expect(await react('DELETE', note, '👍')).toBe(400);
    for (const method of ['POST', 'DELETE']) {
      expect(await asker.status(undefined, method, `v1/bot/${room}/reaction/${id}`, { json: { reaction: '👍' } })).toBe(
        401,
      );
      expect(await asker.status('alice', method, `v1/bot/${room}/999`)).toBe(400);
    }
  });

  test('breakout rooms: what is not possible is said, and a map places everybody', async () => {
    const { sandbox, asker } = town;
    const room = sandbox.rooms.create({ name: 'Workshop', owner: 'alice', members: ['bob', 'carol'] });
    const at = `v1/breakout-rooms/${room}`;
    expect(await asker.ask('alice', 'POST', `${at}/rooms`)).toMatchObject({ status: 400, data: { error: 'mode' } });
    expect(await asker.ask('alice', 'DELETE', `${at}/rooms`)).toMatchObject({ status: 400, data: { error: 'mode' } });
    expect(await asker.status('alice', 'POST', `${at}/broadcast`, { json: { message: 'x' } })).toBe(400);
    expect(await asker.status('alice', 'POST', `${at}/attendees`, { json: { attendeeMap: '{}' } })).toBe(400);
    expect(await asker.status('alice', 'GET', `v4/room/${room}/breakout-rooms`)).toBe(400);
    expect(await asker.status('alice', 'GET', `v4/room/${room}/breakout-rooms/participants`)).toBe(400);
    expect(await asker.status('bob', 'POST', `${at}/switch`, { json: { target: 'x' } })).toBe(400);
    for (const method of ['POST', 'DELETE'])
      expect(await asker.status('bob', method, `${at}/request-assistance`)).toBe(400);
    for (const [json, error] of [
      [{ mode: 9, amount: 2 }, 'mode'],
      [{ mode: 1, amount: 21 }, 'amount'],
      [{ mode: 2, amount: 2, attendeeMap: 'no' }, 'attendeeMap'],
    ] as const) {
      expect(await asker.ask('alice', 'POST', at, { json })).toMatchObject({ status: 400, data: { error } });
    }
    const bob = attendee(sandbox, room, 'bob');
    const attendeeMap = JSON.stringify({ [bob]: 1 });
    const made = await asker.ask('alice', 'POST', at, { json: { mode: 2, amount: 2, attendeeMap } });
    const [one, two] = made.data as { token: string }[];
    expect(sandbox.state.rooms.get(two!.token)!.attendees.has('users/bob')).toBe(true);
    expect(await asker.status('alice', 'POST', `${at}/broadcast`, { json: { message: 'x'.repeat(32_001) } })).toBe(413);
    expect(await asker.status('bob', 'GET', `v4/room/${room}/breakout-rooms`)).toBe(400);
    const moved = JSON.stringify({ [bob]: 0, [attendee(sandbox, room, 'carol')]: 1 });
    expect(await asker.status('alice', 'POST', `${at}/attendees`, { json: { attendeeMap: moved } })).toBe(200);
    expect(sandbox.state.rooms.get(one!.token)!.attendees.has('users/bob')).toBe(true);
    expect(sandbox.state.rooms.get(two!.token)!.attendees.has('users/bob')).toBe(false);
    expect(await asker.status('alice', 'POST', `${at}/rooms`)).toBe(200);
    const seen = await asker.ask('bob', 'GET', `v4/room/${room}/breakout-rooms`);
    expect((seen.data as { token: string }[]).map((row) => row.token)).toEqual([one!.token]);
    for (const [method, path, json] of [
      ['POST', 'public', {}],
      ['DELETE', 'public', {}],
      ['PUT', 'listable', { scope: 1 }],
      ['PUT', 'password', { password: 'x' }],
      ['PUT', 'permissions/default', { permissions: 1 }],
      ['PUT', 'webinar/lobby', { state: 1 }],
      ['PUT', 'mention-permissions', { mentionPermissions: 1 }],
      ['POST', 'message-expiration', { seconds: 60 }],
    ] as const) {
      expect(await asker.ask('alice', method, `v4/room/${one!.token}/${path}`, { json })).toMatchObject({
        status: 400,
        data: { error: 'breakout-room' },
      });
    }
    expect(await asker.status('alice', 'DELETE', `v4/room/${room}`)).toBe(200);
    expect(sandbox.state.rooms.get(one!.token)).toBeUndefined();
  });

  test('settings of rooms: values that there are not are refused', async () => {
    const { asker, token } = town;
    const at = `v4/room/${token}`;
    expect(await asker.status('alice', 'PUT', `${at}/read-only`, { json: { state: 9 } })).toBe(400);
    expect(await asker.status('alice', 'PUT', `${at}/listable`, { json: { scope: 9 } })).toBe(400);
    expect(await asker.status('alice', 'PUT', `${at}/webinar/lobby`, { json: { state: 9 } })).toBe(400);
    expect(await asker.status('alice', 'PUT', `${at}/permissions/default`, { json: { permissions: 999 } })).toBe(400);
    expect(await asker.status('alice', 'PUT', `${at}/password`, { json: { password: 'x'.repeat(201) } })).toBe(400);
    expect(await asker.status('alice', 'POST', `${at}/notify-calls`, { json: { level: 9 } })).toBe(400);
    expect(await asker.status('alice', 'POST', `${at}/avatar`.replace('v4', 'v1'), { file: 'no picture' })).toBe(400);
    expect(await asker.status('alice', 'DELETE', `${at}/object`)).toBe(400);
    const made = await asker.ask('alice', 'POST', 'v4/room', {
      json: {
        roomType: 2,
        roomName: 'Event',
        objectType: 'event',
        objectId: '1#2',
        emoji: '🎉',
        avatarColor: '00ff00',
      },
    });
    const event = made.data as { token: string; isCustomAvatar: boolean; objectType: string };
    expect(event).toMatchObject({ isCustomAvatar: true, objectType: 'event' });
    expect(await asker.ask('alice', 'DELETE', `v4/room/${event.token}/object`)).toMatchObject({
      status: 200,
      data: { objectType: '' },
    });
    expect(await asker.status('erin', 'POST', 'v4/room', { json: { roomType: 2, roomName: 'No' } })).toBe(403);
  });

  test('participants: each way in and out has its answers', async () => {
    const { sandbox, asker, token } = town;
    const at = `v4/room/${token}`;
    const bob = attendee(sandbox, token, 'bob');
    const alice = attendee(sandbox, token, 'alice');
    expect(await asker.status('bob', 'DELETE', `${at}/attendees`, { query: { attendeeId: alice } })).toBe(403);
    const set = { attendeeId: bob, permissions: 1 };
    expect(await asker.status('alice', 'PUT', `${at}/attendees/permissions`, { json: { ...set, method: 'no' } })).toBe(
      400,
    );
    expect(await asker.status('bob', 'PUT', `${at}/attendees/permissions`, { json: { ...set, method: 'set' } })).toBe(
      403,
    );
    const nobody = { attendeeId: 99_999, permissions: 1, method: 'set' };
    expect(await asker.status('alice', 'PUT', `${at}/attendees/permissions`, { json: nobody })).toBe(404);
    expect(await asker.status('alice', 'POST', `${at}/moderators`, { json: { attendeeId: 99_999 } })).toBe(404);
    expect(await asker.status('alice', 'DELETE', `${at}/moderators`, { query: { attendeeId: bob } })).toBe(400);
    expect(await asker.status('alice', 'DELETE', `${at}/moderators`, { query: { attendeeId: alice } })).toBe(403);
    expect(await asker.status('alice', 'DELETE', `${at}/moderators`, { query: { attendeeId: 99_999 } })).toBe(404);
    const resent = { json: { attendeeId: 99_999 } };
    expect(await asker.status('alice', 'POST', `${at}/participants/resend-invitations`, resent)).toBe(404);
    expect(await asker.status('dave', 'DELETE', `${at}/participants/self`)).toBe(404);
    const phone = { newParticipant: '+4930123', source: 'phones' };
    expect(await asker.status('alice', 'POST', `${at}/participants`, { json: phone })).toBe(501);
    expect(await asker.status('alice', 'POST', 'v4/room/nowhere1/participants/active')).toBe(404);
    expect(await asker.status('bob', 'POST', `v1/guest/${token}/name`, { json: { displayName: 'x' } })).toBe(403);
    expect(await asker.status(undefined, 'POST', `v1/guest/${token}/name`, { json: { displayName: 'x' } })).toBe(404);
    await asker.ask('alice', 'POST', `v1/ban/${token}`, { json: { actorType: 'users', actorId: 'dave' } });
    const banned = await asker.ask('alice', 'POST', `${at}/participants`, { json: { newParticipant: 'dave' } });
    expect(banned).toMatchObject({ status: 400, data: { error: 'ban' } });
  });

  test('guests: out with a room that is made private, in again as somebody new; out too when not heard of for 100 s', async () => {
    const { sandbox, asker, token } = town;
    const enter = async (): Promise<string> => {
      const joined = await asker.ask(undefined, 'POST', `v4/room/${token}/participants/active`, {
        json: { force: true },
        browser: 'visitor',
      });
      return (joined.data as { actorId: string }).actorId;
    };
    const say = (): Promise<number> =>
      asker.status(undefined, 'POST', `v1/chat/${token}`, { json: { message: 'hi' }, browser: 'visitor' });
    const first = await enter();
    expect(await enter()).toBe(first);
    expect(await say()).toBe(201);
    sandbox.rooms.setPublic(token, false);
    expect(await say()).toBe(404);
    expect(await asker.status(undefined, 'POST', `v4/room/${token}/participants/active`, { browser: 'visitor' })).toBe(
      404,
    );
    sandbox.rooms.setPublic(token, true);
    const second = await enter();
    expect(second).not.toBe(first);
    const room = sandbox.state.rooms.get(token)!;
    for (const session of room.attendees.get(`guests/${second}`)!.sessions) session.lastPingSeconds -= 101;
    expect(await say()).toBe(201);
    await asker.ask('alice', 'GET', `v4/room/${token}/participants`);
    expect(await say()).toBe(404);
  });

  test('guests: fifty mentions a day, and a promotion that shows', async () => {
    const { sandbox, asker, token } = town;
    const session = await join(asker, undefined, token, 'guest');
    expect(session).not.toBe('0');
    const say = (message: string): Promise<number> =>
      asker.status(undefined, 'POST', `v1/chat/${token}`, { json: { message }, browser: 'guest' });
    for (let count = 0; count < 50; count += 1) expect(await say('@alice')).toBe(201);
    expect(await say('@alice')).toBe(429);
    expect(await say('nobody')).toBe(201);
    const room = sandbox.state.rooms.get(token)!;
    const guest = [...room.attendees.values()].find(({ actor }) => actor.type === 'guests')!;
    const json = { attendeeId: guest.id };
    expect(await asker.status('alice', 'POST', `v4/room/${token}/moderators`, { json })).toBe(200);
    expect(guest.participantType).toBe(6);
    const people = await asker.status(undefined, 'GET', `v4/room/${token}/breakout-rooms/participants`, {
      browser: 'guest',
    });
    expect(people).toBe(400);
    await asker.ask('alice', 'DELETE', `v4/room/${token}/moderators`, { query: { attendeeId: guest.id } });
    expect(
      await asker.status(undefined, 'GET', `v4/room/${token}/breakout-rooms/participants`, { browser: 'guest' }),
    ).toBe(403);
    expect(await asker.status(undefined, 'GET', `v4/call/${token}/notification-state`, { browser: 'guest' })).toBe(403);
  });
}
