import { deliveryId } from '../model/ids.js';
import { type Command, UsageError } from './command.js';
import { visit } from './visit.js';

export const retryCommand: Command = {
  name: 'retry',
  usage: 'ID… | --all',
  summary: 'Puts parked deliveries at the ends of their lanes; `crosstalk status` shows their ids.',
  maxWords: Infinity,
  options: { all: { type: 'boolean', says: 'everything that is parked' } },
  examples: ['retry 01980a52-3c4e-7bd1-9a55-0c1d2e3f4a5b', 'retry --all'],
  run: async (call) => {
    if (call.options['all'] !== true && call.positionals.length === 0)
      throw new UsageError('Which delivery? `crosstalk status` shows the ids of those that are parked.');
    const wrong = call.positionals.find((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
    if (wrong !== undefined) throw new UsageError(`"${wrong}" is not the id of a delivery.`);
    return visit(call, async ({ deliveries, wakeups }) => {
      const ids = call.options['all'] === true ? await deliveries.parked() : call.positionals.map(deliveryId);
      let missing = 0;
      for (const id of ids) {
        const lane = await deliveries.retry(id);
        if (lane === undefined) missing += 1;
        else wakeups.tell({ lanes: [lane] });
        call.print(lane === undefined ? `${id} is not parked` : `${id} is put at the end of its lane`);
      }
      if (ids.length === 0) call.print('Nothing is parked.');
      return missing === 0 ? 0 : 1;
    });
  },
};
