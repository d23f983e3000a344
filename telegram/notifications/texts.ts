import type { NotificationKind } from '../../db/notification-kinds.ts';
import { plain, signed } from '../format.ts';
import type { Translated } from '../languages.ts';

/** What is known of an event, by name; null where it is not. */
export type Facts = (name: string) => string | null;

/** The lines of each kind's message. */
export const TEXTS: Translated<
  Record<NotificationKind, (facts: Facts, payload: Record<string, unknown>) => string[]>
> = {
  en: {
    bot_started: (f) => [`▶️ Bot ${f('was') === 'PAUSED' ? 'resumed' : 'started'}: ${market(f)}`],
    bot_paused: (f) => [`⏸ Bot paused: ${market(f)}`],
    bot_stopped: (f) => [`⏹ Bot stopped: ${market(f)}`],
    bot_failed: (f) => [
      `⚠️ Bot in error: ${market(f)}`,
      f('error') ?? '',
      'It does nothing until you start it.',
    ],
    order_filled: (f) => [`✅ ${f('side')} filled: ${market(f)}`, filled(f)],
    round_finished: (f) => [
      `💰 Position closed: ${market(f)}`,
      `${f('side')} ${filled(f)}`,
      `PnL: ${result(f)}`,
    ],
    locked_out: (f) => [
      f('what') === 'second_factor' ? '🔒 Second factor locked' : '🔒 Sign-in locked',
      `Too many wrong attempts. It opens again in ${minutes(f)} min.`,
      'If that was not you, change your password and look at your sessions.',
    ],
    keys_changed: (f) => [
      `🔑 Exchange keys ${CHANGES.en[f('change') ?? ''] ?? 'changed'}: ${f('exchange')}`,
      `They end with ${f('last4') ?? '?'}. If that was not you, take the keys back at the exchange.`,
    ],
    deposit: (f) => [
      `📥 Deposit ${DEPOSITS.en[f('status') ?? ''] ?? f('status')}: ${money(f)}`,
      ...units(f, 'Units'),
    ],
    withdrawal: (f) => [`📤 Withdrawal ${WITHDRAWALS.en[f('status') ?? ''] ?? f('status')}: ${money(f)}`],
    linked: () => ['🔗 This chat is linked', 'What happens to your bots is told here. /notify changes it.'],
    digest: (f, { pnl }) => [
      `📊 Daily trading report, ${f('date')}`,
      `• Total trades: ${f('trades')}`,
      `• Wins/losses: ${f('wins')} W ${f('losses')} L`,
      `• PnL: ${results(pnl)}`,
      `• Bots running: ${f('running')}`,
      ...(f('fundValue') ? [`• Fund units: ${plain(f('fundValue')!)} ${f('fundCurrency')}`] : []),
    ],
    withdrawal_waits: (f) => [
      f('status') === 'manual_review' ? '🔎 A withdrawal needs review' : '✋ A withdrawal waits for approval',
      money(f),
      `Number: ${f('id')}`,
    ],
    fund_dealing: (f) =>
      f('because') ? ['❄️ The fund is frozen', f('because')!] : ['☀️ The fund deals again'],
  },
  ko: {
    bot_started: (f) => [`▶️ 봇 ${f('was') === 'PAUSED' ? '재개' : '시작'}: ${market(f)}`],
    bot_paused: (f) => [`⏸ 봇 일시중지: ${market(f)}`],
    bot_stopped: (f) => [`⏹ 봇 중지: ${market(f)}`],
    bot_failed: (f) => [
      `⚠️ 봇 오류: ${market(f)}`,
      f('error') ?? '',
      '다시 시작할 때까지 아무것도 하지 않습니다.',
    ],
    order_filled: (f) => [`✅ ${f('side') === 'BUY' ? '매수' : '매도'} 체결: ${market(f)}`, filled(f)],
    round_finished: (f) => [
      `💰 포지션 청산: ${market(f)}`,
      `${f('side') === 'BUY' ? '매수' : '매도'} ${filled(f)}`,
      `손익: ${result(f)}`,
    ],
    locked_out: (f) => [
      f('what') === 'second_factor' ? '🔒 2단계 인증 잠금' : '🔒 로그인 잠금',
      `잘못된 시도가 너무 많습니다. ${minutes(f)}분 후에 다시 열립니다.`,
      '본인이 아니라면 비밀번호를 바꾸고 로그인된 기기를 확인하세요.',
    ],
    keys_changed: (f) => [
      `🔑 거래소 키 ${CHANGES.ko[f('change') ?? ''] ?? '변경'}: ${f('exchange')}`,
      `끝자리 ${f('last4') ?? '?'}. 본인이 아니라면 거래소에서 키를 폐기하세요.`,
    ],
    deposit: (f) => [
      `📥 입금 ${DEPOSITS.ko[f('status') ?? ''] ?? f('status')}: ${money(f)}`,
      ...units(f, '좌수'),
    ],
    withdrawal: (f) => [`📤 출금 ${WITHDRAWALS.ko[f('status') ?? ''] ?? f('status')}: ${money(f)}`],
    linked: () => ['🔗 채팅이 연결되었습니다', '봇 알림이 여기로 전송됩니다. /notify 로 바꿀 수 있습니다.'],
    digest: (f, { pnl }) => [
      `📊 일일 거래 현황, ${f('date')}`,
      `• 총 거래: ${f('trades')}회`,
      `• 승/패: ${f('wins')}승 ${f('losses')}패`,
      `• 손익: ${results(pnl)}`,
      `• 실행 중인 봇: ${f('running')}개`,
      ...(f('fundValue') ? [`• 펀드 평가액: ${plain(f('fundValue')!)} ${f('fundCurrency')}`] : []),
    ],
    withdrawal_waits: (f) => [
      f('status') === 'manual_review' ? '🔎 출금 검토 필요' : '✋ 출금 승인 대기',
      money(f),
      `번호: ${f('id')}`,
    ],
    fund_dealing: (f) => (f('because') ? ['❄️ 펀드 동결', f('because')!] : ['☀️ 펀드 거래 재개']),
  },
};

