import { jest } from '@jest/globals';
import { Town } from './town.js';

// A homeserver and all servers on one machine: what takes seconds may take a minute.
jest.setTimeout(180_000);

/** What people read, between Talk and a real Synapse with both registrations. */
describe('what was read, with a real Synapse', () => {
  let town: Town;

  beforeAll(async () => {
    town = await Town.build();
    await town.start().ready();
  }, 180_000);
  afterAll(() => town?.close(), 60_000);

  /** Ben says it in Talk, and it is on Matrix. */
  const onMatrix = async (text: string): Promise<{ row: number; event: string }> => {
    const row = town.talk.post(town.talkRoom, 'ben', text);
    const { event_id: event } = await town.soon(`${text} on Matrix`, async () =>
      (await town.matrixMessages()).find(({ content }) => content.body === text),
    );
    return { row, event };
  };

  it('who lends a login has read on Matrix what they have read in Talk', async () => {
    // Then Crosstalk is in the room.
    await onMatrix('a first word');
    await town.miaSays({ body: '!crosstalk login' });
    const address = await town.soon('an address for Mia', async () =>
      (await town.toldMia()).map((text) => /https?:\/\/\S+\/login\/v2\/flow\/\w+/.exec(text)?.[0]).find(Boolean),
    );
    town.talk.accounts.grantLogin(address, 'anna');
    await town.soon('Mia to be told', async () => (await town.toldMia()).find((text) => text.includes('from now on')));

    // Anna, who is Mia, reads it in Talk: for Mia it is read as well, by a receipt and by the marker of her own clients.
    const { row, event } = await onMatrix('read it in Talk');
    town.talk.read(town.talkRoom, 'anna', row);
    const marked = await town.soon('Mia to have read it', async () => {
      const read = await town.hasRead(town.mia);
      return read.seen === event ? read : undefined;
    });
    expect(marked).toEqual({ seen: event, own: event });
  });
});
