import { createHash, createHmac, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import { ROLES, type Role } from '../../db/models/user.ts';

/** What a token is for. One of a purpose is refused for every other. */
export type Purpose = keyof typeof LIFE_SECONDS;

const LIFE_SECONDS = { access: 3_600, refresh: 7 * 24 * 3_600, 'pre-2fa': 5 * 60 };

/** Whom a token speaks for. */
export interface Subject {
  userId: string;
  email: string;
  role: Role;
  /** With a `pre-2fa` token that of the session which it may open. */
  sessionId: string;
  /** `token_version` of the user when they signed in. */
  version: number;
  /** With a `pre-2fa` token what they have shown who they are by: `password`, or a provider's name. */
  by?: string | undefined;
}

export interface Tokens {
  /** With `after`, which is a token of ours, the one that takes its place at that time: the same whenever it is asked for. */
  sign(
    purpose: Purpose,
    subject: Subject,
    after?: { token: string; at: Date },
  ): Promise<{ token: string; expiresAt: Date }>;
  /** Null for what is not a token of ours for that purpose, good at this moment. */
  verify(purpose: Purpose, token: string): Promise<(Subject & { expiresAt: Date }) | null>;
}

const ALGORITHM = 'HS256';
const ISSUER = 'perpetua';
const AUDIENCE = 'perpetua-api';
/** Longer than any token of ours; no reason to look at more. */
const MAX_LENGTH = 4_096;
/** How far the clocks of those who issue and check may be apart. */
const SKEW_SECONDS = 5;

/**
 * JWTs, signed with `secret` (at least 32 characters). Those signed with `olderSecret` are accepted as well, so that a change
 * of the secret signs nobody out.
 */
export function createTokens({
  secret,
  olderSecret,
  now,
}: {
  secret: string;
  olderSecret?: string | undefined;
  now: () => Date;
}): Tokens {
  const keys = new Map([olderSecret, secret].filter((one) => one !== undefined).map(keyOf));
  const [kid, key] = keyOf(secret);
  const findKey = ({ kid: id = '' }: JWTHeaderParameters) => {
    const found = keys.get(id);
    if (!found) throw new errors.JWSSignatureVerificationFailed();
    return found;
  };
  return {
    async sign(purpose, { userId, email, role, sessionId, version, by }, after) {
      const issuedAt = Math.floor((after?.at ?? now()).getTime() / 1_000);
      const expiresAt = issuedAt + LIFE_SECONDS[purpose];
      const claims = { user_id: userId, email, role, type: purpose, sid: sessionId, ver: version, by };
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: mediaType(purpose), kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(after ? createHmac('sha256', key).update(after.token).digest('base64url') : randomUUID())
        .sign(key);
      return { token, expiresAt: new Date(expiresAt * 1_000) };
    },
    async verify(purpose, token) {
      if (token.length > MAX_LENGTH) return null;
      try {
        const { payload } = await jwtVerify(token, findKey, {
          ...{ algorithms: [ALGORITHM], issuer: ISSUER, audience: AUDIENCE, typ: mediaType(purpose) },
          ...{ clockTolerance: SKEW_SECONDS, maxTokenAge: LIFE_SECONDS[purpose], currentDate: now() },
        });
        const claims = claimsSchema.parse(payload);
        if (claims.type !== purpose) return null;
        const { user_id: userId, email, role, sid: sessionId, ver: version, by, exp } = claims;
        return { userId, email, role, sessionId, version, by, expiresAt: new Date(exp * 1_000) };
      } catch (error) {
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
        throw error;
      }
    },
  };
}

const claimsSchema = z.object({
  ...{ user_id: z.guid(), email: z.string(), role: z.enum(ROLES), sid: z.guid(), ver: z.int() },
  ...{ type: z.string(), iat: z.int(), exp: z.int(), by: z.string().optional() },
});

const mediaType = (purpose: Purpose): string => `${purpose}+jwt`;

/** A name for the secret that tells nothing of it, and the key. */
function keyOf(secret: string): [kid: string, key: Uint8Array] {
  const kid = createHash('sha256').update(`kid:${secret}`).digest('base64url').slice(0, 8);
  return [kid, new TextEncoder().encode(secret)];
}
