import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { ApiState } from '../state.ts';

/** One line a request, without its query and body: those may hold what must not be kept. */
export function accessLog(log: Logger): Middleware<ApiState> {
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const line = {
      request_id: ctx.state.requestId,
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      duration_ms: Math.round((performance.now() - start) * 10) / 10,
      address: ctx.ip,
    };
    log.info(line, 'request');
  };
}
