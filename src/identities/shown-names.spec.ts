import { accountId, userId } from '../model/ids.js';
import { systemClock } from '../workers/system-clock.js';
import { ShownNames } from './shown-names.js';

const person = (id: string) => ({ account: accountId('cloud'), id: userId(id), name: id, standing: 'person' as const });
const names = (alike: 'alone' | 'alike') =>
  new ShownNames({ seen: () => Promise.resolve(alike) }, systemClock, { believedForMs: 60_000 });

describe('ShownNames', () => {
  it('a name that nobody else has stays as it is', async () => {
    expect(await names('alone').of(person('anna'), 'Anna (she)', 'Talk', 'anna')).toBe('Anna (she)');
  });

  it('one that looks like somebody else has its handle behind it', async () => {
    expect(await names('alike').of(person('anna'), 'Anna', 'Talk', 'anna')).toBe('Anna [anna]');
  });

  it('one that ends as those do has its own behind it', async () => {
    expect(await names('alone').of(person('mallory'), 'Anna [anna]', 'Talk', 'mallory')).toBe('Anna [anna] [mallory]');
  });
});
