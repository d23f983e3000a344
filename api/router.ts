import Router from '@koa/router';
import type { Context } from 'koa';
import type { Caller } from './auth/caller.ts';
import { readBody } from './body.ts';
import type { Dependencies } from './dependencies.ts';
import { DEVICE_COOKIE } from './auth/known-device.ts';
import { deadlineAfter } from './deadline.ts';
import { ApiError } from './errors.ts';
import { limitCall } from './middleware/rate-limit.ts';
import { authorize, ownerUnder, POLICIES, rolesUnder } from './policies.ts';
import type { Contract, Route } from './route.ts';
import type { ApiState } from './state.ts';
import { validate } from './validation.ts';

/** So that an outage is answered within 3 s. */
const DEADLINE_MS = 2_900;

/**
 * Serves the routes. Throws at once for a route without a policy, or one that cannot ask for the code it is to ask for:
 * nothing is open by oversight.
 */
export function createRouter(
  { routes }: Pick<Contract, 'routes'>,
  dependencies: Dependencies,
): Router<ApiState> {
  // Sensitive: another case would be another path to whoever stands before the routes, the rate limit among them.
  const router = new Router<ApiState>({ strict: false, sensitive: true });
  for (const route of routes) {
    if (!POLICIES.includes(route.policy)) throw new Error(`${route.method} ${route.path} has no policy`);
    if (route.stepUp && !rolesUnder(route.policy, { authRequired: true }))
      throw new Error(`${route.method} ${route.path} asks nobody to sign in, and for a code`);
    router[route.method](routerPath(route.path), (ctx) => serve(ctx as Context, route, dependencies));
  }
  return router;
}

/** `/bots/{bot_id}` as the router writes it; without the last slash it matches both forms. */
function routerPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1').replace(/(.)\/$/, '$1');
}

async function serve(ctx: Context, route: Route, dependencies: Dependencies): Promise<void> {
  const state = ctx.state as ApiState;
  state.route = route.path;
  const { signal, within } = deadlineAfter(dependencies.deadlineMs ?? DEADLINE_MS);
  // Before anything else is read: who may not call learns nothing of what could be sent.
  const caller = await within(admit(ctx, route, dependencies));
  const sent = validate(
    { path: route.params, query: route.query, body: route.body },
    { path: ctx['params'], query: ctx.query, body: route.body && (await readBody(ctx)) },
  );
  const request = {
    params: sent.path,
    query: sent.query,
    body: sent.body,
    owner: ownerUnder(route.policy, caller, dependencies),
    caller,
    client: {
      ...{ userAgent: ctx.get('User-Agent'), address: ctx.ip },
      device: ctx.cookies.get(DEVICE_COOKIE) ?? null,
    },
    cookie: (name: string) => ctx.cookies.get(name),
    header: (name: string) => ctx.get(name) || undefined,
    requestId: state.requestId,
    log: state.log,
    signal,
  };
  const { status, body, headers } = await within(route.handler(request, dependencies));
  if (dependencies.checkAnswers) check(route, status, body);
  if (body === null) ctx.body = null;
  else ctx.body = route.produces ? body : JSON.stringify(body);
  ctx.status = status;
  if (body !== null) ctx.type = route.produces ?? 'application/json';
  ctx.set({ 'Cache-Control': 'no-store', ...headers });
  // What has a tag need not be sent again.
  if (headers?.['ETag'] && ctx.fresh) ctx.status = 304;
}

/** The caller. Whoever is refused has used up a call of the address: a token tells who calls only while its session lasts. */
async function admit(ctx: Context, route: Route, dependencies: Dependencies): Promise<Caller | null> {
  const { limit } = route;
  const { limits } = dependencies;
  const use = async (caller: Caller | null) => {
    if (limit && limits) await limitCall(ctx, limits, { limit, userId: caller?.userId ?? null });
  };
  const sent = { authorization: ctx.get('Authorization'), address: ctx.ip };
  const caller = await authorize(route, sent, dependencies).catch(async (refusal: unknown) => {
    await use(null);
    throw refusal;
  });
  await use(caller);
  return caller;
}

function check(route: Route, status: number, body: unknown): void {
  const schema = route.responses[status];
  if (schema === undefined) throw new Error(`${route.method} ${route.path} does not declare ${status}`);
  const result = schema?.safeParse(body);
  if (result && !result.success) {
    throw new Error(`${route.method} ${route.path} ${status} breaks its schema: ${result.error.message}`);
  }
}

/** Answers of paths that exist for other methods only, and `OPTIONS`. */
export function refuseOtherMethods(router: Router<ApiState>): ReturnType<Router<ApiState>['allowedMethods']> {
  const refusal = () => new ApiError('method_not_allowed', 'Method Not Allowed');
  return router.allowedMethods({ throw: true, methodNotAllowed: refusal, notImplemented: refusal });
}
