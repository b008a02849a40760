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

export interface AdminAccess {
  readonly host: string;
  /** Needed by everything but health; absent on a loopback address. */
  readonly token?: string;
}

export const adminAccess = Symbol('adminAccess');

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Keeps other people's pages and addresses out: the host must be the one that was set, and the token the right one. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(adminAccess) private readonly access: AdminAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (this.access.token === undefined && !loopback.has(host) && host !== this.access.host) {
      throw new ForbiddenException('call it by the address that it listens on');
    }
    const { origin } = request.headers;
    if (
      origin !== undefined &&
      (!URL.canParse(origin) || new URL(origin).host !== request.headers.host?.toLowerCase())
    ) {
      throw new ForbiddenException('pages of other addresses may not call it');
    }
    if (this.access.token === undefined || request.path.startsWith('/health/')) return true;
    const given = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (!timingSafeEqual(digest(given), digest(this.access.token)))
      throw new UnauthorizedException('the token is missing or wrong');
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
