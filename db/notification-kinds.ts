/** What people can be told of, and may each turn silent or off: a closed list, in the order in which it is shown. */
export const NOTIFICATION_KINDS = {
  bot_started: { name: { en: 'Bot started or resumed', ko: '봇 시작·재개' }, isForAdmins: false },
  bot_paused: { name: { en: 'Bot paused', ko: '봇 일시중지' }, isForAdmins: false },
  bot_stopped: { name: { en: 'Bot stopped', ko: '봇 중지' }, isForAdmins: false },
  bot_failed: { name: { en: 'Bot in error', ko: '봇 오류' }, isForAdmins: false },
  order_filled: { name: { en: 'Order filled', ko: '주문 체결' }, isForAdmins: false },
  round_finished: {
    name: { en: 'Position closed, with its PnL', ko: '포지션 청산 및 손익' },
    isForAdmins: false,
  },
  locked_out: { name: { en: 'Sign-in locked', ko: '로그인 잠금' }, isForAdmins: false },
  keys_changed: { name: { en: 'Exchange keys changed', ko: '거래소 키 변경' }, isForAdmins: false },
  deposit: { name: { en: 'Deposit', ko: '입금' }, isForAdmins: false },
  withdrawal: { name: { en: 'Withdrawal', ko: '출금' }, isForAdmins: false },
  linked: { name: { en: 'This chat linked', ko: '채팅 연결' }, isForAdmins: false },
  digest: { name: { en: 'Daily digest', ko: '일일 요약' }, isForAdmins: false },
  withdrawal_waits: { name: { en: 'A withdrawal waits for you', ko: '출금 승인 대기' }, isForAdmins: true },
  fund_dealing: { name: { en: 'Fund frozen or not', ko: '펀드 동결·해제' }, isForAdmins: true },
} as const satisfies Record<string, { name: Record<'en' | 'ko', string>; isForAdmins: boolean }>;

export type NotificationKind = keyof typeof NOTIFICATION_KINDS;
/** What somebody has to do something about: it goes before what is only news. */
export const URGENT_KINDS: readonly NotificationKind[] = [
  'withdrawal_waits',
  'fund_dealing',
  'locked_out',
  'keys_changed',
  'bot_failed',
];
/** Whose words the log of a bot repeats: of money and of sign-ins it has the kind alone, as others than their reader may read it. */
export const LOGGED_KINDS: readonly NotificationKind[] = [
  'bot_started',
  'bot_paused',
  'bot_stopped',
  'bot_failed',
  'order_filled',
  'round_finished',
];
export const KINDS = Object.keys(NOTIFICATION_KINDS) as NotificationKind[];

/** `silent` arrives without a sound. */
export const NOTIFICATION_LEVELS = ['on', 'silent', 'off'] as const;
export type NotificationLevel = (typeof NOTIFICATION_LEVELS)[number];
