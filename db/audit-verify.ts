import type { Knex } from 'knex';
import { listAuditHeads, type AuditHead } from './audit-log.ts';
import { sealOf, type AuditKey, type SealedFields } from './audit-seal.ts';

/** The first entry of a chain that is not as it was written. */
export interface AuditFault {
  chain: string;
  number: number;
  problem: string;
}

export interface AuditVerdict {
  chains: number;
  entries: number;
  anchors: number;
  /** One a chain at most. */
  faults: AuditFault[];
}

type Entry = SealedFields & { key_id: string; hash: string };

/** How far a chain has been followed. */
interface Walked {
  number: number;
  hash: string;
  fault: AuditFault | null;
}

const AT_ONCE = 2_000;
const BEGINNING = '0'.repeat(64);

/**
 * Follows every chain from its first entry to its head, and then looks for what the anchors say was there once. Without
 * anchors a chain that was cut off at its end, together with its head, is not seen. The anchors must have been written
 * before the transaction took its snapshot.
 */
export async function verifyAudit(
  tx: Knex,
  keys: readonly AuditKey[],
  anchors: AsyncIterable<AuditHead>,
): Promise<AuditVerdict> {
  const chains = new Map<string, Walked>();
  const entries = await walk(tx, new Map(keys.map((key) => [key.id, key])), chains);
  for (const head of await tx('audit_heads').pluck('chain')) begun(chains, head);
  const heads = new Map((await listAuditHeads(tx)).map((head) => [head.chain, head]));
  for (const [chain, walked] of chains) checkEnd(walked, chain, heads.get(chain));
  const found = await checkAnchors(tx, chains, anchors);
  const faults = [...chains.values()].map(({ fault }) => fault).filter((fault) => fault !== null);
  return { chains: chains.size, entries, anchors: found, faults };
}

async function walk(tx: Knex, keys: Map<string, AuditKey>, chains: Map<string, Walked>): Promise<number> {
  let entries = 0;
  let last: Entry | undefined;
  for (;;) {
    const batch = await readBatch(tx, last);
    for (const entry of batch) follow(begun(chains, entry.chain), entry, keys.get(entry.key_id));
    entries += batch.length;
    last = batch.at(-1);
    if (!last) return entries;
  }
}

/** Times and details in the database's own words: nothing is lost in reading them. */
async function readBatch(tx: Knex, after: Entry | undefined): Promise<Entry[]> {
  const query = tx('audit_logs')
    .select('id', 'chain', 'number', 'user_id', 'actor_ip', 'action', 'target', 'key_id')
    .select(tx.raw('details::text AS details'), tx.raw(`encode(hash, 'hex') AS hash`))
    .select(tx.raw(`to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at`))
    .orderBy(['chain', 'number'])
    .limit(AT_ONCE);
  if (after) void query.whereRaw('(chain, number) > (?, ?)', [after.chain, after.number]);
  return query;
}

function begun(chains: Map<string, Walked>, chain: string): Walked {
  const known = chains.get(chain);
  if (known) return known;
  const walked = { number: 0, hash: BEGINNING, fault: null };
  chains.set(chain, walked);
  return walked;
}

function follow(walked: Walked, entry: Entry, key: AuditKey | undefined): void {
  const { chain, number, hash } = entry;
  const expected = walked.number + 1;
  if (number > expected) blame(walked, chain, expected, 'is missing');
  else if (number < expected) blame(walked, chain, number, 'is there twice');
  else if (!key) blame(walked, chain, number, `was sealed with key ${entry.key_id}, which is not here`);
  else if (sealOf(entry, walked.hash, key).toString('hex') !== hash)
    blame(walked, chain, number, 'was changed, or what stands before it');
  walked.number = number;
  walked.hash = hash;
}

function checkEnd(walked: Walked, chain: string, head: AuditHead | undefined): void {
  const { number, hash } = walked;
  const end = head ?? { number: 0, hash: BEGINNING };
  if (end.number > number) blame(walked, chain, number + 1, 'is missing: the head of the chain knows it');
  else if (end.number < number) blame(walked, chain, end.number + 1, 'is not known to the head of the chain');
  else if (end.hash !== hash) blame(walked, chain, number, 'is another than the head of the chain knows');
}

/** Returns how many there were. */
async function checkAnchors(
  tx: Knex,
  chains: Map<string, Walked>,
  anchors: AsyncIterable<AuditHead>,
): Promise<number> {
  let checked = 0;
  let batch: AuditHead[] = [];
  const check = async () => {
    const places = batch.map(({ chain, number }) => [chain, number]);
    const rows: AuditHead[] = await tx('audit_logs')
      .select('chain', 'number', tx.raw(`encode(hash, 'hex') AS hash`))
      .whereIn(['chain', 'number'], places);
    const hashes = new Map(rows.map(({ chain, number, hash }) => [`${chain} ${number}`, hash]));
    for (const anchor of batch) compare(begun(chains, anchor.chain), anchor, hashes);
    checked += batch.length;
    batch = [];
  };
  for await (const anchor of anchors) {
    batch.push(anchor);
    if (batch.length === AT_ONCE) await check();
  }
  if (batch.length > 0) await check();
  return checked;
}

function compare(walked: Walked, { chain, number, hash }: AuditHead, hashes: Map<string, string>): void {
  const stored = hashes.get(`${chain} ${number}`);
  if (stored === undefined)
    blame(walked, chain, Math.min(number, walked.number + 1), 'is missing: it was anchored');
  else if (stored !== hash) blame(walked, chain, number, 'is another than was anchored');
}

/** Of several faults of a chain the first one counts: what follows it cannot be trusted anyway. */
function blame(walked: Walked, chain: string, number: number, problem: string): void {
  if (!walked.fault || number < walked.fault.number) walked.fault = { chain, number, problem };
}
