import { randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { ApiState } from '../state.ts';

/** What a client may call its own request: nothing that could break a log line or a header. */
const SAFE_TOKEN = /^[\w.-]{1,64}$/;

/** Names the request, as `X-Request-ID` and in every log line about it. */
export function requestId(log: Logger): Middleware<ApiState> {
  return (ctx, next) => {
    const sent = ctx.get('X-Request-ID');
    const id = SAFE_TOKEN.test(sent) ? sent : newRequestId();
    ctx.state.requestId = id;
    // Made when it is wanted: most requests have nothing to say.
    ctx.state.log = () => log.child({ request_id: id });
    ctx.set('X-Request-ID', id);
    return next();
  };
}

/** A name for a request that brought none. */
export function newRequestId(): string {
  return `req_${randomUUID().slice(-12)}`;
}
