import { z } from 'zod';
import { endSessions, listLiveSessions } from '../../../db/sessions.ts';
import { ApiError } from '../../errors.ts';
import { answer, route } from '../../route.ts';
import { presentSession } from './present.ts';
import { message, session, sessionPath } from './schemas.ts';

const tag = 'Sessions';

const list = route({
  method: 'get',
  path: '/auth/sessions',
  policy: 'signed-in',
  tag,
  summary: 'Where you are signed in, newest first',
  responses: { 200: z.array(session) },
  async handler({ caller }, { knex, identity }) {
    const sessions = await listLiveSessions(knex, caller.userId, identity.now());
    return answer(
      200,
      sessions.map((row) => presentSession(row, caller.sessionId)),
    );
  },
});

const end = route({
  method: 'delete',
  path: '/auth/sessions/{id}',
  policy: 'signed-in',
  tag,
  summary: 'End one session',
  params: sessionPath,
  responses: { 200: message },
  refusals: ['session_not_found'],
  async handler({ caller: { userId }, params: { id }, client: { address } }, { knex, identity }) {
    const ended = await endSessions(knex, { action: 'session.end', userId, address, id }, identity.now());
    // Another's is as unknown as none.
    if (ended === 0) throw new ApiError('session_not_found', 'Session not found');
    return answer(200, { message: 'Session ended' });
  },
});

const endAll = route({
  method: 'delete',
  path: '/auth/sessions',
  policy: 'signed-in',
  tag,
  summary: 'End every session, this one too',
  responses: { 200: message },
  async handler({ caller: { userId }, client: { address } }, { knex, identity }) {
    await endSessions(knex, { action: 'session.end_all', userId, address }, identity.now());
    return answer(200, { message: 'All sessions ended' });
  },
});

export const sessionRoutes = [list, end, endAll];
