import type { Notification } from '../../db/notifications.ts';
import { languageOf } from '../languages.ts';
import { escaped, moment } from '../format.ts';
import { TEXTS, type Facts } from './texts.ts';

/** A message as it is sent, and its words alone, on one line, for the log. */
export interface Message {
  html: string;
  text: string;
}

/** Telegram takes 4,096 characters, marks not counted: no line of ours needs more than these, and no message has more than six. */
const LONGEST_LINE = 600;

/** What takes longer to arrive says when it happened. */
const LATE_MS = 5 * 60_000;

/** What is to be told, in the reader's language: the first line says it, those below are about it. */
export function messageOf({ kind, payload, language, ...when }: Notification, now: Date): Message {
  const said = TEXTS[languageOf(language)][kind](factsOf(payload), payload);
  const lines = [...said, ...momentOf(when, now)].map(shortened);
  const [first = '', ...rest] = lines.map(escaped);
  return { html: [`<b>${first}</b>`, ...rest].join('\n'), text: lines.join(' · ') };
}

function factsOf(payload: Record<string, unknown>): Facts {
  const { bot, trade } = payload as { bot?: object | null; trade?: object | null };
  const all = new Map<string, unknown>(Object.entries({ ...payload, ...bot, ...trade }));
  return (name) => {
    const value = all.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
  };
}

/** A time zone that there is no more is read at UTC's. */
function momentOf(
  { happened_at: at, time_zone: zone }: Pick<Notification, 'happened_at' | 'time_zone'>,
  now: Date,
): string[] {
  if (now.getTime() - at.getTime() < LATE_MS) return [];
  try {
    return [`🕘 ${moment(at, zone)}`];
  } catch {
    return [`🕘 ${moment(at, 'UTC')} UTC`];
  }
}

/** No sign is cut in two. */
function shortened(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${line.slice(0, LONGEST_LINE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
