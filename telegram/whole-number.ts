import { invalidInput } from '../api/errors.ts';
import type { UserContext } from './context.ts';
import type { Translated } from './languages.ts';

/** What follows a command as a whole number, `otherwise` where nothing does. Throws `invalid_input`, in their language. */
export function wholeNumber(
  text: string,
  { command, most, otherwise }: { command: string; most: number; otherwise: number },
  { language }: UserContext,
): number {
  if (text === '') return otherwise;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) throw invalidInput([], TEXTS[language]({ command, most }));
  return number;
}

const TEXTS: Translated<(asked: { command: string; most: number }) => string> = {
  en: ({ command, most }) => `Write a whole number from 1 to ${most} after the command: /${command} 7`,
  ko: ({ command, most }) => `명령 뒤에 1에서 ${most} 사이의 정수를 쓰세요: /${command} 7`,
};
