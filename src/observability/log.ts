import { pino, type DestinationStream, type LoggerOptions } from 'pino';
import type { Log } from '../model/network-definition.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Field names whose values are never written, in a line's own fields and in fields of these. */
const secretFields = [
  'password',
  'appPassword',
  'bridgeBotPassword',
  'token',
  'appToken',
  'asToken',
  'bearerToken',
  'botToken',
  'doublePuppetToken',
  'hsToken',
  'secret',
  'clientSecret',
  'secretKey',
  'signingSecret',
  'authorization',
  'cookie',
  'sessionCookie',
  'body',
  'text',
];

/** One JSON line an event, on standard output unless said otherwise. Errors are written with their kind and message, without a stack below `debug`. */
export function createLog(level: LogLevel, into?: DestinationStream): Log {
  const options: LoggerOptions = {
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
  };
  return into === undefined ? pino(options) : pino(options, into);
}

/** For those who ask for no log at all. */
export const silentLog: Log = { debug: noLog, info: noLog, warn: noLog, error: noLog };

function noLog(): void {
  return;
}
