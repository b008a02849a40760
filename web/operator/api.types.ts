/** What the service answers, as its schemas say. */
import type { z } from 'zod';
import type {
  activityAnswer,
  replayAnswer,
  retryAnswer,
  sight,
  statusAnswer,
  waysAnswer,
} from '../../src/admin/api.schemas.js';

export type Status = z.output<typeof statusAnswer>;
export type Link = Status['links'][number];
export type Portal = Link['portals'][number];
export type Parked = Status['parked'][number];
export type Activity = z.output<typeof activityAnswer>;
export type RoomLag = Activity['rooms'][number];
export type Sight = z.output<typeof sight>;
export type Way = z.output<typeof waysAnswer>[number];
export type Retried = z.output<typeof retryAnswer>['retried'];
export type Replayed = z.output<typeof replayAnswer>;
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly waitsFor: readonly string[] };
