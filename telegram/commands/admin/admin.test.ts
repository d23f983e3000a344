import { randomUUID } from 'node:crypto';
import test from 'ava';
import { newSecret } from '../../../api/auth/authenticator.ts';
import { sealSecret } from '../../../api/auth/second-factor.ts';
import { patientDatabase } from '../../../api/testing/start-api.ts';
import { testClock, testIdentity } from '../../../api/testing/identity.ts';
import { authenticator, STEP_MS, wrong } from '../../../api/testing/two-factor.ts';
import { insertApproval, insertWithdrawal } from '../../../db/fund/withdrawal-requests.ts';
import { keepAsk } from '../../../db/telegram-asks.ts';
import type { Scope } from '../../../runtime/testing/database.ts';
import { openHolder, plainRequest } from '../../../runtime/testing/fund-holders.ts';
import { Unavailable } from '../../../workflows/client.ts';
import type { WithdrawalCommand } from '../../../workflows/messages.ts';
import type { TelegramDependencies } from '../../dependencies.ts';
import { answerTo, pressed, startBot, type LinkedPerson } from '../../testing/start-bot.ts';

async function startAdministration(t: Scope, overrides: Partial<TelegramDependencies> = {}) {
  const clock = testClock();
  const identity = testIdentity({ now: clock.now });
  const decisions: { id: string; command: WithdrawalCommand }[] = [];
  const withdrawals = {
    start: () => Promise.resolve(),
    async command(id: string, command: WithdrawalCommand) {
      decisions.push({ id, command });
      return { status: 'approved', step: null } as never;
    },
  };
  const bot = await startBot(t, { identity, withdrawals, ...overrides });
  const { knex } = bot;
  return {
    ...bot,
    ...{ clock, decisions },
    /** An admin, and what their authenticator shows next. */
    async admin(): Promise<LinkedPerson & { code(): string }> {
      const person = await bot.user({ role: 'admin' });
      const secret = newSecret();
      const { sealed, keyId } = await sealSecret(person.userId, secret, identity.sealer);
      const at = clock.now();
      await knex('second_factors').insert({
        ...{ user_id: person.userId, sealed_secret: sealed, sealed_key_id: keyId },
        ...{ created_at: at, enabled_at: at, last_step: 0 },
      });
      const show = authenticator(secret, clock.now);
      return {
        ...person,
        code() {
          clock.pass(STEP_MS);
          return show();
        },
      };
    },
    async request(userId?: string) {
      const holder = userId ?? (await openHolder(knex, '1000'));
      return insertWithdrawal(knex, plainRequest(holder, '100'));
    },
  };
}

test('an admin approves exactly what the chat showed, with a code that is deleted from it', async (t) => {
  const { admin, request, decisions, knex, telegram } = await startAdministration(t);
  const ada = await admin();
  const { id, digest, address } = await request();
  const list = await answerTo(ada, '/approvals');
  t.true(list.text.includes(address));
  t.regex(list.text, /Amount: 100 USDC[\s\S]+Approvals: 0\/1/);
  const asked = await pressed(ada, list, list.buttons[0]![0]!);
  t.regex(asked.text, /authenticator/);
  const code = ada.code();
  t.regex((await answerTo(ada, wrong(code))).text, /not right/);
  t.deepEqual(decisions, []);
  const agreed = (await answerTo(ada, code)).text;
  t.is(agreed, `You agreed to 100 USDC to ${address.slice(0, 4)}…${address.slice(-2)}: pending_approval`);
  t.like(decisions, [{ id, command: { name: 'approve', by: ada.userId, digest } }]);
  t.is(telegram.calls.filter(({ method }) => method === 'deleteMessage').length, 2);
  t.like(await knex('withdrawal_commands').where({ request_id: id }).first(), {
    ...{ user_id: ada.userId, address: `telegram/${ada.id}` },
  });
  // Used, and nothing waits for it any more.
  t.regex((await answerTo(ada, code)).text, /do not know/);
  t.is(decisions.length, 1);
});

