import { z } from 'zod';
import { listAddresses } from '../../../db/fund/withdrawal-addresses.ts';
import { addAddress, removeAddress } from '../../commands/address-book.ts';
import { callerContext } from '../../commands/context.ts';
import { answer, route } from '../../route.ts';
import { data, success } from './fields.ts';
import { presentAddress } from './present-withdrawal.ts';
import { byId, EXAMPLES, newAddress, storedAddress } from './withdrawal-schemas.ts';

const tag = 'Withdrawals';

const list = route({
  method: 'get',
  path: '/wallet/addresses',
  policy: 'signed-in',
  tag,
  summary: 'Your address book',
  responses: { 200: data(z.array(storedAddress)) },
  async handler({ caller }, { knex }) {
    return answer(200, { success, data: (await listAddresses(knex, caller.userId)).map(presentAddress) });
  },
});

const add = route({
  method: 'post',
  path: '/wallet/addresses',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'Write an address into your book',
  description: 'Nothing is sent to it before it has cooled.',
  body: newAddress,
  examples: { address: EXAMPLES.address },
  responses: { 201: data(storedAddress) },
  refusals: ['address_taken'],
  async handler({ body, ...rest }, dependencies) {
    const context = callerContext(rest, dependencies);
    const added = await addAddress({ ...body, tag: body.tag ?? null }, context);
    return answer(201, { success, data: presentAddress(added) });
  },
});

const remove = route({
  method: 'delete',
  path: '/wallet/addresses/{id}',
  policy: 'signed-in',
  tag,
  summary: 'Strike an address out of your book',
  params: byId,
  responses: { 200: z.strictObject({ success: z.literal(true) }) },
  refusals: ['address_not_found'],
  async handler({ params, ...rest }, dependencies) {
    await removeAddress(params.id, callerContext(rest, dependencies));
    return answer(200, { success });
  },
});

export const addressBookRoutes = [list, add, remove];
