import { saying } from '../../../test/contract/matrix-deliveries.js';
import { RoomClosed, type RoomClosedReason } from '../../model/errors.js';
import { remoteId, roomId } from '../../model/ids.js';
import { EnteringDelivery } from './slack.entering.js';

const { signal } = new AbortController();

/** Sends a message where the first attempt finds the channel closed; how often was sent and entered, and how it ended. */
async function sent(reason: RoomClosedReason, isBegun: boolean): Promise<unknown> {
  let sends = 0;
  let entries = 0;
  const { request, made } = saying('a', roomId('C1'), 'hello');
  const delivery = new EnteringDelivery<'messageSent'>(
    {
      repeat: 'look',
      send: ({ onMade, key }) => {
        sends += 1;
        if (sends > 1 || isBegun) onMade({ part: 0, id: remoteId(`${String(sends)}.000000`), key: key(0) });
        return sends > 1 ? Promise.resolve() : Promise.reject(new RoomClosed('closed', reason));
      },
    },
    () => Promise.resolve(void (entries += 1)),
  );
  const ended = await delivery.send(request, signal).then(
    () => 'sent',
    (error: unknown) => (error instanceof RoomClosed ? error.reason : error),
  );
  return { sends, entries, ended, made: made.length };
}

it('a channel that we are not in is entered, and what could not be sent is sent once more', async () => {
  expect(await sent('notJoined', false)).toEqual({ sends: 2, entries: 1, ended: 'sent', made: 1 });
  expect(await sent('gone', false)).toEqual({ sends: 2, entries: 1, ended: 'sent', made: 1 });
});

it('what stands there in part is not sent again before it is counted', async () => {
  expect(await sent('notJoined', true)).toEqual({ sends: 1, entries: 1, ended: 'notJoined', made: 1 });
});

it('a channel that is closed to everybody is not entered', async () => {
  expect(await sent('archived', false)).toEqual({ sends: 1, entries: 0, ended: 'archived', made: 0 });
});
