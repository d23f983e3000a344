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
  // Finding a series by its labels costs more than observing it.
  const series = new Map<string, ReturnType<typeof durations.labels>>();
  const seriesOf = (method: string, route: string, status: number) => {
    const key = `${method} ${route} ${status}`;
    const known = series.get(key) ?? durations.labels(method, route, String(status));
    series.set(key, known);
    return known;
  };
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const { route } = ctx.state;
    seriesOf(route ? ctx.method : 'other', route ?? 'none', ctx.status).observe(
      (performance.now() - start) / 1_000,
    );
  };
}
