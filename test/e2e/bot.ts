import { until, type Replica, type World } from './world.js';

/** Installs the account's bot as an administrator does: by the line that the program prints. Returns where it tells, and with which secret. */
export async function installBot(world: World): Promise<{ readonly url: string; readonly secret: string }> {
  const { code, says } = await world.command('talk', 'bot', 'cloud');
  const line = says.split('\n').find((each) => each.includes('talk:bot:install')) ?? `${String(code)}: ${says}`;
  const [name = '', secret = '', url = '', description = ''] = [...line.matchAll(/'([^']*)'/g)].map(([, word]) => word);
  world.talk.bots.install({ name, secret, url, description, features: ['webhook', 'response', 'reaction'] });
  return { url, secret };
}

/** Until the replica watches so many rooms so. */
export async function watched(replica: Replica, mode: string, count: number): Promise<void> {
  await until(`${String(count)} rooms by ${mode}`, async () => {
    const text = await (await replica.metrics()).text();
    return text.includes(`crosstalk_rooms_watched{mode="${mode}"} ${String(count)}\n`);
  });
}
