import { Controller, Get, type MessageEvent, Query, Sse } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { MessageWay } from '../persistence/message-way.repository.js';
import { type StatusReport, StatusRepository } from '../persistence/status.repository.js';
import { Activity, type ActivityReport } from './activity.js';
import { wayQuery, type WayQuery } from './api.schemas.js';
import { Checked } from './checked.js';
import { LiveFeed } from './live-feed.js';
import { type OpenApiDocument, openApiDocument } from './openapi.js';
import { Ways } from './ways.js';

/** What an operator may see: never what was said. */
@Controller('api')
export class SightController {
  constructor(
    private readonly reports: StatusRepository,
    private readonly recent: Activity,
    private readonly traces: Ways,
    private readonly live: LiveFeed,
  ) {}

  @Get('status')
  status(): Promise<StatusReport> {
    return this.reports.report();
  }

  @Get('activity')
  activity(): Promise<ActivityReport> {
    return this.recent.report();
  }

  @Sse('feed')
  feed(): Observable<MessageEvent> {
    return this.live.follow();
  }

  @Get('ways')
  ways(@Query(new Checked(wayQuery)) { id }: WayQuery): Promise<MessageWay[]> {
    return this.traces.find(id);
  }

  @Get('openapi.json')
  document(): OpenApiDocument {
    return openApiDocument();
  }
}
