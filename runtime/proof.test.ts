import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { feeCharged } from '../bots/fund/postings.ts';
import { actor } from '../api/testing/fund-api.ts';
import { startApi } from '../api/testing/start-api.ts';
import { postEntry } from '../db/fund/post-entry.ts';
import { runProgram } from './testing/command-line.ts';
import { freshDatabase, TEST_SECRET_KEY } from './testing/database.ts';
import { openHolder } from './testing/fund-holders.ts';

interface Proof {
  root: { hash: string; units: string };
  leaf: { user_id: string; units: string; salt: string } | null;
  path: { hash: string; units: string; side: string }[];
}

async function scene(t: ExecutionContext) {
  const { knex, url } = await freshDatabase(t);
  const api = await startApi(t, { authRequired: true }, { knex });
  const folder = await mkdtemp(join(tmpdir(), 'perpetua-proof-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const own = async ({ headers }: { headers: Record<string, string> }) =>
    api.call<{ data: Proof; error: string }>('GET', '/api/v1/wallet/proof', undefined, headers);
  const run = (words: string[], env: object = { DATABASE_URL: url, SECRET_KEY: TEST_SECRET_KEY }) =>
    runProgram('runtime/proof.ts', words, { PATH: '', ...env });
  /** Without a database, or any configuration. */
  const verify = async (content: unknown, ...words: string[]) => {
    const file = join(folder, 'leaf.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return run(['verify', file, ...words], { DATABASE_URL: 'postgresql://127.0.0.1:1/none' });
  };
  return { knex, api, own, run, verify };
}

test('each holder is given a leaf of their own under one root, and sees offline that it is among all units there are', async (t) => {
  const { knex, api, own, run, verify } = await scene(t);
  const [ada, bob, none] = [await actor(api, 'user'), await actor(api, 'user'), await actor(api, 'user')];
  t.is((await own(ada)).status, 404);
  t.like(await run(['make']), { code: 1, output: 'Nobody has units: there is nothing to prove.\n' });
  await openHolder(knex, '100', ada.id);
  await openHolder(knex, '0.00000001', bob.id);
  await charge(knex, ada.id, '2.5');

  const made = await run(['make']);
  const [, published = ''] = /^1 20\S+Z 100\.00000001 units, root ([0-9a-f]{64})\n$/.exec(made.output) ?? [];
  t.truthy(published, made.output);
  t.is((await run(['list'])).output, made.output);
  t.like(await knex('audit_logs').where({ action: 'units_proof.make' }).first(), {
    details: { root: published, units: '100.00000001' },
  });
  const [{ data: hers }, { data: his }, { data: nothing }] = [
    (await own(ada)).body,
    (await own(bob)).body,
    (await own(none)).body,
  ];
  t.like(hers, {
    root: { hash: published, units: '100.00000001' },
    leaf: { user_id: ada.id, units: '97.5' },
  });
  t.deepEqual(his.root, hers.root);
  t.deepEqual([nothing.root, nothing.leaf, nothing.path], [hers.root, null, []]);
  t.false(JSON.stringify([his, nothing]).includes(hers.leaf!.salt));

  const verified = await verify({ success: true, data: hers }, '--root', published.toUpperCase());
  t.is(verified.code, 0, verified.output);
  t.true(verified.output.startsWith(`Verified: 97.5 units of ${ada.id} are among the 100.00000001`));
  t.regex((await verify(his)).output, /\nCompare the root with the one that was published/);

  // Another day, other salts; what was published stays.
  await run(['make']);
  const { data: later } = (await own(ada)).body;
  t.not(later.leaf!.salt, hers.leaf!.salt);
  t.like(await verify(later, '--root', published), { code: 1 });
  for (const table of ['unit_proofs', 'unit_proof_leaves'])
    await t.throwsAsync(knex(table).delete(), { message: /append-only/ });
});

test('a file with other units, another path or other sums in it, or of another root, is not verified', async (t) => {
  const { knex, api, own, run, verify } = await scene(t);
  const ada = await actor(api, 'user');
  for (const holder of [ada.id, undefined, undefined, undefined]) await openHolder(knex, '100', holder);
  await run(['make']);
  const { data } = (await own(ada)).body;
  const { root, leaf, path } = data;
  const [first, second] = path;
  const notAmong = /^Not verified: [\d.]+ units of \S+ are not among the /;
  const forged: [what: string, content: unknown, because: RegExp][] = [
    ['units', { ...data, leaf: { ...leaf, units: '100.00000001' } }, notAmong],
    ['order', { ...data, path: [second, first] }, notAmong],
    ['sum beside the way', { ...data, path: [{ ...first, units: '0' }, second] }, notAmong],
    ['no leaf', { ...data, leaf: null }, /there is no leaf/],
    ['no proof', '{"hello":', /is not an answer/],
  ];
  for (const [what, content, because] of forged) {
    const { code, output } = await verify(content, '--root', root.hash);
    t.is(code, 1, what);
    t.regex(output, because, what);
  }
  const elsewhere = await verify(data, '--root', 'f'.repeat(64));
  t.is(elsewhere.code, 1);
  t.regex(elsewhere.output, /not the published one/);
  t.like(await run(['verify', '/nowhere/leaf.json']), { code: 66 });
  t.like(await run(['verify']), { code: 64 });
});

test('no proof is made where holders have other units than are outstanding', async (t) => {
  const { knex, run } = await scene(t);
  await openHolder(knex, '100');
  await knex.transaction(async (tx) => {
    await tx.raw('SET LOCAL session_replication_role = replica');
    await tx('balances').update({ units: '100.00000001' });
  });
  const { code, output } = await run(['make']);
  t.is(code, 1);
  t.is(
    output,
    'Holders and fees have 100.00000001 units together, and 100 are outstanding: no proof is made.\n',
  );
  t.deepEqual(await knex('unit_proofs'), []);
});

async function charge(knex: Parameters<typeof openHolder>[0], userId: string, units: string): Promise<void> {
  const told = { userId, type: 'fee', asset: 'UNIT', amount: units, units, navPerUnit: '1' } as const;
  await postEntry(knex, {
    ...{ ...feeCharged({ userId, units }), key: 'fee', at: Date.now() },
    transaction: { ...told, status: 'completed', externalId: 'fee' },
  });
}
