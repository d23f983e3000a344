import { UnreadableAnswer } from './errors.ts';
import type { Answered } from './unified.ts';

/** Throws `UnreadableAnswer` where it is not there. */
export function textIn(answer: Answered, name: string): string {
  const value = answer[name];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') throw new UnreadableAnswer(`without ${name}`);
  return value;
}

/** A whole number, such as epoch ms. */
export function wholeIn(answer: Answered, name: string): number {
  const value = Number(textIn(answer, name));
  if (!Number.isSafeInteger(value)) throw new UnreadableAnswer(`without ${name}`);
  return value;
}

export function listIn(answer: Answered, name: string): Answered[] {
  const list = answer[name];
  if (!Array.isArray(list)) throw new UnreadableAnswer(`without ${name}`);
  return list as Answered[];
}