const CHANGES: Translated<Record<string, string>> = {
  en: { added: 'added', replaced: 'replaced', deleted: 'deleted' },
  ko: { added: '추가', replaced: '교체', deleted: '삭제' },
};

const DEPOSITS: Translated<Record<string, string>> = {
  en: {
    pending: 'seen',
    credited: 'arrived',
    kept: 'arrived, kept without units',
    allotted: 'turned into units',
    reversed: 'taken back by the exchange',
  },
  ko: {
    pending: '확인 중',
    credited: '도착',
    kept: '도착, 좌수 배정 불가',
    allotted: '좌수 배정 완료',
    reversed: '거래소에서 취소',
  },
};

const WITHDRAWALS: Translated<Record<string, string>> = {
  en: {
    pending_approval: 'waits for approval',
    approved: 'approved',
    processing: 'under way',
    completed: 'completed',
    rejected: 'rejected',
    cancelled: 'cancelled',
    expired: 'expired',
    manual_review: 'under review',
    failed: 'failed',
  },
  ko: {
    pending_approval: '승인 대기',
    approved: '승인됨',
    processing: '처리 중',
    completed: '완료',
    rejected: '거절됨',
    cancelled: '취소됨',
    expired: '만료됨',
    manual_review: '검토 중',
    failed: '실패',
  },
};

const market = (f: Facts): string => `${f('symbol') ?? '?'} · ${f('exchange') ?? '?'}`;
const money = (f: Facts): string => `${plain(f('amount') ?? '0')} ${f('asset')}`;
const filled = (f: Facts): string => `${plain(f('quantity') ?? '0')} @ ${plain(f('price') ?? '0')}`;
const minutes = (f: Facts): number => Math.ceil(Number(f('seconds') ?? 0) / 60);

function units(f: Facts, name: string): string[] {
  const given = f('units');
  return given ? [`${name}: ${plain(given)}`] : [];
}

/** `BTC/USDT`, or of futures `BTC/USDT:USDT`: in the second of them. */
function result(f: Facts): string {
  const [, quote = ''] = /\/(\w+)/.exec(f('symbol') ?? '') ?? [];
  return `${signed(f('pnl') ?? '0')} ${quote}`.trimEnd();
}

/** Of each currency that trades were closed in. */
function results(pnl: unknown): string {
  const sums = Object.entries((pnl ?? {}) as Record<string, string>);
  return sums.length > 0
    ? sums.map(([currency, sum]) => `${signed(sum)} ${currency}`).join(', ')
    : '+0.00 USDT';
}
