/** What the audit log tells of: a closed list. Each says when it is written, and what its details hold beside ids. */
export const AUDIT_ACTIONS = {
  'auth.register': 'Somebody signed up',
  'auth.sign_in': 'A session was opened; `session` is its id',
  'auth.sign_out': 'A user ended the session they were in; `session` is its id',
  'auth.lock_out':
    'Too many failures in a row: sign-in for an address is refused for `seconds`. The user is whose address it is; an address that is nobody’s is told of without it',
  'auth.change_password': 'A user changed their password, which ended all of their sessions',
  'session.end': 'A user ended one of their sessions; `session` is its id',
  'session.end_all': 'A user ended all of their sessions; `sessions` says how many',
  'session.reuse':
    'A refresh token was shown again after another had taken its place: its `session` was ended, for one of two holders is not the user',
  'bot.create': 'A bot was made; `settings` are those it has',
  'bot.start': 'A bot carried out a start',
  'bot.pause': 'A bot carried out a pause',
  'bot.resume': 'A bot carried out a resume',
  'bot.stop': 'A bot carried out a stop; `mode` says what happens to its position',
  'bot.configure': 'A bot’s settings were changed, from `before` to `after`',
  'bot.delete': 'A bot was deleted',
  'order.place': 'A bot was about to send an order: committed before anything is sent',
  'kill_switch.engage': 'New orders of a scope were forbidden; `reason` says why',
  'kill_switch.release': 'New orders of a scope were allowed again',
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
