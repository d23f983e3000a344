import { createHash } from 'node:crypto';
import { Decimal, type Amount } from '../../bots/money.ts';

/** What one holder has. The salt is the holder's alone: without it nobody can try who has how much. */
export interface UnitsLeaf {
  /** A user's id; `fees` for what whoever runs the fund has been given as fees. */
  userId: string;
  units: Amount;
  /** At least 16 random bytes, in hex. */
  salt: string;
}

/** A node: how many units are below it, and the hash (hex) that binds them. */
export interface UnitsNode {
  hash: string;
  units: Amount;
}

/** From a leaf to the root: what stands beside the way, and on which side. */
export type UnitsProof = (UnitsNode & { side: 'left' | 'right' })[];

export interface UnitsTree {
  /** To be published: its units are all units there are. */
  root: UnitsNode;
  /** Undefined for who has no leaf. */
  proofOf(userId: string): UnitsProof | undefined;
}

/**
 * A Merkle tree that sums: each node binds the hashes and the units of both nodes below it, so that the root's units are those of all
 * leaves, and each holder can see that theirs are among them. Leaves and nodes are hashed differently: none passes for the other.
 */
export function buildUnitsTree(leaves: readonly UnitsLeaf[]): UnitsTree {
  const proofs = new Map<string, UnitsProof>(leaves.map(({ userId }) => [userId, []]));
  if (proofs.size < leaves.length) throw new TypeError('A holder has one leaf');
  // By hash: where somebody stands tells nothing of them.
  let level = leaves
    .map((leaf) => ({ ...leafNode(leaf), below: [leaf.userId] }))
    .toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  while (level.length > 1) {
    const next: typeof level = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at]!, level[at + 1]];
      if (!right) next.push(left);
      else {
        for (const userId of left.below) proofs.get(userId)!.push({ ...nodeOf(right), side: 'right' });
        for (const userId of right.below) proofs.get(userId)!.push({ ...nodeOf(left), side: 'left' });
        next.push({ ...parentNode(left, right), below: left.below.concat(right.below) });
      }
    }
    level = next;
  }
  const root = level[0] ? nodeOf(level[0]) : { hash: sha256('empty'), units: '0' };
  return { root, proofOf: (userId) => proofs.get(userId) };
}

/** True where the leaf is one of those the root was made of. Needs nothing but what it is given. */
export function verifyUnits(leaf: UnitsLeaf, proof: UnitsProof, root: UnitsNode): boolean {
  let node = leafNode(leaf);
  for (const { side, ...beside } of proof) {
    // Less than nothing beside the way would hide units of others.
    if (new Decimal(beside.units).isNegative()) return false;
    node = side === 'left' ? parentNode(beside, node) : parentNode(node, beside);
  }
  return node.hash === root.hash && new Decimal(node.units).eq(root.units);
}

function leafNode({ userId, units, salt }: UnitsLeaf): UnitsNode {
  const written = new Decimal(units).toFixed();
  return { units: written, hash: sha256('leaf', userId, salt, written) };
}

function parentNode(left: UnitsNode, right: UnitsNode): UnitsNode {
  const units = new Decimal(left.units).add(right.units).toFixed();
  const written = [left, right].flatMap((node) => [node.hash, new Decimal(node.units).toFixed()]);
  return { units, hash: sha256('node', ...written) };
}

function nodeOf({ hash, units }: UnitsNode): UnitsNode {
  return { hash, units };
}

/** Each part is preceded by its length: other parts make another text. */
function sha256(...parts: string[]): string {
  return createHash('sha256')
    .update(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join(''))
    .digest('hex');
}
