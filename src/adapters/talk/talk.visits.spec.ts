import { talkAtSandbox, type TalkAtSandbox } from '../../../test/contract/talk-at-sandbox.js';
import { TalkClient } from './talk.client.js';
import { SignalingLost, SignalingUnfit } from './talk.signaling-errors.js';
import { talkSettings } from './talk.settings.js';
import { TalkVisits } from './talk.visits.js';
import { silentLog } from '../../observability/log.js';
import { systemClock } from '../../workers/system-clock.js';

describe('talk.visits', () => {
  let at: TalkAtSandbox;
  let client: TalkClient;
  let visits: TalkVisits;
  let aheadS: number;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    at = await talkAtSandbox({ signaling: {} });
    const login = { user: 'alice', password: at.talk.accounts.issueAppPassword('alice') };
    client = new TalkClient(talkSettings.parse({ url: at.talk.url, ...login }), systemClock, silentLog);
    client.use(login);
    aheadS = 0;
    visits = new TalkVisits(client.browser(), () => Math.floor(Date.now() / 1000) + aheadS);
  });

  afterEach(async () => {
    await client.close();
    await at.close();
  });

  const sessions = (): readonly { readonly id: string; callFlags: number }[] =>
    at.talk.state.rooms.get(at.token)?.attendees.get('users/alice')?.sessions ?? [];

  it('a visit is a session that Nextcloud finds again, with the settings of the room', async () => {
    const { session, settings } = await visits.enter(at.token, signal);
    expect(sessions().map(({ id }) => id)).toEqual([session]);
    expect(settings).toMatchObject({
      signalingMode: 'external',
      userId: 'alice',
      server: at.talk.state.backends.signaling?.url,
    });
    expect(settings.helloAuthParams['2.0']?.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('a second visit takes the place of the first', async () => {
    await visits.enter(at.token, signal);
    const { session } = await visits.enter(at.token, signal);
    expect(sessions().map(({ id }) => id)).toEqual([session]);
  });

  it('visits of several rooms are made one after the other, and one that fails harms no other', async () => {
    const other = at.talk.rooms.create({ name: 'Other', owner: 'alice' });
    const failed = visits.enter('nosuchroom', signal);
    const [first, second] = await Promise.all([
      visits.enter(at.token, signal),
      visits.enter(other, signal),
      expect(failed).rejects.toThrow(/gone/),
    ]);
    expect(first.session).not.toBe(second.session);
  });

  it('a room that the account joined by its link is not visited: the end of the visit would put it out', async () => {
    const open = at.talk.rooms.create({ name: 'Open', owner: 'bob', type: 'public' });
    await client.participants.join(open, signal);
    await expect(visits.enter(open, signal)).rejects.toThrow(SignalingUnfit);
  });

  it('whoever is not to visit any more waits for no other', async () => {
    at.talk.faults.add({ method: 'GET', path: `/room/${at.token}`, fault: { do: 'hang', forMs: 60_000 } });
    const ends = new AbortController();
    const first = visits.enter(at.token, ends.signal);
    while (at.talk.faults.struck === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stop = new AbortController();
    const second = visits.enter(at.token, stop.signal);
    stop.abort();
    await expect(second).rejects.toThrow(SignalingLost);
    ends.abort();
    await expect(first).rejects.toThrow();
    await visits.enter(at.token, signal);
    expect(sessions()).toHaveLength(1);
  });

  it('a session in a call in the same browser is left alone, until it has been silent for a minute', async () => {
    await visits.enter(at.token, signal);
    for (const session of sessions()) session.callFlags = 1;
    const refused = await visits.enter(at.token, signal).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SignalingUnfit);
    expect(refused).toMatchObject({ againAfterMs: expect.closeTo(60_000, -4) as number });
    // A clock that is behind: what was heard of it last seems yet to come.
    aheadS = -3_600;
    await expect(visits.enter(at.token, signal)).rejects.toMatchObject({ againAfterMs: 60_000 });
    aheadS = 61;
    const { session } = await visits.enter(at.token, signal);
    expect(sessions().map(({ id }) => id)).toEqual([session]);
  });
});
