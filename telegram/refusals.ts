import { ApiError, type ErrorCode } from '../api/errors.ts';
import { BotGone, CommandRefused, Unavailable } from '../workflows/client.ts';
import type { Language, Translated } from './languages.ts';

/** What a person in a chat is told who was refused something; null where an error is no refusal. */
export function refusalOf(error: unknown, language: Language): string | null {
  const texts = TEXTS[language];
  if (error instanceof BotGone) return texts.bot_not_found;
  if (error instanceof Unavailable) return texts.unavailable;
  if (error instanceof CommandRefused) return COMMAND_REFUSED[language] ?? error.message;
  if (!(error instanceof ApiError)) return null;
  if (error.code === 'factor_locked')
    return LOCKED[language](Math.ceil((error.retryAfterSeconds ?? 60) / 60));
  return (texts as Partial<Record<ErrorCode, string>>)[error.code] ?? error.message;
}

const LOCKED: Translated<(minutes: number) => string> = {
  en: (minutes) => `Too many wrong codes. Try again in ${minutes} min.`,
  ko: (minutes) => `잘못된 코드가 너무 많습니다. ${minutes}분 후에 다시 시도하세요.`,
};

/** The bots' own words are English, and say more. */
const COMMAND_REFUSED: Translated<string | null> = {
  en: null,
  ko: '지금 상태에서는 할 수 없는 요청입니다. /status 로 봇의 상태를 확인하세요.',
};

/** The same as over HTTP, for whom there are no routes. Others are told in the words of the error. */
const TEXTS = {
  en: {
    bot_not_found: 'The bot was not found. /bots lists yours.',
    unavailable: 'Trading is away right now. Try again in a minute.',
    keys_missing: 'There are no keys of yours for an exchange here. Add them where you are signed in.',
    keys_refused: 'The exchange does not take your keys. Look at them where you are signed in.',
    exchange_failed: 'The exchange did not answer as it should. Try again in a minute.',
    exchange_timeout: 'The exchange did not answer in time. Try again in a minute.',
    forbidden: 'Your role does not allow this.',
    invalid_code: 'The two-factor code is not right, or was used already. Wait for the next one.',
    two_factor_off:
      'This takes a two-factor code, and your two-factor authentication is off. Set it up first where you are signed in.',
    telegram_not_linked: 'No chat is linked. Ask for a link code where you are signed in, and send it here.',
    withdrawal_not_found: 'The withdrawal was not found.',
  },
  ko: {
    bot_not_found: '봇을 찾을 수 없습니다. /bots 로 목록을 확인하세요.',
    unavailable: '지금은 거래 서비스에 연결할 수 없습니다. 잠시 후 다시 시도하세요.',
    keys_missing: '등록된 거래소 키가 없습니다. 로그인한 곳에서 키를 추가하세요.',
    keys_refused: '거래소가 키를 거부했습니다. 로그인한 곳에서 키를 확인하세요.',
    exchange_failed: '거래소가 올바르게 응답하지 않았습니다. 잠시 후 다시 시도하세요.',
    exchange_timeout: '거래소가 제때 응답하지 않았습니다. 잠시 후 다시 시도하세요.',
    forbidden: '이 작업을 할 권한이 없습니다.',
    invalid_code: '2단계 인증 코드가 올바르지 않거나 이미 사용되었습니다. 다음 코드를 기다리세요.',
    two_factor_off:
      '2단계 인증 코드가 필요하지만 2단계 인증이 꺼져 있습니다. 먼저 로그인한 곳에서 설정하세요.',
    telegram_not_linked: '연결된 채팅이 없습니다. 로그인한 곳에서 연결 코드를 받아 여기로 보내세요.',
    withdrawal_not_found: '출금을 찾을 수 없습니다.',
  },
} satisfies Translated<Partial<Record<ErrorCode, string>>>;
