import { randomUUID } from 'node:crypto';
import type { User } from '../../db/models/user.ts';
import { insertSession } from '../../db/sessions.ts';
import type { Client } from '../route.ts';
import type { IdentityContext } from './context.ts';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
}

/**
 * Signs a user in who has shown who they are and is not disabled. Every way of signing in ends here, by password or by a
 * provider, so that what must come between the first proof and the session comes between them for all.
 */
export async function openSession(
  user: User,
  { userAgent, address }: Client,
  { knex, identity }: IdentityContext,
): Promise<TokenPair> {
  const subject = {
    ...{ userId: user.id, email: user.email ?? '', role: user.role ?? 'user', version: user.token_version },
    sessionId: randomUUID(),
  } as const;
  const access = await identity.tokens.sign('access', subject);
  const refresh = await identity.tokens.sign('refresh', subject);
  const session = {
    ...{ id: subject.sessionId, user_id: user.id },
    ...{ user_agent: userAgent.slice(0, 200), address: address.slice(0, 64) },
  };
  await insertSession(knex, session, refresh, identity.now());
  return { accessToken: access.token, refreshToken: refresh.token };
}
