import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import type { Response } from 'express';
import { LinkRefused, NoSuchLink } from '../links/link-changes.js';
import type { Log } from '../model/network-definition.js';
import { ReplayRefused } from '../pipeline/replays.js';

export const adminLog = Symbol('adminLog');

/** Every refusal of the API is `{ error }`, a sentence. */
@Catch()
export class ApiErrorFilter implements ExceptionFilter {
  constructor(@Inject(adminLog) private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, sentence } = refusalOf(error);
    if (status === 500) this.log.error({ error }, 'a call of the admin API failed');
    const response = host.switchToHttp().getResponse<Response>();
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    response.status(status).json({ error: sentence });
  }
}

function refusalOf(error: unknown): { readonly status: number; readonly sentence: string } {
  if (error instanceof HttpException) return { status: error.getStatus(), sentence: httpSentence(error) };
  if (error instanceof NoSuchLink || error instanceof ReplayRefused) return { status: 404, sentence: error.message };
  if (error instanceof LinkRefused) return { status: 409, sentence: error.message };
  if (isUnreadable(error)) return { status: error.status, sentence: unreadableSentence(error) };
  return { status: 500, sentence: 'That went wrong: the log says why.' };
}

/** Nest tells what it did not find, and what express could not read, in words of its own. */
function httpSentence(error: HttpException): string {
  if (error.getStatus() === 404 && /^Cannot [A-Z]+ /.test(error.message)) {
    return 'There is nothing here: /api/openapi.json has all that can be called.';
  }
  return error.cause === undefined ? error.message : unreadableSentence(error.cause as Unreadable);
}

/** What the reader of a body or of a path throws. */
interface Unreadable {
  readonly status: number;
  readonly limit?: number;
}

function isUnreadable(error: unknown): error is Unreadable {
  if (!(error instanceof Error) || !('status' in error)) return false;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500;
}

function unreadableSentence({ status, limit }: Unreadable): string {
  switch (status) {
    case 413:
      return `The body is larger than ${limit === undefined ? 'is taken' : `${String(limit)} bytes`}: send less at once.`;
    case 415:
      return 'The body is in a character set or compression that is not read: send JSON in UTF-8.';
    default:
      return 'The body is no JSON, or the path is broken: look for a quote, a bracket or a % too many or too few.';
  }
}
