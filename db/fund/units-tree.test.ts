import { randomBytes, randomUUID } from 'node:crypto';
import test from 'ava';
import { buildUnitsTree, verifyUnits, type UnitsLeaf } from './units-tree.ts';

for (const count of [1, 2, 3, 8, 33])
  test(`each of ${count} holders can see that their units are among those of the root`, (t) => {
    const leaves = leavesOf(count);
    const { root, proofOf } = buildUnitsTree(leaves);
    t.is(root.units, String((count * (count + 1)) / 2));
    for (const leaf of leaves) t.true(verifyUnits(leaf, proofOf(leaf.userId)!, root));
    t.is(proofOf(randomUUID()), undefined);
  });

test('a leaf with other units, holder or salt, or another proof or root, is found out', (t) => {
  const leaves = leavesOf(20);
  const { root, proofOf } = buildUnitsTree(leaves);
  const [leaf, other] = leaves as [UnitsLeaf, UnitsLeaf];
  const proof = proofOf(leaf.userId)!;
  const isFound = (change: Partial<UnitsLeaf>) => !verifyUnits({ ...leaf, ...change }, proof, root);
  t.true(isFound({ units: '1.00000001' }));
  t.true(isFound({ userId: other.userId }));
  t.true(isFound({ salt: other.salt }));
  t.false(isFound({ units: '1.0' }));
  t.false(verifyUnits(leaf, proofOf(other.userId)!, root));
  t.false(verifyUnits(leaf, proof, { ...root, units: '209' }));
  t.false(verifyUnits(leaf, proof.slice(1), root));
  t.false(verifyUnits(leaf, proof.toReversed(), root));
  const [first, ...rest] = proof;
  const elsewhere = { ...first!, side: first!.side === 'left' ? 'right' : 'left' } as const;
  t.false(verifyUnits(leaf, [elsewhere, ...rest], root));
  t.false(verifyUnits(leaf, [{ ...first!, units: '0' }, ...rest], root));
  t.false(verifyUnits(leaf, proof.with(0, { ...proof[0]!, units: '-1' }), root));
});

test('left out units cannot be hidden behind a negative sum', (t) => {
  const [mine, hidden] = leavesOf(2) as [UnitsLeaf, UnitsLeaf];
  const { root, proofOf } = buildUnitsTree([mine, { ...hidden, units: '-1' }]);
  t.is(root.units, '0');
  t.false(verifyUnits(mine, proofOf(mine.userId)!, root));
});

test('a fund without holders has a root, and a holder one leaf', (t) => {
  t.is(buildUnitsTree([]).root.units, '0');
  const [leaf] = leavesOf(1);
  t.throws(() => buildUnitsTree([leaf!, leaf!]), { instanceOf: TypeError });
});

function leavesOf(count: number): UnitsLeaf[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ userId: randomUUID(), units: String(at + 1), salt: randomBytes(16).toString('hex') },
  }));
}
