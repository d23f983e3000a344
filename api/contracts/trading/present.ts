import type { z } from 'zod';
import type { Session } from '../../../db/models/session.ts';
import type { User } from '../../../db/models/user.ts';
import type { UserIdentity } from '../../../db/models/user-identity.ts';
import type { TokenPair } from '../../commands/open-session.ts';
import type { identity, session, tokenPair, user } from './schemas.ts';

/** What admins see of a user; nothing that could be used to sign in. */
export function presentUser({ id, email, role, created_at }: User): z.input<typeof user> {
  // Nobody has a second factor in this version.
  return { id, email, role: role ?? 'user', totp_enabled: false, created_at: created_at.toISOString() };
}

export function presentSession(row: Session, currentId: string): z.input<typeof session> {
  const { id, user_agent, address, created_at, last_seen_at, expires_at } = row;
  return {
    ...{ id, user_agent, address },
    created_at: created_at.toISOString(),
    last_seen_at: last_seen_at.toISOString(),
    expires_at: expires_at.toISOString(),
    current: id === currentId,
  };
}

export function presentTokens({ accessToken, refreshToken }: TokenPair): z.input<typeof tokenPair> {
  return { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' };
}

export function presentIdentity({ id, provider, email, created_at }: UserIdentity): z.input<typeof identity> {
  return { id, provider, email, created_at: created_at.toISOString() };
}
