import { armFailpoint } from '../observability/failpoint.js';
import { startService } from '../service.js';
import type { Command, CommandCall, ExitCode } from './command.js';
import { runSandbox } from './sandbox.js';

export const startCommand: Command = {
  name: 'start',
  usage: '',
  summary: 'Runs the service; where nothing is set at all, the sandbox.',
  maxWords: 0,
  options: {},
  notes:
    'CROSSTALK_DATA names the folder of its own database and key, where the settings name no other database.\n' +
    'SIGTERM and SIGINT end it in order.',
  examples: ['start --config /etc/crosstalk/crosstalk.yaml'],
  run: async (call) => {
    const settings = await call.settings();
    if (settings.source === 'none') return runSandbox(call, settings, []);
    if (settings.failpoint !== undefined) armFailpoint(settings.failpoint);
    const service = await startService(settings);
    return untilTold(call, () => service.stop());
  },
};

/** Resolves after the orderly stop that a signal asks for. A second signal ends at once. */
async function untilTold({ complain }: CommandCall, stop: () => Promise<void>): Promise<ExitCode> {
  await new Promise<void>((told) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        told();
      });
  });
  try {
    await stop();
    return 0;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
