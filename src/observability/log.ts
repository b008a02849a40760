import { pino } from 'pino';
import type { Log } from '../model/network-definition.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Field names whose values are never written, wherever they turn up. */
const secretFields = ['password', 'token', 'asToken', 'hsToken', 'secret', 'authorization', 'cookie', 'body', 'text'];

/** One JSON line an event on standard output. Errors are written with their kind and message, without a stack below `debug`. */
export function createLog(level: LogLevel): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[hidden]' },
    serializers: {
      error: (error: unknown) =>
        error instanceof Error
          ? { kind: error.name, message: error.message, ...(level === 'debug' ? { stack: error.stack } : {}) }
          : { kind: typeof error, message: String(error) },
    },
  });
}

/** For those who ask for no log at all. */
export const silentLog: Log = { debug: noLog, info: noLog, warn: noLog, error: noLog };

function noLog(): void {
  return;
}
