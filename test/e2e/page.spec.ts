import { World } from './world.js';

describe('`crosstalk page` where the system chose the port', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.build({ rooms: 1 });
  });
  afterEach(() => world.close());

  const status = async (address: string, token: string): Promise<number> => {
    const answer = await fetch(new URL('api/status', address), { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return answer.status;
  };

  it('without a token of the settings: shows the address with the token of this start, or the token alone', async () => {
    await world.start().ready();
    const { code, says } = await world.command('page');
    const [, address = '', token = ''] = /^(http:.+)#token=(.+)$/.exec(says) ?? [];
    expect([code, await status(address, token)]).toEqual([0, 200]);
    expect(await world.command('page', '--token')).toEqual({ code: 0, says: token });
  });

  it('with one: shows the address, and the token where that alone is asked for', async () => {
    const admin = { host: '127.0.0.1', port: 0, token: 'a token of the settings' };
    await world.start({ change: { listen: { public: { host: '127.0.0.1', port: 0 }, admin } } }).ready();
    const { code, says } = await world.command('page');
    const [address = '', ...others] = says.split('\n');
    expect([code, others]).toEqual([0, ['It asks for the token of listen.admin.token.']]);
    const token = await world.command('page', '--token');
    expect(token).toEqual({ code: 0, says: 'a token of the settings' });
    expect(await status(address, token.says)).toBe(200);
  });
});
