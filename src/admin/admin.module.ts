import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { LinkChanges } from '../links/link-changes.js';
import type { Clock } from '../model/clock.js';
import type { Log } from '../model/network-definition.js';
import { Metrics } from '../observability/metrics.js';
import type { ActivityRepository } from '../persistence/activity.repository.js';
import type { MessageWayRepository } from '../persistence/message-way.repository.js';
import { StatusRepository } from '../persistence/status.repository.js';
import { Replays } from '../pipeline/replays.js';
import { Bridge } from '../workers/bridge.js';
import { ParkedDeliveries } from '../workers/parked-deliveries.js';
import { Activity } from './activity.js';
import { type AdminAccess, adminAccess, AdminGuard } from './admin.guard.js';
import { adminLog, ApiErrorFilter } from './api-error.filter.js';
import { HealthController } from './health.controller.js';
import { LinksController } from './links.controller.js';
import { LiveFeed } from './live-feed.js';
import { MetricsController } from './metrics.controller.js';
import { OperationsController } from './operations.controller.js';
import { PageController } from './page.controller.js';
import { PageFiles } from './page-files.js';
import { secureHeaders } from './secure-headers.js';
import { SightController } from './sight.controller.js';
import { Ways } from './ways.js';

/** What the admin listener works with. */
export interface AdminParts {
  readonly bridge: Pick<Bridge, 'readiness'>;
  readonly metrics: Metrics;
  readonly status: StatusRepository;
  readonly activity: ActivityRepository;
  readonly ways: MessageWayRepository;
  readonly linkChanges: LinkChanges;
  readonly parkedDeliveries: ParkedDeliveries;
  readonly replays: Replays;
  readonly clock: Clock;
  readonly log: Log;
}

export const adminControllers = [
  HealthController,
  MetricsController,
  SightController,
  LinksController,
  OperationsController,
  PageController,
];

/** The admin listener: health, metrics, the HTTP API and the operator's page. */
@Module({})
export class AdminModule implements NestModule {
  /** `pageFolder`: where the built pages are. */
  static of(parts: AdminParts, access: AdminAccess, pageFolder: string): DynamicModule {
    return {
      module: AdminModule,
      controllers: adminControllers,
      providers: [
        { provide: Bridge, useValue: parts.bridge },
        { provide: Metrics, useValue: parts.metrics },
        { provide: StatusRepository, useValue: parts.status },
        { provide: LinkChanges, useValue: parts.linkChanges },
        { provide: ParkedDeliveries, useValue: parts.parkedDeliveries },
        { provide: Replays, useValue: parts.replays },
        { provide: Activity, useValue: new Activity(parts.activity, parts.clock) },
        { provide: Ways, useValue: new Ways(parts.ways) },
        { provide: LiveFeed, useValue: new LiveFeed(parts.activity, parts.clock, parts.log) },
        { provide: PageFiles, useValue: new PageFiles(pageFolder) },
        { provide: adminLog, useValue: parts.log },
        { provide: adminAccess, useValue: access },
        { provide: APP_FILTER, useClass: ApiErrorFilter },
        { provide: APP_GUARD, useClass: AdminGuard },
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(secureHeaders).forRoutes('{*path}');
  }
}
