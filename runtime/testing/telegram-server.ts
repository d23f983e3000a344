import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Scope } from './database.ts';
import { fieldsOf } from './telegram-fields.ts';
import { markupOf, reasonAgainst } from './telegram-rules.ts';

/** A message that the bot sent, or has changed since. */
export interface SentMessage {
  chatId: number;
  messageId: number;
  text: string;
  /** Rows of buttons below it, by their data; of a keyboard, by their labels. */
  buttons: string[][];
  silent: boolean;
  /** Set where it is a picture. */
  picture?: Buffer;
  /** Epoch ms. */
  at: number;
}

/** How the next calls of a method go wrong. */
export interface TelegramFault {
  /** `*` for every method. */
  method: string;
  times: number;
  status: 400 | 403 | 409 | 429 | 500 | 502;
  /** What the answer says besides: `retry_after` (s) of a 429, `migrate_to_chat_id` of a group that has moved. */
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
  chatId?: number;
  /** The call is carried out, and its answer lost. */
  afterwards?: boolean;
}

/** Telegram's Bot API over HTTP, for one bot, as far as it is used; what it took can be looked at. */
export interface TelegramServer {
  /** For `TELEGRAM_API_URL`. */
  url: string;
  token: string;
  sent: SentMessage[];
  /** Every call: method and what was sent with it. */
  calls: { method: string; fields: Record<string, unknown>; at: number }[];
  faults: TelegramFault[];
  /** Delivers the newest update once more, as if it had not been confirmed. */
  again(): void;
  /** Somebody with Telegram open. */
  person(id: number, about?: { name?: string; language?: string }): TelegramPerson;
}

export interface TelegramPerson {
  id: number;
  /** Writes it; in their own chat unless another is named. */
  write(text: string, change?: Record<string, unknown>): void;
  /** Presses a button by its data, of a message the bot sent. */
  press(message: SentMessage, data: string): void;
  /** What the bot has written to them. */
  received(): SentMessage[];
}

type Update = { update_id: number } & Record<string, unknown>;

