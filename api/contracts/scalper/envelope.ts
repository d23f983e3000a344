import { z } from 'zod';
import type { Envelope } from '../../route.ts';

const plain = z.strictObject({ detail: z.string() }).meta({ id: 'Refusal' });
const invalid = z
  .strictObject({
    detail: z.string().meta({ example: 'Invalid input data' }),
    errors: z
      .array(z.strictObject({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ example: [{ field: 'buy_price', message: 'Must be greater than 0' }] }),
  })
  .meta({ id: 'InvalidInput' });
const malformed = z
  .strictObject({
    detail: z.array(
      z.strictObject({
        loc: z.array(z.union([z.string(), z.int().min(0)])),
        msg: z.string(),
        type: z.string(),
      }),
    ),
  })
  .meta({
    id: 'MalformedInput',
    example: { detail: [{ loc: ['body', 'buy_price'], msg: 'field required', type: 'value_error.missing' }] },
  });
const internal = z
  .strictObject({ detail: z.string(), request_id: z.string() })
  .meta({ id: 'InternalError', example: { detail: 'Internal server error', request_id: 'req_123456' } });

/** Refusals as the contract words them: `{detail, ...}`. */
export const envelope: Envelope = {
  present(error, requestId) {
    if (error.code === 'malformed_input') return { detail: error.shape };
    if (error.code === 'invalid_token') return { detail: 'Invalid credentials' };
    if (error.code === 'internal') return { detail: error.message, request_id: requestId };
    return { detail: error.message, ...(error.fields.length > 0 && { errors: error.fields }) };
  },
  schema: (status) => ({ 400: invalid, 422: malformed, 500: internal })[status] ?? plain,
};
