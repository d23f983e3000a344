import type { Middleware } from 'koa';
import { ApiError } from '../errors.ts';

/** Refuses requests for host names that are not ours. Reads `Host` itself: a forwarded name is the client's word. */
export function hostCheck(allowed: readonly string[]): Middleware {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return (ctx, next) => {
    if (!names.has('*') && !names.has(hostName(ctx.req.headers.host ?? ''))) {
      throw new ApiError('unknown_host', 'Invalid host header');
    }
    return next();
  };
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
