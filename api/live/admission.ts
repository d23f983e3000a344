import { EVERYBODY } from '../../db/bots.ts';
import { takeTicket } from '../../db/socket-tickets.ts';
import { callerOfSession, invalidToken, unauthenticated, type Caller } from '../auth/caller.ts';
import type { Dependencies } from '../dependencies.ts';
import { authorize } from '../policies.ts';
import type { Listener } from './client.ts';
import type { Form } from './forms/form.ts';

/** Where a WebSocket is opened. */
export interface Door {
  form: Form;
  /** Whether an access token opens it, in the address or with the first message. A ticket always does. */
  takesTokens: boolean;
  /** Whether nobody has to show anything: then everybody's events are told. */
  isOpen: boolean;
}

/** What was shown at a door. */
interface Shown {
  ticket: string | null;
  token: string | null;
  address: string;
}

const ANYBODY: Listener = { rows: { userId: EVERYBODY }, session: null, expiresAt: null };

/**
 * Whom the door is opened for; null where a token is still to come. Throws `unauthenticated` or `invalid_token`. A ticket that was
 * shown is used up, whatever becomes of it.
 */
export async function admit(door: Door, shown: Shown, dependencies: Dependencies): Promise<Listener | null> {
  if (door.isOpen) return ANYBODY;
  if (shown.ticket !== null) return admitTicket(shown.ticket, dependencies);
  if (!door.takesTokens)
    throw unauthenticated('Ask for a ticket with POST /auth/ws-ticket and send it as ?ticket=.');
  return shown.token === null ? null : admitToken(shown.token, shown.address, dependencies);
}

async function admitTicket(ticket: string, { knex, identity }: Dependencies): Promise<Listener> {
  const holder = await takeTicket(knex, ticket, identity.now());
  const caller = holder && (await callerOfSession(holder, { knex, now: identity.now }));
  if (!caller)
    throw invalidToken('This ticket is not good, or no longer. Ask for a new one: POST /auth/ws-ticket.');
  return listenerFor(caller, null);
}

/** Throws what a request with that access token would be refused with. */
export async function admitToken(
  token: string,
  address: string,
  dependencies: Dependencies,
): Promise<Listener> {
  const sent = { authorization: `Bearer ${token}`, address };
  const caller = await authorize({ policy: 'signed-in' }, sent, dependencies);
  const claims = await dependencies.identity.tokens.verify('access', token);
  if (!caller || !claims) throw invalidToken();
  return listenerFor(caller, claims.expiresAt);
}

function listenerFor({ userId, sessionId, role, tokenVersion }: Caller, expiresAt: Date | null): Listener {
  const session = { id: sessionId, userId, role, token_version: tokenVersion };
  return { rows: { userId }, session, expiresAt };
}
