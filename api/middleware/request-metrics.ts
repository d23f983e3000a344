import type { Middleware } from 'koa';
import { Histogram, type Registry } from 'prom-client';
import type { ApiState } from '../state.ts';

/** Counts and times requests by route, never by path: an id in a label would be a series of its own. */
export function requestMetrics(registry: Registry): Middleware<ApiState> {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers: [registry],
  });
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    durations
      .labels(ctx.state.route ? ctx.method : 'other', ctx.state.route ?? 'none', String(ctx.status))
      .observe((performance.now() - start) / 1_000);
  };
}
