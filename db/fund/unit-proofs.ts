import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { Decimal, type Amount } from '../../bots/money.ts';
import { recordAudit, type By } from '../audit.ts';
import { ledgerTotals } from './ledger-balances.ts';
import { buildUnitsTree, type UnitsLeaf, type UnitsNode, type UnitsProof } from './units-tree.ts';

/** A proof of units as it was made, for everybody. */
export interface UnitProof {
  id: number;
  /** To be published. */
  root: UnitsNode;
  madeAt: Date;
}

/** The same with what is one holder's own of it. */
export interface OwnProof extends UnitProof {
  /** Null for who had no units. */
  leaf: UnitsLeaf | null;
  path: UnitsProof;
}

/** Holders and fees have other units than are outstanding: there is nothing to prove until that is put right. */
export class UnitsDiffer extends Error {
  override readonly name = 'UnitsDiffer';
}

/** Stands for a user's id in the leaf of what has been taken as fees. */
const FEES = 'fees';
const SALT_BYTES = 32;
/** Rows of one statement. */
const AT_ONCE = 1_000;

/**
 * Takes down who has how many units now, under salts that are used once, and what all of it together is: exactly what is outstanding by
 * the ledger, or `UnitsDiffer` is thrown. Null where nobody has any. It is told in the audit log.
 */
export async function makeUnitProof(knex: Knex, { at, by }: { at: Date; by: By }): Promise<UnitProof | null> {
  const leaves = await readLeaves(knex);
  if (leaves.length === 0) return null;
  const { root, proofOf } = buildUnitsTree(leaves);
  return knex.transaction(async (tx) => {
    const [proof] = await tx('unit_proofs')
      .insert({ root: root.hash, units: root.units, made_at: at })
      .returning<{ id: number }[]>('id');
    const { id } = proof!;
    const rows = leaves.map(({ userId, units, salt }) => ({
      ...{ proof_id: id, user_id: userId === FEES ? null : userId, units, salt },
      path: JSON.stringify(proofOf(userId)),
    }));
    await tx.batchInsert('unit_proof_leaves', rows, AT_ONCE);
    const details = { root: root.hash, units: root.units };
    const target = `unit_proof/${id}`;
    await recordAudit(tx, { subject: 'system', action: 'units_proof.make', ...by, target, details });
    return { id, root, madeAt: at };
  });
}

/** The newest proof with what is the user's of it; null where none has been made. */
export async function readOwnProof(knex: Knex, userId: string): Promise<OwnProof | null> {
  const { rows } = await knex.raw<{ rows: (UnitProofRow & Partial<LeafRow>)[] }>(
    `SELECT p.id, p.root, trim_scale(p.units) AS total, p.made_at, l.salt, trim_scale(l.units) AS units, l.path
     FROM (SELECT * FROM unit_proofs ORDER BY id DESC LIMIT 1) p
     LEFT JOIN unit_proof_leaves l ON l.proof_id = p.id AND l.user_id = ?`,
    [userId],
  );
  const [row] = rows;
  if (!row) return null;
  const { salt, units, path } = row;
  const leaf = salt && units ? { userId, units, salt } : null;
  return { ...proofIn(row), leaf, path: path ?? [] };
}

/** All there are, the newest last. */
export async function listUnitProofs(knex: Knex): Promise<UnitProof[]> {
  const rows = await knex('unit_proofs')
    .select<UnitProofRow[]>('id', 'root', 'made_at', knex.raw('trim_scale(units) AS total'))
    .orderBy('id');
  return rows.map(proofIn);
}

interface UnitProofRow {
  id: number;
  root: string;
  total: Amount;
  made_at: Date;
}

interface LeafRow {
  salt: string | null;
  units: Amount | null;
  path: UnitsProof | null;
}

function proofIn({ id, root: hash, total: units, made_at: madeAt }: UnitProofRow): UnitProof {
  return { id, root: { hash, units }, madeAt };
}

/** Who has units, of one moment. */
async function readLeaves(knex: Knex): Promise<UnitsLeaf[]> {
  const { holders, totals } = await knex.transaction(
    async (tx) => ({
      holders: await tx('balances')
        .where('units', '>', 0)
        .select<{ userId: string; units: Amount }[]>(
          { userId: 'user_id' },
          tx.raw('trim_scale(units) AS units'),
        ),
      totals: await ledgerTotals(tx),
    }),
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  const sumOf = (...kinds: string[]) =>
    totals
      .filter(({ kind }) => kinds.includes(kind))
      .reduce((sum, { amount }) => sum.add(amount), new Decimal(0));
  const fees = sumOf('fee-units');
  const all = fees.isZero() ? holders : [...holders, { userId: FEES, units: fees.toFixed() }];
  const held = all.reduce((sum, { units }) => sum.add(units), new Decimal(0));
  const outstanding = sumOf('units-issued', 'units-reserved').neg();
  if (!held.eq(outstanding))
    throw new UnitsDiffer(
      `Holders and fees have ${held.toFixed()} units together, and ${outstanding.toFixed()} are outstanding: no proof is made.`,
    );
  return all.map((one) => ({ ...one, salt: randomBytes(SALT_BYTES).toString('hex') }));
}
