import { randomUUID } from 'node:crypto';
import test from 'ava';
import { newSecret } from '../../../api/auth/authenticator.ts';
import { sealSecret } from '../../../api/auth/second-factor.ts';
import { testClock, testIdentity } from '../../../api/testing/identity.ts';
import { authenticator, STEP_MS, wrong } from '../../../api/testing/two-factor.ts';
import { insertWithdrawal } from '../../../db/fund/withdrawal-requests.ts';
import { keepAsk } from '../../../db/telegram-asks.ts';
import type { Scope } from '../../../runtime/testing/database.ts';
import { openHolder, plainRequest } from '../../../runtime/testing/fund-holders.ts';
import type { WithdrawalCommand } from '../../../workflows/messages.ts';
import { answerTo, pressed, startBot, type LinkedPerson } from '../../testing/start-bot.ts';

async function startAdministration(t: Scope) {
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
  const bot = await startBot(t, { identity, withdrawals });
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
  t.regex((await answerTo(ada, code)).text, /agreed/);
  t.like(decisions, [{ id, command: { name: 'approve', by: ada.userId, digest } }]);
  t.is(telegram.calls.filter(({ method }) => method === 'deleteMessage').length, 2);
  t.like(await knex('withdrawal_commands').where({ request_id: id }).first(), {
    ...{ user_id: ada.userId, address: `telegram/${ada.id}` },
  });
  // Used, and nothing waits for it any more.
  t.regex((await answerTo(ada, `/approve ${id} ${code}`)).text, /used already/);
  t.is(decisions.length, 1);
});

test('what was never shown is not approved by a code, and what was shown is approved as it was shown', async (t) => {
  const { admin, request, decisions, knex, clock } = await startAdministration(t);
  const ada = await admin();
  const [{ id }, other] = [await request(), await request()];
  t.regex((await answerTo(ada, `/approve ${id} ${ada.code()}`)).text, /agree to this withdrawal\?/);
  t.deepEqual(decisions, []);
  const what = { name: 'approve', withdrawalId: other.id, digest: 'of-another-address' };
  const asked = { telegramId: ada.id, userId: ada.userId, now: clock.now(), goodFor: 60_000 };
  const shown = await keepAsk(knex, { ...asked, awaits: 'press', what });
  const message = ada.received().at(-1)!;
  t.regex((await pressed(ada, message, `approve:${shown}`)).text, /not what you were shown/);
  await answerTo(ada, `/approve ${other.id} ${ada.code()}`);
  // Its workflow refuses that: it is of no request.
  t.like(decisions, [{ id: other.id, command: { digest: 'of-another-address' } }]);
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
  eve.write(eve.code());
  await answerTo(eve, `/reject ${id} It smells`);
  await knex('users').where({ id: eve.userId }).update({ role: 'user' });
  eve.write(eve.code());
  eve.write('/approvals');
  await answerTo(eve, '/help');
  t.is(decisions.length, before);
  await knex('users').where({ id: eve.userId }).update({ role: 'admin' });
  t.regex((await answerTo(eve, `/reject ${id} It smells ${eve.code()}`)).text, new RegExp(id));
  t.like(decisions.at(-1), { id, command: { name: 'reject', reason: 'It smells', by: eve.userId } });
});

test('the kill switch is engaged and released with a code, which the audit log tells; users are listed to admins alone', async (t) => {
  const { admin, user, knex } = await startAdministration(t);
  const ada = await admin();
  const id = randomUUID();
  t.regex((await answerTo(ada, '/killswitch')).text, /No kill switch is engaged/);
  t.regex((await answerTo(ada, `/killswitch engage bot ${id} It runs wild`)).text, /authenticator/);
  t.regex((await answerTo(ada, ada.code())).text, new RegExp(`bot ${id}.*It runs wild`));
  t.regex((await answerTo(ada, `/killswitch release bot ${id} ${ada.code()}`)).text, /No kill switch/);
  const told = await knex('audit_logs').whereLike('action', 'kill_switch.%').orderBy('id');
  t.deepEqual(
    told.map(({ action, user_id, actor_ip }) => [action, user_id, actor_ip]),
    ['kill_switch.engage', 'kill_switch.release'].map((action) => [action, ada.userId, `telegram/${ada.id}`]),
  );
  t.regex((await answerTo(ada, '/users')).text, /Ada · admin · 0 bots/);
  const ops = await user({ role: 'ops' });
  ops.write('/users');
  t.notRegex((await answerTo(ops, '/help')).text, /\/users|\/approve/);
});