test('no code is heard in the message of a command, and what is not as it was shown is not approved', async (t) => {
  const { admin, request, decisions, knex, clock } = await startAdministration(t);
  const ada = await admin();
  const [{ id }, other] = [await request(), await request()];
  t.regex((await answerTo(ada, `/approve ${id} ${ada.code()}`)).text, /Which one/);
  const rejecting = await answerTo(ada, `/reject ${id} See ticket 123456`);
  t.regex(rejecting.text, /Reason: See ticket 123456[\s\S]+authenticator/);
  t.regex((await answerTo(ada, '/killswitch engage global see ticket 123456')).text, /authenticator/);
  t.deepEqual(await knex('login_attempts'), []);
  await answerTo(ada, ada.code());
  t.like(await knex('kill_switches').where({ engaged: true }).first(), { reason: 'see ticket 123456' });
  const what = { name: 'approve', withdrawalId: other.id, digest: 'of-another-address' };
  const asked = { telegramId: ada.id, userId: ada.userId, now: clock.now(), goodFor: 60_000 };
  const shown = await keepAsk(knex, { ...asked, awaits: 'press', what });
  const message = ada.received().at(-1)!;
  t.regex((await pressed(ada, message, `approve:${shown}`)).text, /not what you were shown/);
  t.deepEqual(decisions, []);
});

test('an admin decides nothing about their own withdrawal, without two-factor authentication, too late, or as an admin no more', async (t) => {
  const { admin, user, request, decisions, knex, clock } = await startAdministration(t);
  const ada = await admin();
  const { id } = await request();
  const own = await request(await openHolder(knex, '1000', ada.userId));
  await answerTo(ada, `/approve ${own.id}`);
  t.regex((await answerTo(ada, ada.code())).text, /their own withdrawal/);
  const without = await user({ role: 'admin', name: 'Bob' });
  t.regex((await answerTo(without, `/reject ${id} no reason`)).text, /authentication is off/);
  const eve = await admin();
  await answerTo(eve, `/reject ${id} It smells`);
  clock.pass(121_000);
  const before = decisions.length;
  await answerTo(eve, eve.code());
  await answerTo(eve, `/reject ${id} It smells`);
  await knex('users').where({ id: eve.userId }).update({ role: 'user' });
  await answerTo(eve, eve.code());
  await answerTo(eve, '/approvals');
  await answerTo(eve, '/help');
  t.is(decisions.length, before);
  await knex('users').where({ id: eve.userId }).update({ role: 'admin' });
  await answerTo(eve, `/reject ${id} It smells`);
  t.regex((await answerTo(eve, eve.code())).text, new RegExp(id));
  t.like(decisions.at(-1), { id, command: { name: 'reject', reason: 'It smells', by: eve.userId } });
});

test('the kill switch is engaged and released with a code, which the audit log tells; users are listed to admins alone', async (t) => {
  const { admin, user, knex } = await startAdministration(t);
  const ada = await admin();
  const id = randomUUID();
  t.regex((await answerTo(ada, '/killswitch')).text, /No kill switch is engaged/);
  t.regex((await answerTo(ada, `/killswitch engage bot ${id} It runs wild`)).text, /authenticator/);
  t.regex((await answerTo(ada, ada.code())).text, new RegExp(`Engaged: bot ${id}$`));
  t.regex((await answerTo(ada, '/killswitch')).text, new RegExp(`bot ${id}.*It runs wild`));
  await answerTo(ada, `/killswitch release bot ${id}`);
  t.regex((await answerTo(ada, ada.code())).text, new RegExp(`Released: bot ${id}$`));
  t.regex((await answerTo(ada, '/killswitch')).text, /No kill switch/);
  const told = await knex('audit_logs').whereLike('action', 'kill_switch.%').orderBy('id');
  t.deepEqual(
    told.map(({ action, user_id, actor_ip }) => [action, user_id, actor_ip]),
    ['kill_switch.engage', 'kill_switch.release'].map((action) => [action, ada.userId, `telegram/${ada.id}`]),
  );
  await knex('users').where({ id: ada.userId }).update({ email: 'ada@example.com' });
  t.regex((await answerTo(ada, '/users')).text, /Ada · ada@example\.com · admin · 0 bots/);
  const ops = await user({ role: 'ops' });
  ops.write('/users');
  t.notRegex((await answerTo(ops, '/help')).text, /\/users|\/approve/);
});

