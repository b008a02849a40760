import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Bridge } from '../workers/bridge.js';

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
  async ready(): Promise<{ status: 'ok' }> {
    const { ready, waitsFor } = await this.bridge
      .readiness()
      .catch(() => ({ ready: false, waitsFor: ['the database'] }));
    if (!ready) throw new ServiceUnavailableException({ status: 'not ready', waitsFor });
    return { status: 'ok' };
  }
}
