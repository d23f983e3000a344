/**
 * Of a message, once its marks are taken out; of what is written below a picture; of what a press
 * is answered with. UTF-16 units, and bytes of a button's data.
 */
const [MOST_OF_A_TEXT, MOST_OF_A_CAPTION, MOST_OF_A_NOTE, MOST_DATA] = [4_096, 1_024, 200, 64];

const TAGS = new Set(
  'b strong i em u ins s strike del span tg-spoiler a tg-emoji code pre blockquote'.split(' '),
);

interface Markup {
  inline_keyboard?: { callback_data?: string; text: string }[][];
  keyboard?: ({ text: string } | string)[][];
}

/** Why Telegram would not take a message so, in its words; null where it would. */
export function reasonAgainst(fields: Record<string, unknown>): string | null {
  const { text, caption, parse_mode: mode } = fields;
  const isNote = 'callback_query_id' in fields;
  for (const [said, most, tooLong] of [
    [text, isNote ? MOST_OF_A_NOTE : MOST_OF_A_TEXT, 'message is too long'],
    [caption, MOST_OF_A_CAPTION, 'message caption is too long'],
  ] as const) {
    if (typeof said !== 'string') continue;
    const wrong = mode === 'HTML' ? faultOfHtml(said) : null;
    if (wrong !== null) return `can't parse entities: ${wrong}`;
    if ((mode === 'HTML' ? shownOf(said) : said).length > most) return tooLong;
  }
  if (typeof text === 'string' && text.trim() === '' && !isNote) return 'message text is empty';
  const data = (markupOf(fields).inline_keyboard ?? []).flat().map((button) => button.callback_data ?? '');
  return data.some((each) => Buffer.byteLength(each) > MOST_DATA) ? 'BUTTON_DATA_INVALID' : null;
}

export function markupOf({ reply_markup: markup }: Record<string, unknown>): Markup {
  return (typeof markup === 'string' ? JSON.parse(markup) : (markup ?? {})) as Markup;
}

function faultOfHtml(text: string): string | null {
  const open: string[] = [];
  for (const [, slash, name = ''] of text.matchAll(/<(\/?)([^\s>]*)[^>]*>?/g)) {
    const tag = name.toLowerCase();
    if (slash) {
      if (open.pop() !== tag) return `Unmatched end tag, found "</${tag}>"`;
    } else if (TAGS.has(tag)) open.push(tag);
    else return `Unsupported start tag "${tag}"`;
  }
  const [left] = open;
  return left === undefined ? null : `Can't find end tag corresponding to start tag "${left}"`;
}

/** What is left of it: a named character is one. */
function shownOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, '').replaceAll(/&(lt|gt|amp|quot|#\d+|#x[\da-f]+);/gi, '.');
}
