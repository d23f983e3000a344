import { CommandRefused, Unavailable, type WithdrawalClient } from '../../workflows/client.ts';

/** Requests go on record, and nobody carries anything out. For tests of HTTP alone. */
export const NO_WITHDRAWALS: WithdrawalClient = {
  start: () => Promise.reject(new Unavailable('Withdrawals are not available right now.')),
  command: () => Promise.reject(new CommandRefused('Nobody carries it out here.')),
};
