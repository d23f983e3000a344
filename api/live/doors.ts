import type { Context, Middleware } from 'koa';
import { WebSocketServer, type WebSocket } from 'ws';
import { networkOf } from '../addresses.ts';
import { deadlineAfter } from '../deadline.ts';
import type { Dependencies } from '../dependencies.ts';
import { ApiError, unavailable } from '../errors.ts';
import { refuseForeign, type OriginsOf } from '../middleware/cross-origin.ts';
import { limitCall } from '../middleware/rate-limit.ts';
import type { Limits } from '../rate-limits/limits.ts';
import type { ApiSettings } from '../settings.ts';
import type { ApiState } from '../state.ts';
import { admit, admitToken, type Door } from './admission.ts';
import type { Listener } from './client.ts';
import { botsForm } from './forms/bots.ts';
import { scalperForm } from './forms/scalper.ts';
import { tradingForm } from './forms/trading.ts';
import { awaitToken, Guests } from './guests.ts';
import type { Hub } from './hub.ts';
import { limitTalk } from './limit-talk.ts';
import { upgradeOf, type Upgrade } from './upgrades.ts';

interface Opening {
  hub: Hub;
  dependencies: Dependencies;
  limits: Limits;
  originsOf: OriginsOf;
}

/** No client says more at once; else it is closed with 1009. */
const MOST_BYTES = 16_384;
/** Who does not answer a close is cut after that. */
const CLOSING_MS = 2_000;
/** Of one user at one process. */
const MOST_OF_USER = 20;
/** At one process: what is left of the server's connections is for requests. */
const MOST_OF_ALL = 3_000;
const DEADLINE_MS = 2_900;

/**
 * The doors of the WebSockets. What is to be refused is refused before there is one, as an answer to the request; only a token that
 * comes with the first message is looked at later.
 */
export function liveDoors(opening: Opening): Middleware<ApiState> {
  const { hub, originsOf, dependencies } = opening;
  const doors = doorsOf(dependencies.settings);
  const server = new WebSocketServer({
    ...{
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MOST_BYTES,
      closeTimeout: CLOSING_MS,
    },
  });
  const guests = new Guests();

  return async (ctx, next) => {
    const door = doors.get(ctx.path);
    if (!door || ctx.method !== 'GET') return next();
    ctx.state.route = ctx.path;
    refuseForeign(ctx, originsOf);
    const upgrade = upgradeIn(ctx);
    const after = cursorIn(ctx);
    const { within } = deadlineAfter(dependencies.deadlineMs ?? DEADLINE_MS);
    const listener = await within(admitCounted(ctx, door, opening));
    const network = networkOf(ctx.ip);
    if (listener?.session) requireRoom(hub, listener.session.userId);
    else guests.requireRoom(network);
    const address = ctx.ip;
    const { log } = ctx.state;

    const welcome = (socket: WebSocket): void => {
      // What breaks the protocol is closed by the library, with a code that says so.
      socket.on('error', (error) => log().debug({ err: error }, 'A WebSocket has failed'));
      hub.keep(socket);
      limitTalk(socket);
      const join = (one: Listener): void => hub.join(socket, { form: door.form, listener: one, after });
      if (!listener?.session) guests.hold(socket, network);
      if (listener) return join(listener);
      awaitToken(socket, async (token) => {
        const admitted = await admitToken(token, address, dependencies);
        requireRoom(hub, admitted.session!.userId);
        guests.release(socket);
        join(admitted);
      });
    };
    upgrade.take();
    ctx.respond = false;
    ctx.status = 101;
    server.handleUpgrade(ctx.req, upgrade.socket, upgrade.head, welcome);
  };
}

function doorsOf({ prefix, authRequired }: ApiSettings): Map<string, Door> {
  return new Map([
    [`${prefix}/ws`, { form: scalperForm, takesTokens: true, isOpen: !authRequired }],
    ['/api/ws', { form: botsForm, takesTokens: true, isOpen: false }],
    ['/ws', { form: tradingForm, takesTokens: false, isOpen: false }],
  ]);
}

/** Throws for a request that asks for no WebSocket, or not as RFC 6455 has it. */
function upgradeIn(ctx: Context): Upgrade {
  const upgrade = upgradeOf(ctx.req);
  if (
    upgrade &&
    /^[+/0-9a-z]{22}==$/i.test(ctx.get('Sec-WebSocket-Key')) &&
    ctx.get('Sec-WebSocket-Version') === '13'
  )
    return upgrade;
  ctx.set({ Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' });
  throw new ApiError('upgrade_required', 'This is a WebSocket: connect to it with ws:// or wss://.');
}

/** A parameter of the address. Throws for one that is there twice. */
function textIn(ctx: Context, name: string): string | null {
  const sent = ctx.query[name];
  if (Array.isArray(sent)) throw new ApiError('bad_request', `Send ${name} once.`);
  return sent ?? null;
}

/** After which event to go on; null for from now on. */
function cursorIn(ctx: Context): number | null {
  const after = textIn(ctx, 'after');
  if (after === null) return null;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new ApiError('bad_request', 'after is the cursor of a message you were sent: a whole number.');
}

/** What is below the scalper's prefix has been counted by its address already; others are a call of the user, or of the address. */
async function admitCounted(
  ctx: Context,
  door: Door,
  { hub, dependencies, limits }: Opening,
): Promise<Listener | null> {
  if (hub.isClosing() || hub.size() >= MOST_OF_ALL) throw unavailable();
  const count = async (userId: string | null): Promise<void> => {
    if (door.form !== scalperForm) await limitCall(ctx, limits, { limit: 'calls', userId });
  };
  const shown = { ticket: textIn(ctx, 'ticket'), token: textIn(ctx, 'token'), address: ctx.ip };
  const listener = await admit(door, shown, dependencies).catch(async (refusal: unknown) => {
    await count(null);
    throw refusal;
  });
  await count(listener?.session?.userId ?? null);
  return listener;
}

function requireRoom(hub: Hub, userId: string): void {
  if (hub.openTo(userId) < MOST_OF_USER) return;
  throw new ApiError(
    'rate_limited',
    `You have ${MOST_OF_USER} WebSockets open. Close one, then connect again.`,
  );
}
