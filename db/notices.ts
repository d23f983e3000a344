import type { PlacedEvent } from './event-stream.ts';
import type { NotificationKind } from './notification-kinds.ts';

/** That somebody is to be told of an event. */
export interface Notice {
  kind: NotificationKind;
  to: 'owner' | 'admins';
}

/** Whom an event is told to, and as what; nobody hears of what is not here, a line of the log above all. */
export function noticesOf({ type, payload }: Pick<PlacedEvent, 'type' | 'payload'>): Notice[] {
  return (NOTICES[type]?.(payload) ?? []).filter((notice) => notice !== null);
}

type Payload = PlacedEvent['payload'];

const owner = (kind: NotificationKind): Notice => ({ kind, to: 'owner' });
const admins = (kind: NotificationKind): Notice => ({ kind, to: 'admins' });

const BY_STATUS: Record<string, NotificationKind> = {
  ACTIVE: 'bot_started',
  PAUSED: 'bot_paused',
  STOPPED: 'bot_stopped',
  ERROR: 'bot_failed',
};
/** Those in which a person has to look. */
const WAITING = new Set<unknown>(['pending_approval', 'manual_review']);

const NOTICES: Record<string, (payload: Payload) => (Notice | null)[]> = {
  'bot.status'({ status, was }) {
    const kind = BY_STATUS[String(status)];
    return [kind && status !== was ? owner(kind) : null];
  },
  'bot.trade': ({ trade }) => [owner(hasResult(trade) ? 'round_finished' : 'order_filled')],
  'auth.locked_out': () => [owner('locked_out')],
  'keys.changed': () => [owner('keys_changed')],
  'telegram.linked': () => [owner('linked')],
  'fund.deposit': ({ status }) => [status === 'swept' ? null : owner('deposit')],
  'fund.withdrawal': ({ status }) => [
    owner('withdrawal'),
    WAITING.has(status) ? admins('withdrawal_waits') : null,
  ],
  'fund.frozen': () => [admins('fund_dealing')],
  'fund.unfrozen': () => [admins('fund_dealing')],
  digest: () => [owner('digest')],
};

/** Only what closes something has one. */
function hasResult(trade: unknown): boolean {
  return typeof trade === 'object' && trade !== null && 'pnl' in trade && trade.pnl !== null;
}
