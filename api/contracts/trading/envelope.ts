import { z } from 'zod';
import type { ErrorCode } from '../../errors.ts';
import type { Envelope } from '../../route.ts';

const plain = z.strictObject({ detail: z.string() }).meta({ id: 'Refusal' });
const signInAgain = z
  .strictObject({
    detail: z.string(),
    two_factor_required: z.literal(true).optional(),
    pre_2fa_token: z
      .string()
      .optional()
      .meta({ description: 'For POST /auth/login/2fa; good for 5 minutes' }),
  })
  .meta({ id: 'NotSignedIn' });
const CODED: readonly ErrorCode[] = ['step_up_required', 'two_factor_setup_required'];
const forbidden = z
  .strictObject({ detail: z.string(), code: z.enum(CODED).optional() })
  .meta({ id: 'Forbidden' });
const invalid = z
  .strictObject({
    detail: z.string().meta({ example: 'Invalid input data' }),
    errors: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ example: [{ field: 'password', message: 'Must contain a digit' }] }),
  })
  .meta({ id: 'InvalidInput' });
const internal = z.strictObject({ detail: z.string(), request_id: z.string() }).meta({
  id: 'InternalError',
  example: { detail: 'Internal server error', request_id: 'req_123456' },
});

/** Refusals as the contract words them: `{detail, ...}`, where the detail is always a text. */
export const envelope: Envelope = {
  present(error, requestId) {
    if (error.code === 'internal') return { detail: error.message, request_id: requestId };
    const shape = error.shape.map(({ loc, msg }) => ({
      // Without the place: fields are named as the caller wrote them.
      field: loc.slice(1).join('.') || String(loc[0]),
      message: msg,
    }));
    const errors = [...error.fields, ...shape];
    return {
      ...{ detail: error.message, ...error.extra },
      ...(CODED.includes(error.code) && { code: error.code }),
      ...(errors.length > 0 && { errors }),
    };
  },
  schema: (status) =>
    ({ 400: invalid, 401: signInAgain, 403: forbidden, 422: invalid, 500: internal })[status] ?? plain,
};
