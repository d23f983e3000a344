import test from 'ava';
import { readAddress } from './addresses.ts';

const read = (network: string, address: string, tag: string | null = null) =>
  readAddress({ network, address, tag });

/** Of EIP-55 itself; a well-known contract; the examples of the networks' own documents. */
const GOOD: [network: string, address: string][] = [
  ['ETH', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'],
  ['ETH', '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'],
  ['BSC', '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB'],
  ['TRX', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
  ['SOL', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'],
];

for (const [network, address] of GOOD) {
  test(`${address} is an address of ${network}`, (t) => {
    t.deepEqual(read(network, address), { ok: true, address });
    for (const wrong of [
      ` ${address}`,
      `${address}\n`,
      `${address}2`,
      `${address}0`,
      address.slice(0, -3),
      '',
    ])
      t.like(read(network, wrong), { ok: false, field: 'address' }, JSON.stringify(wrong));
  });

  // Solana's have no checksum: another digit is mostly another address.
  if (network !== 'SOL')
    test(`${address} with any one digit changed or lost is none`, (t) => {
      for (let at = 2; at < address.length; at++) {
        const other = address[at] === '2' ? '3' : '2';
        const [before, after] = [address.slice(0, at), address.slice(at + 1)];
        t.like(read(network, before + other + after), { ok: false, field: 'address' });
        t.like(read(network, before + after), { ok: false, field: 'address' });
      }
    });
}

test('an address of Ethereum without a checksum gets one, with a wrong one it is refused', (t) => {
  const [, address] = GOOD[0]!;
  t.deepEqual(read('ETH', address.toLowerCase()), { ok: true, address });
  t.deepEqual(read('ETH', `0x${address.slice(2).toUpperCase()}`), { ok: true, address });
  t.false(read('ETH', address.replace('aA', 'AA')).ok);
});

test('an address of another network, or of nobody, is refused', (t) => {
  for (const [network] of GOOD)
    for (const [other, address] of GOOD)
      if (
        (network === 'ETH' || network === 'BSC') !== (other === 'ETH' || other === 'BSC') &&
        network !== other
      )
        t.false(read(network, address).ok, `${address} on ${network}`);
  t.false(read('ETH', `0x${'0'.repeat(40)}`).ok);
  t.false(read('SOL', '1'.repeat(32)).ok);
  t.false(read('SOL', GOOD[3]![1]).ok);
  t.false(read('TRX', GOOD[4]![1]).ok);
});

test('foreign networks and tags are refused by the name of their field', (t) => {
  for (const network of ['', 'eth', 'DOGE', 'toString', '__proto__'])
    t.like(read(network, GOOD[0]![1]), { ok: false, field: 'network' });
  t.like(read('ETH', GOOD[0]![1], '123'), { ok: false, field: 'tag' });
});
