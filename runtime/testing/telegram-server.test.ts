import test from 'ava';
import { startTelegram } from './telegram-server.ts';

test('the local Telegram refuses what the real one does', async (t) => {
  const { url, token, sent } = await startTelegram(t);
  async function call(method: string, fields: object): Promise<string> {
    const response = await fetch(`${url}/bot${token}/${method}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ chat_id: 7, ...fields }),
    });
    const { description = '' } = (await response.json()) as { description?: string };
    return `${response.status} ${description}`.trim();
  }
  const send = (fields: object) => call('sendMessage', fields);
  const html = (text: string) => send({ text, parse_mode: 'HTML' });
  const button = (data: string) => ({ inline_keyboard: [[{ text: 'x', callback_data: data }]] });

  t.is(await send({ text: 'a'.repeat(4_097) }), '400 Bad Request: message is too long');
  t.is(await html(`<b>${'&lt;'.repeat(4_096)}</b>`), '200');
  t.regex(await html('<b>bold'), /^400 .*Can't find end tag/);
  t.regex(await html('2 < 3'), /^400 .*Unsupported start tag/);
  t.regex(await html('<h1>x</h1>'), /^400 .*Unsupported start tag "h1"/);
  t.regex(await html('<b><i>x</b></i>'), /^400 .*Unmatched end tag/);
  t.is(await send({ text: '2 < 3' }), '200');
  t.regex(await send({ text: 'x', reply_markup: button('가'.repeat(22)) }), /^400 .*BUTTON_DATA_INVALID/);
  t.is(await send({ text: 'x', reply_markup: button('a'.repeat(64)) }), '200');

  const { messageId: message_id } = sent.at(-1)!;
  const edit = (fields: object) => call('editMessageText', { message_id, ...fields });
  t.regex(await edit({ text: 'x', reply_markup: button('a'.repeat(64)) }), /^400 .*message is not modified/);
  t.is(await edit({ text: 'x', reply_markup: button('b') }), '200');
  t.is(await edit({ text: 'x' }), '200');
  t.regex(await edit({ text: 'x' }), /^400 .*message is not modified/);
});
