import { z } from 'zod';
import { readOwnProof } from '../../../db/fund/unit-proofs.ts';
import { ApiError } from '../../errors.ts';
import { answer, route } from '../../route.ts';
import { timestamp } from '../scalper/fields.ts';
import { data, success } from './fields.ts';

const hash = z.string().length(64);
const units = z.string().meta({ description: 'Exact, which a JSON number is not', example: '884.94009' });
const node = { hash, units };

const proof = z
  .strictObject({
    proof_id: z.int(),
    made_at: timestamp,
    root: z.strictObject(node).meta({ description: 'The same for everybody: all units there were' }),
    leaf: z
      .strictObject({
        user_id: z.string(),
        units,
        salt: z.string().meta({ description: 'Yours alone: who has it can try how many units you had' }),
      })
      .nullable()
      .meta({ description: 'Yours; null where you had no units then' }),
    path: z
      .array(z.strictObject({ ...node, side: z.enum(['left', 'right']) }))
      .meta({ description: 'What stands beside the way from your leaf to the root' }),
  })
  .meta({ id: 'ProofOfUnits' });

const read = route({
  method: 'get',
  path: '/wallet/proof',
  policy: 'signed-in',
  tag: 'Wallet',
  summary: 'Proof that your units are among those of the fund',
  description:
    'From the newest proof that was made. Keep the answer as a file: `npm run proof -- verify FILE --root HASH` checks it against the published root without any connection.',
  responses: { 200: data(proof) },
  refusals: ['proof_not_found'],
  async handler({ caller: { userId } }, { knex }) {
    const own = await readOwnProof(knex, userId);
    if (!own)
      throw new ApiError(
        'proof_not_found',
        'No proof of units has been made yet. Whoever runs the fund makes them.',
      );
    const { id, madeAt, root, leaf, path } = own;
    return answer(200, {
      success,
      data: {
        ...{ proof_id: id, made_at: madeAt.toISOString(), root, path },
        leaf: leaf && { user_id: leaf.userId, units: leaf.units, salt: leaf.salt },
      },
    });
  },
});

export const proofRoutes = [read];
