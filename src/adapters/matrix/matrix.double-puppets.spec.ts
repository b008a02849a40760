import { MatrixBench } from '../../../test/contract/matrix-bench.js';
import { accountId, remoteId, roomId, userId } from '../../model/ids.js';
import type { AppserviceRegistration } from '../../sandbox/matrix/registration.js';
import type { MatrixAdapter } from './matrix.adapter.js';
import { arrangeRegistration } from './matrix.client.js';
import { puppetRegistrationOf } from './matrix.registration.js';

const doublePuppetToken = 'puppets-secret';
const bot = '@crosstalk:sandbox.test';

describe('matrix.double-puppets', () => {
  let bench: MatrixBench;
  let adapter: MatrixAdapter;
  let mia: string;
  let noah: string;
  let room: string;
  let event: string;

  const register = async (change: object = {}): Promise<void> => {
    const file = await arrangeRegistration(puppetRegistrationOf(accountId('home'), bench.settings, doublePuppetToken));
    bench.sandbox.registerSilentAppservice({ ...file, ...change } as unknown as AppserviceRegistration);
  };
  const warnings = async (): Promise<readonly string[]> => (await adapter.connect(bench.signal)).warnings ?? [];
  const shows = (person: string, how: 'seen' | 'private' = 'seen'): Promise<void> =>
    adapter.showRead!({ room: roomId(room), person: userId(person), message: remoteId(event), how }, bench.signal);
  const seen = (person: string): (string | undefined)[] => [
    bench.sandbox.receiptOf(room, person),
    bench.sandbox.receiptOf(room, person, 'm.read.private'),
  ];

  beforeEach(async () => {
    bench = await MatrixBench.open({ settings: { doublePuppetToken } });
    mia = bench.sandbox.addUser('mia', 'Mia');
    noah = bench.sandbox.addUser('noah', 'Noah');
    adapter = bench.make();
    await adapter.connect(bench.signal);
    room = bench.sandbox.createRoom({ creator: mia, name: 'Team', public: true });
    bench.sandbox.join(room, bot);
    event = bench.sandbox.post(room, mia, 'hello');
  });

  afterEach(() => bench.close());

  it('marks as read for somebody of the room what they have read elsewhere', async () => {
    await register();
    expect(await warnings()).toEqual([]);
    await shows(mia);
    expect(seen(mia)).toEqual([event, undefined]);
  });

  it('lets nobody else see it where they let nobody see it elsewhere', async () => {
    await register();
    await shows(mia, 'private');
    expect(seen(mia)).toEqual([undefined, event]);
  });

  it('marks nothing for who is not in the room, of another homeserver, or one of ours', async () => {
    await register();
    for (const person of [noah, '@mia:elsewhere.test', bot]) await shows(person);
    for (const person of [noah, bot]) expect(seen(person)).toEqual([undefined, undefined]);
  });

  it('a homeserver that does not know the registration is told of, with what helps', async () => {
    const [said, ...others] = await warnings();
    expect(said).toContain('does not know the token of doublePuppetToken');
    expect(said).toContain('`crosstalk puppet-registration`');
    expect(others).toEqual([]);
    await expect(shows(mia)).rejects.toThrow('refused the token');
  });

  it('and so is one whose registration names others', async () => {
    await register({ namespaces: { users: [{ regex: '@mia:sandbox\\.test$', exclusive: false }] } });
    expect((await warnings())[0]).toContain('does not let us act as people of sandbox.test');
  });

  it('without a token it acts as nobody', async () => {
    const other = await MatrixBench.open();
    try {
      expect([adapter.showRead === undefined, other.make().showRead === undefined]).toEqual([false, true]);
    } finally {
      await other.close();
    }
  });
});
