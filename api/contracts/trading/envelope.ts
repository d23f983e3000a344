import { z } from 'zod';
import type { Envelope } from '../../route.ts';

const plain = z.strictObject({ detail: z.string() }).meta({ id: 'Refusal' });
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
    return { detail: error.message, ...(errors.length > 0 && { errors }) };
  },
  schema: (status) => ({ 400: invalid, 422: invalid, 500: internal })[status] ?? plain,
};
