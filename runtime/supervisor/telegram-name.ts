import type { Settings } from '../configuration.ts';

const PATIENCE_MS = 2_000;

/** Where the bot is written to; null without one. What Telegram answers later is in the log. */
export async function telegramName({ token, apiUrl }: Settings['telegram']): Promise<string | null> {
  if (token === undefined) return null;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(`${apiUrl}/bot${token}/getMe`, { signal });
    const { result } = (await answer.json()) as { result?: { username?: string } };
    if (result?.username) return `https://t.me/${result.username}`;
  } catch {
    // What went wrong would tell the token.
  }
  return 'does not answer yet: it is tried again';
}
