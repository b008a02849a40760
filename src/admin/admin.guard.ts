import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import type { Request } from 'express';
import { webAddress } from '../model/web-address.js';

export interface AdminAccess {
  readonly host: string;
  readonly token: string;
  /** `settings`: for whoever reaches the address. `start`: another one at each start, on a loopback address. */
  readonly tokenOf: 'settings' | 'start';
}

export const adminAccess = Symbol('adminAccess');

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
/** What says nothing that must be kept from anybody: whether we are well, and the empty page, which asks for the rest. */
const openToAll = /^\/(health\/\w+|assets\/[\w.-]+)?$/;
/** What programs on this machine read, which cannot know the token of a start. */
const openOnLoopback = /^\/metrics$/;

/** Keeps other people's pages and addresses out: the host must be the one that was set, and the token the right one. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(adminAccess) private readonly access: AdminAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (this.access.tokenOf === 'start' && !loopback.has(host) && host !== this.access.host) {
      throw new ForbiddenException('call it by the address that it listens on');
    }
    const { origin } = request.headers;
    if (origin !== undefined && webAddress(origin)?.host !== (request.headers.host ?? '').toLowerCase()) {
      throw new ForbiddenException('pages of other addresses may not call it');
    }
    if (openToAll.test(request.path)) return true;
    if (this.access.tokenOf === 'start' && openOnLoopback.test(request.path)) return true;
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), digest(this.access.token)))
      throw new UnauthorizedException('the token is missing or wrong');
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
