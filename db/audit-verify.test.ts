import { randomUUID } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { freshDatabase, TEST_AUDIT_KEY } from '../runtime/testing/database.ts';
import { recordAudit, type Subject } from './audit.ts';
import { listAuditHeads, type AuditHead } from './audit-log.ts';
import { auditKeyOf, sealOf } from './audit-seal.ts';
import { verifyAudit, type AuditVerdict } from './audit-verify.ts';

const TAMPERINGS = 100;
const CHAINS: Subject[] = [
  'system',
  ...Array.from({ length: 2 }, () => `user/${randomUUID()}` as const),
  ...Array.from({ length: 2 }, () => `bot/${randomUUID()}` as const),
];
const LENGTH = 9;
/** How long each was when it was anchored first; then it was at its end. */
const ANCHORED = 6;

/** A value for every column that is not the one it has. */
const EDITS = {
  id: 'id + 1000000',
  chain: `'user/somebody'`,
  number: 'number + 1000',
  user_id: 'CASE WHEN user_id IS NULL THEN gen_random_uuid() END',
  actor_ip: `CASE WHEN actor_ip IS NULL THEN '192.0.2.1' END`,
  action: `action || 's'`,
  target: `target || '0'`,
  details: `details || '{"amount": 1.0}'`,
  created_at: `created_at + interval '1 microsecond'`,
  key_id: `'other'`,
  hash: 'sha256(hash)',
};

interface Place {
  chain: string;
  number: number;
}

const place: fc.Arbitrary<Place> = fc.record({
  chain: fc.constantFrom(...CHAINS),
  number: fc.integer({ min: 1, max: LENGTH }),
});
const column = fc.constantFrom(...(Object.keys(EDITS) as (keyof typeof EDITS)[]));

/** What somebody does who is the database's superuser, and where the first entry is that verifying must name. */
const tampering = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), at: place, column }),
  fc.record({ kind: fc.constant('forge' as const), at: place, hasKey: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), at: place }),
  fc.record({ kind: fc.constant('swap' as const), at: place, with: place, places: fc.boolean() }),
  fc.record({ kind: fc.constant('truncate' as const), at: place, head: fc.boolean() }),
  fc.record({ kind: fc.constant('wipe' as const) }),
);
type Tampering = typeof tampering extends fc.Arbitrary<infer T> ? T : never;

test(`P11: ${TAMPERINGS} edits, deletions, swaps and truncations are all found, and a log left alone verifies`, async (t) => {
  const { knex } = await freshDatabase(t, { acquireTimeoutMs: 60_000 });
  await fill(knex, ANCHORED);
  const anchors = await listAuditHeads(knex);
  await fill(knex, LENGTH - ANCHORED);
  anchors.push(...(await listAuditHeads(knex)));
  const verify = (tx: Knex) => verifyAudit(tx, [TEST_AUDIT_KEY], each(anchors));
  t.deepEqual(await verify(knex), {
    ...{ chains: CHAINS.length, entries: CHAINS.length * LENGTH },
    ...{ anchors: 2 * CHAINS.length, faults: [] },
  });
  const isFound = async (what: Tampering) => {
    const tx = await knex.transaction();
    try {
      // As a superuser: no trigger is in the way.
      await tx.raw('SET LOCAL session_replication_role = replica');
      const first = await tamper(tx, what);
      return first === null || names(await verify(tx), first);
    } finally {
      await tx.rollback();
    }
  };
  await fc.assert(fc.asyncProperty(tampering, isFound), { numRuns: TAMPERINGS });
  t.deepEqual((await verify(knex)).faults, []);
});

function names({ faults }: AuditVerdict, first: Place): boolean {
  return faults.some(({ chain, number }) => chain === first.chain && number === first.number);
}

