import type { z } from 'zod';
import * as api from './api.schemas.js';

export interface ApiOperation {
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** `{name}` stands for a link's name. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of 200; `events`: server-sent, one of these each. */
  readonly answer: { readonly name: string; readonly schema: z.ZodType; readonly as?: 'events' } | 'document';
  /** It may be refused with a sentence: 404 where no link has that name, 409 where it cannot be. */
  readonly refuses?: true;
}

const change = { name: 'Change', schema: api.changeAnswer } as const;

/** Every operation of the HTTP API: the OpenAPI document is made of this, and the controllers are held against it. */
export const apiOperations: readonly ApiOperation[] = [
  {
    id: 'readStatus',
    method: 'get',
    path: '/api/status',
    summary: 'Every account, link, room and lane with its state, and what is parked; as `crosstalk status`.',
    answer: { name: 'Status', schema: api.statusAnswer },
  },
  {
    id: 'readActivity',
    method: 'get',
    path: '/api/activity',
    summary: 'What went through in the last minutes, and how far behind each room is.',
    answer: { name: 'Activity', schema: api.activityAnswer },
  },
  {
    id: 'followFeed',
    method: 'get',
    path: '/api/feed',
    summary:
      'Server-sent events: a delivery each time that it comes or changes, the newest fifty at the beginning; never what was said.',
    answer: { name: 'Sight', schema: api.sight, as: 'events' },
  },
  {
    id: 'readWays',
    method: 'get',
    path: '/api/ways',
    summary: "One message's way: what came in, what was to be delivered, and where it is to be seen.",
    query: api.wayQuery,
    answer: { name: 'Ways', schema: api.waysAnswer },
  },
  {
    id: 'readLinks',
    method: 'get',
    path: '/api/links',
    summary: 'Every link with its rooms, their directions and what is wrong with them; as `crosstalk links`.',
    query: api.listQuery,
    answer: { name: 'Links', schema: api.linksAnswer },
  },
  {
    id: 'link',
    method: 'put',
    path: '/api/links/{name}',
    summary: 'Links rooms, or changes a link: what is not said stays as it is; as `crosstalk link`.',
    body: api.linkBody,
    answer: { name: 'Linked', schema: api.linkAnswer },
    refuses: true,
  },
  {
    id: 'unlink',
    method: 'delete',
    path: '/api/links/{name}',
    summary: 'Ends a link, or takes one room out of it; as `crosstalk unlink`.',
    query: api.unlinkQuery,
    answer: change,
    refuses: true,
  },
  {
    id: 'relink',
    method: 'post',
    path: '/api/links/{name}/relink',
    summary: 'Brings back a link that was ended or left the settings; as `crosstalk relink`.',
    answer: change,
    refuses: true,
  },
  {
    id: 'pause',
    method: 'post',
    path: '/api/links/{name}/pause',
    summary: 'Lets nothing more be read or queued for a link until it is resumed; as `crosstalk pause`.',
    answer: change,
    refuses: true,
  },
  {
    id: 'resume',
    method: 'post',
    path: '/api/links/{name}/resume',
    summary: 'Lets a paused link go on from now, or from where it stopped; as `crosstalk resume`.',
    body: api.resumeBody,
    answer: change,
    refuses: true,
  },
  {
    id: 'retry',
    method: 'post',
    path: '/api/retry',
    summary: 'Puts parked deliveries at the ends of their lanes; as `crosstalk retry`.',
    body: api.retryBody,
    answer: { name: 'Retried', schema: api.retryAnswer },
  },
  {
    id: 'replay',
    method: 'post',
    path: '/api/replay',
    summary: 'Reads stored payloads again; as `crosstalk replay`.',
    body: api.replayBody,
    answer: { name: 'Replayed', schema: api.replayAnswer },
    refuses: true,
  },
  { id: 'readDocument', method: 'get', path: '/api/openapi.json', summary: 'This document.', answer: 'document' },
];
