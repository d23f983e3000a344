import type { InlineKeyboard } from 'grammy';

/** Adds the buttons that turn to the pages around `page`, the first being 0; their data is `word:page`. */
export function pageButtons(
  keyboard: InlineKeyboard,
  { word, page, isLast }: { word: string; page: number; isLast: boolean },
): InlineKeyboard {
  if (page === 0 && isLast) return keyboard;
  keyboard.row();
  if (page > 0) keyboard.text('◀', `${word}:${page - 1}`);
  if (!isLast) keyboard.text('▶', `${word}:${page + 1}`);
  return keyboard;
}

/** The page that a button turns to. */
export function pageOf(match: string): number {
  return Math.max(0, Number.parseInt(match, 10) || 0);
}
