import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Bridge } from '../workers/bridge.js';

type Readiness = { readonly status: 'ok' } | { readonly status: 'not ready'; readonly waitsFor: readonly string[] };

/** For those who restart services and send them traffic. Says nothing that must be kept from anybody. */
@Controller('health')
export class HealthController {
  constructor(private readonly bridge: Bridge) {}

  /** The process answers. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The database answers, and all that the settings name has been taken up or is known to fail. 503 else. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) response: Response): Promise<Readiness> {
    const { ready, waitsFor } = await this.bridge
      .readiness()
      .catch(() => ({ ready: false, waitsFor: ['the database'] }));
    if (ready) return { status: 'ok' };
    response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'not ready', waitsFor };
  }
}
