import { z } from 'zod';
import { listUsers } from '../../../db/users.ts';
import { administerUser } from '../../commands/administer-user.ts';
import { identityContext } from '../../commands/context.ts';
import { answer, route } from '../../route.ts';
import { skipAndLimit } from '../scalper/fields.ts';
import { presentUser } from './present.ts';
import { roleChange, user, userPath } from './schemas.ts';

const tag = 'Users';

const list = route({
  method: 'get',
  path: '/auth/users',
  policy: 'admin',
  tag,
  summary: 'List users, newest first',
  query: z.object(skipAndLimit(500)),
  responses: { 200: z.array(user) },
  async handler({ query }, { knex }) {
    return answer(200, (await listUsers(knex, query)).map(presentUser));
  },
});

const changeRole = route({
  method: 'put',
  path: '/auth/users/{id}/role',
  policy: 'admin',
  stepUp: true,
  tag,
  summary: "Change another user's role",
  description: 'Acts with their next request, whatever their tokens say.',
  params: userPath,
  body: roleChange,
  examples: { operator: { summary: 'An operator', value: { role: 'ops' } } },
  responses: { 200: user },
  refusals: ['own_account', 'user_not_found'],
  async handler({ params, body, caller, ...request }, dependencies) {
    return answer(
      200,
      presentUser(await administerUser(params.id, body, caller, identityContext(request, dependencies))),
    );
  },
});

const switchUser = (name: 'disable' | 'enable', summary: string, description: string) =>
  route({
    method: 'post',
    path: `/auth/users/{id}/${name}`,
    policy: 'admin',
    stepUp: true,
    tag,
    summary,
    description,
    params: userPath,
    responses: { 200: user },
    refusals: ['own_account', 'user_not_found'],
    async handler({ params, caller, ...request }, dependencies) {
      const change = { disabled: name === 'disable' };
      return answer(
        200,
        presentUser(await administerUser(params.id, change, caller, identityContext(request, dependencies))),
      );
    },
  });

export const userRoutes = [
  list,
  changeRole,
  switchUser(
    'disable',
    'Keep another user out',
    'Ends all of their sessions at once. Their bots go on: an operator stops them.',
  ),
  switchUser('enable', 'Let a disabled user sign in again', 'With the role they had.'),
];
