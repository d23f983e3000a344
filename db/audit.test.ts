import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { Knex } from 'knex';
import { freshDatabase, TEST_AUDIT_KEY, type Scope } from '../runtime/testing/database.ts';
import { shared } from '../runtime/testing/shared.ts';
import { recordAudit, type AuditEntry, type Subject } from './audit.ts';
import { listAuditHeads, listAuditLogs } from './audit-log.ts';
import { auditKeyOf } from './audit-seal.ts';
import { verifyAudit } from './audit-verify.ts';
import { openDatabase } from './connect.ts';

/** On a busy machine a test waits rather than fails. */
const patientDatabase = (t: Scope) => freshDatabase(t, { acquireTimeoutMs: 60_000 });
const database = shared(patientDatabase);

test('The audit log is append-only: the database refuses to change, delete and truncate', async (t) => {
  // Its own: to truncate waits for everybody, and everybody for it.
  const { knex } = await patientDatabase(t);
  const chain = await aChain(knex, 2);
  for (const statement of [
    `UPDATE audit_logs SET actor_ip = NULL WHERE chain = '${chain}'`,
    `DELETE FROM audit_logs WHERE chain = '${chain}'`,
    'TRUNCATE audit_logs',
    `UPDATE audit_heads SET number = 1 WHERE chain = '${chain}'`,
    `UPDATE audit_heads SET hash = hash WHERE chain = '${chain}'`,
    `DELETE FROM audit_heads WHERE chain = '${chain}'`,
    'TRUNCATE audit_heads',
  ])
    await t.throwsAsync(async () => knex.raw(statement), { code: '23001' }, statement);
});

test('An entry is there if what it tells of is, and neither otherwise', async (t) => {
  const { knex } = await database(t);
  const subject = `user/${randomUUID()}` as const;
  const failed = knex.transaction(async (tx) => {
    await recordAudit(tx, of(subject));
    throw new Error('after all not');
  });
  await t.throwsAsync(failed, { message: 'after all not' });
  t.deepEqual(await numbersOf(knex, subject), []);
  await knex.transaction((tx) => tx.transaction((nested) => recordAudit(nested, of(subject))));
  t.deepEqual(await numbersOf(knex, subject), [1]);
});

test('50 at once in one chain are all there, one after the other', async (t) => {
  const { knex } = await database(t);
  const subject = `user/${randomUUID()}` as const;
  await Promise.all(Array.from({ length: 50 }, () => record(knex, of(subject))));
  t.deepEqual(
    await numbersOf(knex, subject),
    Array.from({ length: 50 }, (_, at) => at + 1),
  );
});

test('Transactions that write to the same chains never wait for each other in a circle', async (t) => {
  const { knex } = await database(t);
  const one = of(`user/${randomUUID()}`);
  const other = of(`user/${randomUUID()}`);
  await Promise.all(
    Array.from({ length: 40 }, (_, at) => record(knex, ...(at % 2 === 0 ? [one, other] : [other, one]))),
  );
  t.is((await numbersOf(knex, one.subject)).length, 40);
});

test('Who holds a chain holds up nobody for long, and no other chain at all', async (t) => {
  const { knex } = await database(t);
  const chain = await aChain(knex, 1);
  const held = await knex.transaction();
  t.teardown(() => held.rollback());
  await recordAudit(held, of(chain));
  await record(knex, of(`user/${randomUUID()}`));
  await t.throwsAsync(record(knex, of(chain)), { code: '55P03' });
  await held.rollback();
  await record(knex, of(chain));
  t.deepEqual(await numbersOf(knex, chain), [1, 2]);
});

test('What an entry tells of may go: the entry stays, and the chain is whole', async (t) => {
  const { knex } = await patientDatabase(t);
  const [{ id }] = await knex('users').insert({ name: 'Ada' }).returning('id');
  await record(knex, of(`user/${id}`, { userId: id.toUpperCase() }));
  await knex('users').where({ id }).delete();
  t.deepEqual((await verifyAudit(knex, [TEST_AUDIT_KEY], none())).faults, []);
  t.is((await listAuditLogs(knex, { userId: id, limit: 10 })).length, 1);
});

test('After a change of the secret the log goes on, and is verified with both keys', async (t) => {
  const { knex, url } = await patientDatabase(t);
  const chain = await aChain(knex, 3);
  const newer = auditKeyOf('another-secret-of-at-least-32-characters');
  const later = openDatabase({ url, auditKey: newer });
  t.teardown(() => later.destroy());
  await record(later, of(chain));
  t.deepEqual((await verifyAudit(knex, [newer, TEST_AUDIT_KEY], none())).faults, []);
  const { faults } = await verifyAudit(knex, [newer], none());
  const problem = `was sealed with key ${TEST_AUDIT_KEY.id}, which is not here`;
  t.deepEqual(faults, [{ chain, number: 1, problem }]);
});

test('Without a key nothing can be recorded', async (t) => {
  const { url } = await patientDatabase(t);
  const knex = openDatabase({ url });
  t.teardown(() => knex.destroy());
  await t.throwsAsync(record(knex, of('system')), { instanceOf: TypeError });
});

test('Heads are listed where chains have gone on', async (t) => {
  const { knex } = await database(t);
  const chain = await aChain(knex, 2);
  const heads = await listAuditHeads(knex, 10);
  t.like(
    heads.find((head) => head.chain === chain),
    { number: 2 },
  );
  t.deepEqual(await listAuditHeads(knex, 0), []);
});

function of(subject: Subject, more: Partial<AuditEntry> = {}): AuditEntry {
  return { subject, action: 'auth.sign_in', userId: null, address: '192.0.2.1', ...more };
}

function record(knex: Knex, ...entries: AuditEntry[]): Promise<void> {
  return knex.transaction((tx) => recordAudit(tx, ...entries));
}

async function aChain(knex: Knex, length: number): Promise<Subject> {
  const subject = `user/${randomUUID()}` as const;
  for (let at = 0; at < length; at++) await record(knex, of(subject));
  return subject;
}

function numbersOf(knex: Knex, chain: string): Promise<number[]> {
  return knex('audit_logs').where({ chain }).orderBy('number').pluck('number');
}

async function* none(): AsyncGenerator<never> {}
