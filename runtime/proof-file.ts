import { z } from 'zod';

/** What `/api/v1/wallet/proof` answers, as far as it is checked. */
export type ProofFile = z.output<typeof proofSchema>;

/** Of the whole answer, or of what is in its `data`; null where the text is neither. */
export function readProof(text: string): ProofFile | null {
  try {
    const read = z.union([z.object({ data: proofSchema }), proofSchema]).parse(JSON.parse(text));
    return 'data' in read ? read.data : read;
  } catch {
    return null;
  }
}

const units = z.string().regex(/^\d{1,20}(\.\d{1,8})?$/);
const node = { hash: z.string().regex(/^[0-9a-f]{64}$/), units };
const proofSchema = z.object({
  made_at: z.string().max(40),
  root: z.object(node),
  leaf: z.object({ user_id: z.string().max(40), units, salt: z.string().regex(/^[0-9a-f]{64}$/) }).nullable(),
  path: z.array(z.object({ ...node, side: z.enum(['left', 'right']) })).max(64),
});
