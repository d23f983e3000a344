/** What the audit log tells of: a closed list. Each says when it is written, and what its details hold beside ids. */
export const AUDIT_ACTIONS = {
  'auth.register': 'Somebody signed up',
  'auth.sign_in':
    'A session was opened; `session` is its id, `by` says by what: `password`, or a provider; `second_factor` is there where a code was asked for',
  'auth.sign_out': 'A user ended the session they were in; `session` is its id',
  'auth.lock_out':
    'Too many failures in a row: sign-in for an address is refused for `seconds`, to all strangers, or where there is a `source` to that alone. The user is whose address it is; an address that is nobody’s is told of without it',
  'auth.change_password': 'A user changed their password, which ended all of their sessions',
  'session.end': 'A user ended one of their sessions; `session` is its id',
  'session.end_all': 'A user ended all of their sessions; `sessions` says how many',
  'session.reuse':
    'A refresh token was shown again after another had taken its place: its `session` was ended, for one of two holders is not the user',
  'user.change_role': 'An admin, or whoever runs the machine, gave a user another `role`',
  'user.disable': 'An admin, or whoever runs the machine, disabled a user, which ended all of their sessions',
  'user.enable': 'A disabled user was let in again',
  'two_factor.enable': 'A user turned two-factor authentication on',
  'two_factor.disable': 'A user turned two-factor authentication off',
  'two_factor.recovery_code': 'A user showed one of their recovery codes in place of a code',
  'two_factor.reset':
    'Whoever runs the machine turned off two-factor authentication for a user, which ended all of their sessions',
  'identity.link': 'A user can sign in by a `provider`',
  'identity.unlink': 'A user can sign in by one of their providers no more',
  'telegram.link':
    'A user confirmed who they are on Telegram; `telegram_id` is their number there. Before it somebody else may have been',
  'telegram.unlink':
    'A user is nobody on Telegram any more, or the one with that `telegram_id` is somebody else',
  'keys.add': 'A user stored keys for an `exchange`; `last4` are the last characters of the key',
  'keys.replace':
    'A user put other keys in the place of stored ones; `last4` are the last characters of the new key',
  'keys.delete': 'A user had stored keys for an `exchange` forgotten',
  'risk.change': 'A user changed the limits of their orders',
  'bot.create': 'A bot was made; `settings` are those it has',
  'bot.start': 'A bot carried out a start',
  'bot.pause': 'A bot carried out a pause',
  'bot.resume': 'A bot carried out a resume',
  'bot.stop': 'A bot carried out a stop; `mode` says what happens to its position',
  'bot.configure': 'A bot’s settings were changed, from `before` to `after`',
  'bot.delete': 'A bot was deleted',
  'order.place': 'A bot was about to send an order: committed before anything is sent',
  'units_proof.make':
    'Whoever runs the machine made a proof of units; `root` is the hash to publish, `units` are all that are in it',
  'withdrawal.request': 'A holder asked for a withdrawal; its units were locked',
  'withdrawal.approve':
    'An admin agreed to a withdrawal, or where nobody is told the policy did; `approvals` are those there are',
  'withdrawal.reject': 'An admin refused a withdrawal; `reason` says why',
  'withdrawal.cancel': 'A holder took their withdrawal back',
  'withdrawal.expire': 'A withdrawal was not approved in time',
  'withdrawal.resolve':
    'An admin said what is to become of a withdrawal whose sending is in doubt; `outcome` is it',
  'withdrawal.move':
    'A withdrawal went on by itself; `before` and `after` are its status and step, as with all of these',
  'withdrawal_address.add': 'A user wrote an address into their address book',
  'withdrawal_address.remove': 'A user struck an address out of their address book',
  'fund.freeze':
    'An admin froze dealing; `after` says why. Before it went on, and so it does after `fund.unfreeze`',
  'fund.unfreeze': 'An admin let dealing go on; `before` says since when and why it was frozen',
  'kill_switch.engage': 'New orders of a scope were forbidden; `reason` says why',
  'kill_switch.release': 'New orders of a scope were allowed again',
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
