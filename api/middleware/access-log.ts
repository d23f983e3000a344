import type { Middleware } from 'koa';
import type { ApiState } from '../state.ts';

/** One line a request, without its query and body: those may hold what must not be kept. */
export const accessLog: Middleware<ApiState> = async (ctx, next) => {
  const start = performance.now();
  await next();
  ctx.state.log.info(
    {
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      duration_ms: Math.round((performance.now() - start) * 10) / 10,
      address: ctx.ip,
    },
    'request',
  );
};
