import { z } from 'zod';
import { depositAddress } from '../../commands/deposit-address.ts';
import { answer, route } from '../../route.ts';

const query = z.object({
  network: z
    .string()
    .optional()
    .meta({ description: "One of the fund's networks; the first of them unless said", example: 'ETH' }),
});

const body = z
  .strictObject({
    success: z.literal(true),
    data: z.strictObject({
      asset: z.string(),
      network: z.string(),
      address: z.string(),
      tag: z.string().nullable().meta({ description: 'To be given with the payment, where it is not null' }),
      min_deposit: z.number().meta({ description: 'Less than this gets no units' }),
    }),
  })
  .meta({
    id: 'DepositAddress',
    example: {
      success: true,
      data: {
        ...{ asset: 'USDC', network: 'ETH', tag: null, min_deposit: 10 },
        address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      },
    },
  });

const read = route({
  method: 'get',
  path: '/wallet/deposit-address',
  policy: 'signed-in',
  tag: 'Wallet',
  summary: 'Where you pay in',
  description: 'The address is yours alone and stays the same.',
  query,
  responses: { 200: body },
  refusals: ['invalid_input', 'unavailable'],
  async handler({ query: { network }, caller }, dependencies) {
    const address = await depositAddress({ network }, { ...dependencies, caller });
    const { minDeposit } = dependencies.settings.fund;
    return answer(200, { success: true as const, data: { ...address, min_deposit: Number(minDeposit) } });
  },
});

export const depositAddressRoutes = [read];
