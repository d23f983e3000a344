import { z } from 'zod';
import { ROLES } from '../../../db/models/user.ts';
import { weaknessOf } from '../../auth/password-policy.ts';
import { timestamp, uuid } from '../scalper/fields.ts';

/** In the documentation. */
const EMAIL = 'ada@example.com';
const ID = '550e8400-e29b-41d4-a716-446655440000';

const trimmed = z.string().trim().toLowerCase();
const email = trimmed
  .pipe(z.email('Must be an email address').max(254, 'Must have at most 254 characters'))
  .meta({ example: EMAIL });

/** With spaces or dashes between its parts, or without. */
const code = z.string().max(64, 'Is not a code').meta({ example: '123456' });

export const registration = z
  .object({ email, password: z.string() })
  .superRefine(({ email: address, password }, { addIssue }) => {
    const message = weaknessOf(password, address);
    if (message) addIssue({ code: 'custom', path: ['password'], message });
  })
  .meta({ id: 'Registration' });

/** Whatever was registered once may be tried; what cannot have been is refused like any other. */
export const credentials = z
  .object({
    email: trimmed.pipe(z.string().min(1, 'Must not be empty').max(254, 'Must have at most 254 characters')),
    password: z.string(),
    totp_code: code.optional().meta({
      description:
        'What the authenticator shows, or a recovery code; asked for with two-factor authentication on',
    }),
  })
  .meta({ id: 'Credentials' });

export const twoFactorCode = z.object({ code }).meta({ id: 'TwoFactorCode' });

export const signInWithCodeRequest = z
  .object({ pre_2fa_token: z.string(), code })
  .meta({ id: 'SignInWithCode' });

export const passwordChange = z
  .object({ current_password: z.string().optional(), new_password: z.string() })
  .meta({ id: 'PasswordChange' });

export const refreshRequest = z.object({ refresh_token: z.string() }).meta({ id: 'RefreshRequest' });

const token = z.string().meta({ example: 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl' });
const tokenType = z.literal('bearer');

export const tokenPair = z
  .strictObject({ access_token: token, refresh_token: token, token_type: tokenType })
  .meta({ id: 'TokenPair' });

/** `refresh_token` where the one that was shown is near its end. */
export const refreshed = z
  .strictObject({ access_token: token, refresh_token: token.optional(), token_type: tokenType })
  .meta({ id: 'Refreshed' });

const role = z.enum(ROLES);

export const registered = z
  .strictObject({ id: uuid, email: z.string(), role, created_at: timestamp })
  .meta({ id: 'Registered' });

export const user = z
  .strictObject({
    ...{ id: uuid, email: z.string().nullable(), role, totp_enabled: z.boolean() },
    disabled: z.boolean().meta({ description: 'Whether they are kept out' }),
    created_at: timestamp,
  })
  .meta({ id: 'User' });

export const userPath = z.object({ id: uuid.meta({ description: 'The user', example: ID }) });

export const roleChange = z.object({ role }).meta({ id: 'RoleChange' });

export const session = z
  .strictObject({
    ...{ id: uuid, user_agent: z.string(), address: z.string() },
    ...{ created_at: timestamp, last_seen_at: timestamp, expires_at: timestamp },
    current: z.boolean().meta({ description: 'Whether it is the one that asks' }),
  })
  .meta({ id: 'Session' });

export const sessionPath = z.object({ id: uuid.meta({ description: 'The session', example: ID }) });

export const providerPath = z.object({
  provider: z.string().meta({ description: '`google` or `kakao`', example: 'google' }),
});

/** What a provider adds to its callback; the rest of it is not read. */
export const callbackQuery = z.object({
  state: z.string(),
  code: z.string().optional(),
  iss: z.string().optional().meta({ description: 'Who the provider says it is' }),
  error: z.string().optional().meta({ description: 'Why there is no code' }),
});

export const authorization = z
  .strictObject({
    url: z.string().meta({ description: 'Where to send this browser', example: 'https://provider.example/' }),
  })
  .meta({ id: 'Authorization' });

export const identity = z
  .strictObject({
    ...{ id: uuid, provider: z.string().meta({ example: 'google' }) },
    email: z.string().nullable().meta({ description: 'As it was when it was linked', example: EMAIL }),
    created_at: timestamp,
  })
  .meta({ id: 'Identity' });

export const identityPath = z.object({
  id: uuid.meta({ description: 'The identity', example: ID }),
});

export const socketTicket = z
  .strictObject({
    ticket: z.string().meta({ description: 'For the address of one WebSocket' }),
    expires_in: z.int().meta({ description: 'Seconds', example: 30 }),
  })
  .meta({ id: 'SocketTicket' });

export const message = z.strictObject({ message: z.string() }).meta({ id: 'Message' });
