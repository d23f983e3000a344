import { insertTicket, TICKET_SECONDS } from '../../../db/socket-tickets.ts';
import { answer, route } from '../../route.ts';
import { socketTicket } from './schemas.ts';

const issue = route({
  method: 'post',
  path: '/auth/ws-ticket',
  policy: 'signed-in',
  tag: 'Live updates',
  summary: 'A ticket that opens one WebSocket',
  description:
    'For `GET /ws?ticket=...`, `/api/ws` and the `/ws` of the bots: good for 30 seconds and once. The WebSocket ends with this session.',
  responses: { 200: socketTicket },
  async handler({ caller: { userId, sessionId } }, { knex, identity }) {
    const ticket = await insertTicket(knex, { userId, sessionId }, identity.now());
    return answer(200, { ticket, expires_in: TICKET_SECONDS });
  },
});

export const socketTicketRoutes = [issue];