test('a switch is told to be engaged, and all of them fit into a message, however many and for whatever reasons', async (t) => {
  const { admin, knex } = await startAdministration(t);
  const ada = await admin();
  // Letters that are two halves each: none is cut.
  const reason = '🔥'.repeat(600);
  const engaged = { scope: 'bot', engaged: true, reason } as const;
  await knex('kill_switches').insert(
    Array.from({ length: 12 }, () => ({ ...engaged, scope_id: randomUUID() })),
  );
  const asked = await answerTo(ada, `/killswitch engage global a${reason}`);
  t.regex(asked.text, /authenticator/);
  t.is((await answerTo(ada, ada.code())).text, '🛑 Engaged: global *');
  t.like(await knex('kill_switches').where({ scope: 'global' }).first(), {
    ...{ engaged: true, reason: `a${'🔥'.repeat(499)}` },
  });
  const { text } = await answerTo(ada, '/killswitch');
  t.true(text.length < 4_096, `${text.length}`);
  t.regex(text, /🛑 global[\s\S]+and 3 more/);
});

test('a withdrawal is refused by its button, the reason in the next message, and then the code', async (t) => {
  const { admin, request, decisions, clock } = await startAdministration(t);
  const ada = await admin();
  const { id } = await request();
  const list = await answerTo(ada, '/approvals');
  const [, button] = list.buttons[0]!;
  t.regex((await pressed(ada, list, button!)).text, /Send the reason[\s\S]+Amount: 100 USDC/);
  // Neither a code nor a command is a reason.
  t.regex((await answerTo(ada, ada.code())).text, /looks like a code/);
  t.regex((await answerTo(ada, '/nothing')).text, /do not know/);
  t.regex((await answerTo(ada, 'It smells')).text, /Reason: It smells[\s\S]+authenticator/);
  t.regex((await answerTo(ada, 'And more')).text, /do not know/);
  t.deepEqual(decisions, []);
  t.regex((await answerTo(ada, ada.code())).text, new RegExp(id));
  t.like(decisions, [{ id, command: { name: 'reject', reason: 'It smells', by: ada.userId } }]);
  await pressed(ada, list, button!);
  clock.pass(5 * 60_000);
  t.regex((await answerTo(ada, 'Too late')).text, /do not know/);
});

test('an admin whose approval counted, but was not answered, is told of it when their code comes again', async (t) => {
  const { knex } = await patientDatabase(t);
  const withdrawals = {
    start: () => Promise.resolve(),
    async command(id: string, { by, ...command }: WithdrawalCommand): Promise<never> {
      const { user_id, digest } = await knex('withdrawal_requests').where({ id }).first();
      t.is(command.name, 'approve');
      await insertApproval(knex, { request: { id, user_id }, digest, adminId: by, at: new Date() });
      throw new Unavailable('gone');
    },
  };
  const { admin, request } = await startAdministration(t, { knex, withdrawals });
  const ada = await admin();
  const { id } = await request();
  await answerTo(ada, `/approve ${id}`);
  const code = ada.code();
  t.regex((await answerTo(ada, code)).text, /away right now/);
  const told = await answerTo(ada, code);
  t.regex(told.text, /You have agreed already to 100 USDC/);
});
