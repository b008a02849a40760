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
    return visit(call, async ({ parkedDeliveries }) => {
      const all = call.options['all'] === true;
      const retried = await parkedDeliveries.retry(all ? 'all' : call.positionals.map(deliveryId));
      for (const { delivery, became } of retried) call.print(`${delivery} is ${became}`);
      if (retried.length === 0) call.print('Nothing is parked.');
      return retried.every(({ became }) => became !== 'not parked') ? 0 : 1;
    });
  },
};
