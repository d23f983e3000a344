import { z } from 'zod';
import { listKeys } from '../../../db/exchange-keys.ts';
import { addKeys, removeKeys, changeKeys } from '../../commands/exchange-keys.ts';
import { answer, route } from '../../route.ts';
import { keysOf, newKeysOf, presentKeys } from './account-present.ts';
import { changedKeys, keysPath, newKeys, storedKeys } from './account-schemas.ts';
import { message } from './schemas.ts';

const tag = 'Exchange keys';
const EXAMPLE = {
  api_key: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv',
  api_secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP',
};
const CHECKED = ['keys_refused', 'key_may_withdraw', 'exchange_failed', 'exchange_timeout'] as const;

const add = route({
  method: 'post',
  path: '/account/api-keys',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'Store keys for an exchange, encrypted',
  description:
    'The exchange is asked about them first: keys that it does not know, or that may withdraw, are refused. What else is found is in `warnings`. With `"kind": "paper"` and without keys an account with play money is opened on the simulated exchange.',
  body: newKeys,
  examples: {
    keys: { summary: 'Keys of Binance', value: { exchange: 'Binance', ...EXAMPLE } },
    paper: { summary: 'Play money', value: { exchange: 'Binance', kind: 'paper' } },
  },
  responses: { 201: storedKeys },
  refusals: ['keys_exist', ...CHECKED],
  async handler({ body, caller, client, signal, log }, dependencies) {
    const { exchange, kind } = body;
    const stored = await addKeys(
      { exchange, kind, keys: newKeysOf(body) },
      { ...dependencies, caller, signal, log: log(), address: client.address },
    );
    return answer(201, presentKeys(stored));
  },
});

const list = route({
  method: 'get',
  path: '/account/api-keys',
  policy: 'signed-in',
  tag,
  summary: 'Your keys, of each the last four characters',
  responses: { 200: z.array(storedKeys) },
  async handler({ caller }, { knex }) {
    return answer(200, (await listKeys(knex, caller.userId)).map(presentKeys));
  },
});

const change = route({
  method: 'put',
  path: '/account/api-keys/{exchange}',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'Put other keys of the same account in place of the stored ones',
  description:
    'Checked as new ones are. Bots go on with them. Keys of another account would take their orders out of their sight: delete the old ones instead.',
  params: keysPath,
  body: changedKeys,
  examples: { keys: { summary: 'Newer keys', value: EXAMPLE } },
  responses: { 200: storedKeys },
  refusals: ['keys_not_found', ...CHECKED],
  async handler({ params, body, caller, client, signal, log }, dependencies) {
    const changed = await changeKeys(
      { ...params, ...keysOf(body) },
      { ...dependencies, caller, signal, log: log(), address: client.address },
    );
    return answer(200, presentKeys(changed));
  },
});

const remove = route({
  method: 'delete',
  path: '/account/api-keys/{exchange}',
  policy: 'signed-in',
  stepUp: true,
  tag,
  summary: 'Forget your keys for an exchange',
  params: keysPath,
  responses: { 200: message },
  refusals: ['keys_not_found', 'keys_in_use'],
  async handler({ params, caller, client, signal, log }, dependencies) {
    await removeKeys(params.exchange, {
      ...dependencies,
      caller,
      signal,
      log: log(),
      address: client.address,
    });
    return answer(200, { message: 'Keys deleted' });
  },
});

export const accountKeyRoutes = [add, list, change, remove];
