import { z } from 'zod';
import { ERROR_STATUS, type ApiError } from '../../errors.ts';
import type { Envelope } from '../../route.ts';

const refusal = z.strictObject({ success: z.literal(false), error: z.string() }).meta({
  id: 'Refusal',
  example: { success: false, error: 'The bot is paused: resume it instead of starting it' },
});

/** Refusals as the contract words them: `{success: false, error}`. It knows neither 422 nor 502 nor 504. */
export const envelope: Envelope = {
  present: (error) => ({ success: false, error: sentenceOf(error) }),
  schema: () => refusal,
  status(code) {
    const status = ERROR_STATUS[code];
    if (status === 422) return 400;
    return status === 502 || status === 504 ? 503 : status;
  },
};

/** The one text there is names what is wrong, where something is. */
function sentenceOf({ message, fields, shape }: ApiError): string {
  const faults = [
    ...fields.map((fault) => `${fault.field}: ${fault.message}`),
    ...shape.map(({ loc, msg }) => `${loc.slice(1).join('.') || String(loc[0])}: ${msg}`),
  ];
  return faults.length > 0 ? faults.join('; ') : message;
}
