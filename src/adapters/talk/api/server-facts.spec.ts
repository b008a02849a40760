import { LoginRefused, MessageRefused, NetworkUnavailable } from '../../../model/errors.js';
import { serverCapabilities } from '../talk.payloads.js';
import { ServerFacts } from './server-facts.js';
import { signalingSettings } from './signaling.endpoints.js';

describe('api/server-facts', () => {
  let nowMs: number;
  let asked: string[];
  let logged: object[];
  let facts: ServerFacts;
  let fails: Error | undefined;
  let features: string[];
  let hasTalk: boolean;

  beforeEach(() => {
    nowMs = 0;
    asked = [];
    logged = [];
    fails = undefined;
    features = ['threads'];
    hasTalk = true;
    const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: () => Promise.resolve() };
    const sources = {
      capabilities: () => {
        asked.push('capabilities');
        if (fails !== undefined) return Promise.reject(fails);
        const spreed = { features, 'features-local': ['favorites'], version: '22.0.11', config: { chat: {} } };
        return Promise.resolve(serverCapabilities.parse({ version: {}, capabilities: hasTalk ? { spreed } : {} }));
      },
      signalingSettings: (token: string | undefined) => {
        asked.push(`signaling of ${token ?? 'no room'}`);
        return Promise.resolve(signalingSettings.parse({ signalingMode: 'external', server: 'wss://hpb.example.org' }));
      },
    };
    const note = (fields: object, event: string): void => {
      logged.push({ ...fields, event });
    };
    facts = new ServerFacts(sources, clock, { debug: note, info: note, warn: note, error: note }, 1000, 5000);
  });

  /** Until so many lines were logged. */
  const logs = async (lines: number): Promise<void> => {
    for (let turns = 0; logged.length < lines && turns < 100; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
  };

  it('the server is asked once, however many want to know', async () => {
    await Promise.all([facts.capabilities(), facts.capabilities(), facts.require({ name: 'x.y', needs: 'threads' })]);
    expect(asked).toEqual(['capabilities']);
  });

  it('it is asked again when what is known is old', async () => {
    await facts.capabilities();
    await facts.signalingSettings('tok1');
    nowMs = 999;
    await facts.capabilities();
    await facts.signalingSettings('tok1');
    nowMs = 1000;
    await facts.capabilities();
    await facts.signalingSettings('tok1');
    expect(asked).toEqual(['capabilities', 'signaling of tok1', 'capabilities', 'signaling of tok1']);
  });

  it('it is asked again at once when it says that something changed; for a room when somebody needs it', async () => {
    await facts.capabilities();
    await facts.signalingSettings();
    await facts.signalingSettings('tok1');
    asked.length = 0;
    features = ['threads', 'pinned-messages'];
    facts.renew();
    facts.renew();
    await logs(1);
    expect(asked).toEqual(['capabilities', 'signaling of no room']);
    expect(logged).toEqual([{ talk: '22.0.11', signalingMode: 'external', event: 'the server has changed' }]);
    await facts.require({ name: 'chat.pin', needs: 'pinned-messages' });
    await facts.signalingSettings();
    await facts.signalingSettings('tok1');
    expect(asked).toEqual(['capabilities', 'signaling of no room', 'signaling of tok1']);
  });

  it('what cannot be read right after a change is told, and read when somebody needs it', async () => {
    await facts.capabilities();
    fails = new NetworkUnavailable('not now', { certainty: 'notSent' });
    facts.renew();
    await logs(1);
    expect(logged).toEqual([{ error: fails, event: 'the server has changed, and does not say yet how' }]);
    fails = undefined;
    features = ['pinned-messages'];
    await facts.require({ name: 'chat.pin', needs: 'pinned-messages' });
    facts.renew();
    await logs(2);
    expect(logged[1]).toMatchObject({ event: 'the server has changed' });
  });

  it('each room has signaling settings of its own', async () => {
    expect(await facts.signalingSettings('tok1')).toMatchObject({ signalingMode: 'external' });
    await facts.signalingSettings();
    await facts.signalingSettings('tok1');
    expect(asked).toEqual(['signaling of tok1', 'signaling of no room']);
  });

  it('what failed is asked for again', async () => {
    fails = new LoginRefused('no');
    await expect(facts.capabilities()).rejects.toBe(fails);
    fails = undefined;
    expect((await facts.capabilities()).features).toEqual(['threads']);
  });

  it('what was just read is known', async () => {
    facts.keep(await facts.capabilities());
    await facts.capabilities();
    expect(asked).toEqual(['capabilities']);
  });

  it('what the server lacks is refused by its name; abilities of this server alone count', async () => {
    await facts.require({ name: 'rooms.favor', needs: 'favorites' });
    await facts.require({ name: 'rooms.list', needs: undefined });
    const refusal = facts.require({ name: 'chat.pin', needs: 'pinned-messages' });
    await expect(refusal).rejects.toBeInstanceOf(MessageRefused);
    await expect(refusal).rejects.toThrow('chat.pin needs the capability "pinned-messages"');
  });

  it('a server without Talk can nothing', async () => {
    hasTalk = false;
    await expect(facts.capabilities()).rejects.toBeInstanceOf(NetworkUnavailable);
  });
});
