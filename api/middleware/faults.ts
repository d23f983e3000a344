import type { Middleware } from 'koa';
import { ApiError } from '../errors.ts';
import { explain } from '../outages.ts';
import { statusIn, type Envelope } from '../route.ts';
import type { ApiState } from '../state.ts';

/**
 * Turns everything thrown, and a path nobody serves, into a refusal in the words of the contract the path belongs to. Only
 * here are faults answered.
 */
export function faults(
  envelopeOf: (path: string) => Envelope,
  { checkAnswers = false } = {},
): Middleware<ApiState> {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) throw new ApiError('route_not_found', 'Not Found');
    } catch (error) {
      const refusal = explain(error);
      if (refusal.status >= 500) ctx.state.log().error({ err: refusal.cause ?? refusal }, refusal.message);
      const envelope = envelopeOf(ctx.path);
      const status = statusIn(envelope, refusal.code);
      const body = envelope.present(refusal, ctx.state.requestId);
      if (checkAnswers) envelope.schema(status).parse(body);
      ctx.status = status;
      if (refusal.retryAfterSeconds !== null) ctx.set('Retry-After', String(refusal.retryAfterSeconds));
      if (refusal.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
      ctx.type = 'application/json';
      ctx.body = JSON.stringify(body);
    }
  };
}
