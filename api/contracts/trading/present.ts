import type { z } from 'zod';
import type { Session } from '../../../db/models/session.ts';
import type { User } from '../../../db/models/user.ts';
import type { UserRow } from '../../../db/rows.ts';
import { deviceCookie } from '../../auth/known-device.ts';
import type { SignedIn } from '../../commands/open-session.ts';
import { answer } from '../../route.ts';
import type { ApiSettings } from '../../settings.ts';
import type { UserIdentity } from '../../../db/models/user-identity.ts';
import type { identity, registered, session, user } from './schemas.ts';

/** What admins see of a user; nothing that could be used to sign in. */
export function presentUser(row: UserRow): z.input<typeof user> {
  const { id, email, role, has_second_factor: totp_enabled, disabled_at, created_at } = row;
  return {
    ...{ id, email, role: role ?? 'user', totp_enabled },
    disabled: disabled_at !== null,
    created_at: created_at.toISOString(),
  };
}

export function presentRegistered({ id, email, role, created_at }: User): z.input<typeof registered> {
  return { id, email: email ?? '', role: role ?? 'user', created_at: created_at.toISOString() };
}

/** The answer of a sign-in, however it was done. */
export function presentSignedIn(
  { accessToken, refreshToken, deviceToken }: SignedIn,
  { debug }: Pick<ApiSettings, 'debug'>,
) {
  const pair = { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer' } as const;
  return answer(200, pair, deviceCookie(deviceToken, { secure: !debug }));
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

export function presentIdentity({ id, provider, email, created_at }: UserIdentity): z.input<typeof identity> {
  return { id, provider, email, created_at: created_at.toISOString() };
}
