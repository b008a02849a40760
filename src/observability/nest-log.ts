import type { LoggerService } from '@nestjs/common';
import type { Log } from '../model/network-definition.js';

/** What the framework has to say, in our log. Its tale of modules and routes is for debugging. */
export function nestLog(log: Log): LoggerService {
  const words = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: (message: unknown) => {
      log.debug({ from: 'nest' }, words(message));
    },
    debug: (message: unknown) => {
      log.debug({ from: 'nest' }, words(message));
    },
    verbose: (message: unknown) => {
      log.debug({ from: 'nest' }, words(message));
    },
    warn: (message: unknown) => {
      log.warn({ from: 'nest' }, words(message));
    },
    error: (message: unknown) => {
      log.error({ from: 'nest' }, words(message));
    },
    fatal: (message: unknown) => {
      log.error({ from: 'nest' }, words(message));
    },
  };
}
