import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { z } from 'zod';
import { ApiError } from '../errors.ts';

/** What the library says of an answer that is there and cannot be trusted: a claim, a time, a signature, who it is from. */
const UNTRUSTED = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** What to say of a sign-in that a provider did not confirm: it refused, or what it said cannot be trusted, or it is away. */
export function refusalOf(title: string, error: unknown): ApiError {
  if (!isRefused(error)) return awayOf(title, error);
  const message = `${title} did not confirm the sign-in. Begin it again.`;
  return new ApiError('provider_refused', message, { cause: withoutSecrets(error) });
}

function isRefused(error: unknown): boolean {
  // What it tells the browser; a code that is not good (any more).
  if (error instanceof AuthorizationResponseError) return true;
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant';
  if (error instanceof z.ZodError) return true;
  return error instanceof ClientError && UNTRUSTED.has(error.code ?? '');
}

/** What to say where a provider cannot be reached, does not answer in time, or does not take us for its client. */
export function awayOf(title: string, error: unknown): ApiError {
  const message = `${title} cannot be asked right now. Try again in a minute, or sign in another way.`;
  return new ApiError('provider_unavailable', message, {
    ...{ retryAfterSeconds: 60, cause: withoutSecrets(error) },
  });
}

/** The library's errors carry whole answers, with tokens in them: what is logged says what happened, no more. */
function withoutSecrets(error: unknown): Error {
  const said: string[] = [];
  for (let inner = error; inner instanceof Error && said.length < 4; inner = inner.cause) {
    const { code } = inner as { code?: unknown };
    const reason = inner instanceof ResponseBodyError ? ` (${inner.error})` : '';
    said.push(`${typeof code === 'string' ? `${code}: ` : ''}${inner.message}${reason}`);
  }
  return new Error(said.join('; '));
}
