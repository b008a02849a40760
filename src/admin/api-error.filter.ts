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
  if (error instanceof HttpException) return { status: error.getStatus(), sentence: error.message };
  if (error instanceof NoSuchLink || error instanceof ReplayRefused) return { status: 404, sentence: error.message };
  if (error instanceof LinkRefused) return { status: 409, sentence: error.message };
  return { status: 500, sentence: 'That went wrong: the log says why.' };
}