/** Returns the first entry that is not as it was; null where nothing is different. */
async function tamper(tx: Knex, what: Tampering): Promise<Place | null> {
  if (what.kind === 'wipe') {
    await tx.raw('TRUNCATE audit_logs, audit_heads');
    return { chain: CHAINS[0]!, number: 1 };
  }
  const { kind, at } = what;
  if (kind === 'edit') await tx('audit_logs').where(at).update(what.column, tx.raw(EDITS[what.column]));
  if (kind === 'forge') return forge(tx, what);
  if (kind === 'delete') await tx('audit_logs').where(at).delete();
  if (kind === 'swap') return swap(tx, what);
  if (kind === 'truncate') {
    await tx('audit_logs').where({ chain: at.chain }).where('number', '>=', at.number).delete();
    if (what.head) await putBack(tx, at.chain);
  }
  return at;
}

/** Changes an entry and writes the rest of its chain anew, head and all. Who has the key is given away by the anchors alone. */
async function forge(tx: Knex, { at, hasKey }: Tampering & { kind: 'forge' }): Promise<Place> {
  await tx('audit_logs').where(at).update({ actor_ip: '203.0.113.1' });
  const guessed = { ...auditKeyOf('a guess at what the secret might be'), id: TEST_AUDIT_KEY.id };
  const texts = {
    details: tx.raw('details::text'),
    created_at: tx.raw(`to_char(created_at AT TIME ZONE 'UTC', ?)`, [ISO]),
  };
  const rows = await tx('audit_logs').where({ chain: at.chain }).orderBy('number').select('*', texts);
  let previous = '0'.repeat(64);
  for (const row of rows) {
    const { chain, number } = row;
    const hash: Buffer =
      number < at.number ? row.hash : sealOf(row, previous, hasKey ? TEST_AUDIT_KEY : guessed);
    await tx('audit_logs').where({ chain, number }).update({ hash });
    previous = hash.toString('hex');
  }
  await putBack(tx, at.chain);
  if (!hasKey) return at;
  return { chain: at.chain, number: at.number <= ANCHORED ? ANCHORED : LENGTH };
}

const ISO = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

async function swap(
  tx: Knex,
  { at, with: other, places }: Tampering & { kind: 'swap' },
): Promise<Place | null> {
  if (at.chain === other.chain && at.number === other.number) return null;
  const columns = places
    ? ['chain', 'number']
    : ['user_id', 'actor_ip', 'action', 'target', 'details', 'created_at'];
  const [one, two] = await Promise.all(
    [at, other].map((where) => tx('audit_logs').where(where).first(columns)),
  );
  const nowhere = { chain: 'nowhere', number: 1 };
  await tx('audit_logs')
    .where(at)
    .update(places ? nowhere : two);
  await tx('audit_logs').where(other).update(one);
  if (places) await tx('audit_logs').where(nowhere).update(other);
  return at.chain === other.chain && other.number < at.number ? other : at;
}

/** Makes the head of a chain that of its last entry; without one it goes as well. */
async function putBack(tx: Knex, chain: string): Promise<void> {
  const last = await tx('audit_logs').where({ chain }).orderBy('number', 'desc').first('number', 'hash');
  if (last) await tx('audit_heads').where({ chain }).update(last);
  else await tx('audit_heads').where({ chain }).delete();
}

async function fill(knex: Knex, length: number): Promise<void> {
  for (let at = 0; at < length; at++)
    for (const subject of CHAINS) {
      const [userId, address] = at % 3 === 0 ? [null, null] : [randomUUID(), `192.0.2.${at}`];
      const details = { amount: 1, text: `é "${at}" \u2028`, nested: { list: [1e21, 0.1, true, null] } };
      const entry = {
        subject,
        action: 'order.place',
        userId,
        address,
        target: `order/${at}`,
        details,
      } as const;
      await knex.transaction((tx) => recordAudit(tx, entry));
    }
}

async function* each(heads: AuditHead[]): AsyncGenerator<AuditHead> {
  yield* heads;
}