export async function startTelegram(t: Scope): Promise<TelegramServer> {
  const token = '123456:test-token-of-telegram';
  const [updates, sent, faults, calls]: [Update[], SentMessage[], TelegramFault[], TelegramServer['calls']] =
    [[], [], [], []];
  const shown = new WeakMap<SentMessage, string>();
  let webhook: { url: string; secret_token?: string } | null = null;
  let [lastUpdate, lastMessage] = [0, 0];
  let wake = () => {};
  let newest: Update | null = null;
  let repeated: Update | null = null;

  function give(update: Record<string, unknown>): void {
    const given = { update_id: ++lastUpdate, ...update };
    deliver(given);
  }

  function deliver(given: Update): void {
    newest = given;
    if (!webhook) {
      updates.push(given);
      return wake();
    }
    const secret = webhook.secret_token;
    const headers = {
      'Content-Type': 'application/json',
      ...(secret && { 'X-Telegram-Bot-Api-Secret-Token': secret }),
    };
    void fetch(webhook.url, { method: 'POST', headers, body: JSON.stringify(given) }).catch(() => undefined);
  }

  function again(): void {
    if (webhook) return deliver(newest!);
    repeated = newest;
    wake();
  }

  async function getUpdates({ offset = 0, timeout = 0 }: Record<string, unknown>): Promise<Update[]> {
    // Those before are confirmed, and gone.
    const confirmed = updates.findIndex(({ update_id }) => update_id >= Number(offset));
    updates.splice(0, confirmed < 0 ? updates.length : confirmed);
    const open = () => [...new Set([...(repeated ? [repeated] : []), ...updates])];
    if (open().length === 0 && Number(timeout) > 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Number(timeout) * 1_000);
        timer.unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const given = open();
    repeated = null;
    return given;
  }

  function keep(fields: Record<string, unknown>): SentMessage {
    const message = { ...messageOf(fields), messageId: ++lastMessage, at: Date.now() };
    sent.push(message);
    shown.set(message, appearanceOf(fields));
    return message;
  }

  const methods: Record<string, (fields: Record<string, unknown>) => unknown> = {
    getMe: () => ({
      ...{ id: 123_456, is_bot: true, first_name: 'Perpetua', username: 'perpetua_test_bot' },
      ...ABILITIES,
    }),
    getUpdates,
    sendMessage: (fields) => asAnswered(keep(fields)),
    sendPhoto: (fields) => asAnswered(keep({ ...fields, text: fields['caption'] ?? '' })),
    editMessageText(fields) {
      const message = sent.find(({ messageId }) => messageId === Number(fields['message_id']));
      if (!message) throw new Refusal(400, 'Bad Request: message to edit not found');
      const appearance = appearanceOf(fields);
      if (shown.get(message) === appearance) throw new Refusal(400, UNMODIFIED);
      shown.set(message, appearance);
      Object.assign(message, { ...messageOf(fields), at: Date.now() });
      return asAnswered(message);
    },
    deleteMessage(fields) {
      const id = Number(fields['message_id']);
      const at = sent.findIndex(({ messageId }) => messageId === id);
      if (at >= 0) sent.splice(at, 1);
      return true;
    },
    answerCallbackQuery: () => true,
    setMyCommands: () => true,
    deleteMyCommands: () => true,
    setWebhook(fields) {
      webhook = fields as unknown as typeof webhook;
      return true;
    },
    deleteWebhook() {
      webhook = null;
      return true;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, sentToken, method = ''] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? '') ?? [];
    const fields = await fieldsOf(request);
    calls.push({ method, fields, at: Date.now() });
    const reply = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const refuse = (status: number, description: string, parameters?: object) =>
      reply(status, { ok: false, error_code: status, description, ...(parameters && { parameters }) });
    if (sentToken !== token) return void refuse(401, 'Unauthorized');
    const fault = takeFault(faults, method, fields);
    if (fault && !fault.afterwards) return void refuse(fault.status, REASONS[fault.status], fault.parameters);
    const carryOut = methods[method];
    if (!carryOut) return void refuse(404, `Not Found: method ${method}`);
    const reason = reasonAgainst(fields);
    if (reason !== null) return void refuse(400, `Bad Request: ${reason}`);
    try {
      const result = await carryOut(fields);
      if (fault) return void request.socket.destroy();
      reply(200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(error.status, error.message);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    wake();
    server.closeAllConnections();
    server.close();
  });
  const person = (id: number, { name = 'Ada', language = 'en' } = {}): TelegramPerson => {
    const from = { id, is_bot: false, first_name: name, language_code: language };
    const chat = { id, type: 'private', first_name: name };
    return {
      id,
      write(text, change = {}) {
        const entities = /^\/\w+/.exec(text);
        const marked = entities && {
          entities: [{ type: 'bot_command', offset: 0, length: entities[0].length }],
        };
        const message = { message_id: ++lastMessage, date: now(), chat, from, text, ...marked, ...change };
        give({ message });
      },
      press({ messageId, text, chatId }, data) {
        const message = { message_id: messageId, date: now(), chat: { ...chat, id: chatId }, text };
        give({ callback_query: { id: String(++lastUpdate), from, chat_instance: '1', message, data } });
      },
      received: () => sent.filter(({ chatId }) => chatId === id),
    };
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, token, sent, calls, faults, again, person };
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ABILITIES = {
  ...{ can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false },
  ...{ can_connect_to_business: false, has_main_web_app: false },
};

const REASONS: Record<TelegramFault['status'], string> = {
  400: 'Bad Request: group chat was upgraded to a supergroup chat',
  403: 'Forbidden: bot was blocked by the user',
  409: 'Conflict: terminated by other getUpdates request',
  429: 'Too Many Requests: retry later',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
};

const UNMODIFIED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same';

const now = (): number => Math.floor(Date.now() / 1_000);

function takeFault(
  faults: TelegramFault[],
  method: string,
  fields: Record<string, unknown>,
): TelegramFault | undefined {
  const fault = faults.find(
    (each) =>
      each.times > 0 &&
      (each.method === '*' || each.method === method) &&
      (each.chatId === undefined || each.chatId === Number(fields['chat_id'])),
  );
  if (fault) fault.times -= 1;
  return fault;
}

function messageOf(fields: Record<string, unknown>): Omit<SentMessage, 'messageId' | 'at'> {
  const { inline_keyboard: inline = [], keyboard = [] } = markupOf(fields);
  const picture = fields['photo'];
  return {
    chatId: Number(fields['chat_id']),
    text: typeof fields['text'] === 'string' ? fields['text'] : '',
    buttons: [
      ...inline.map((row) => row.map((button) => button.callback_data ?? button.text)),
      ...keyboard.map((row) => row.map((button) => (typeof button === 'string' ? button : button.text))),
    ],
    silent: [true, 'true'].includes(fields['disable_notification'] as boolean | string),
    ...(picture instanceof Buffer && { picture }),
  };
}

/** What a person sees of it: an edit has to change that. */
function appearanceOf(fields: Record<string, unknown>): string {
  const { inline_keyboard: buttons = [] } = markupOf(fields);
  return JSON.stringify([fields['text'], fields['parse_mode'], buttons]);
}

function asAnswered({ messageId, chatId, text }: SentMessage): object {
  return { message_id: messageId, date: now(), chat: { id: chatId, type: 'private' }, text };
}
