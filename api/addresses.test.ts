import test from 'ava';
import { addressList, isAddressOrBlock, networkOf } from './addresses.ts';

test('A list holds its addresses and those of its blocks, and no others', (t) => {
  const list = addressList(['203.0.113.7', '10.0.0.0/8', '2001:db8::/32', '::1', '::ffff:192.0.2.0/120']);
  for (const address of [
    ...['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107', '10.255.0.1', '::ffff:10.0.0.1'],
    ...['2001:db8:ffff::1', '2001:0DB8::1', '::1', '192.0.2.200', '::ffff:192.0.2.1'],
  ])
    t.true(list.includes(address), address);
  for (const address of [
    ...['203.0.113.8', '11.0.0.1', '2001:db9::1', '::2', '192.0.3.1', '::a00:1'],
    ...['', 'localhost', '203.0.113.7:443', '10.0.0.1, 10.0.0.1', 'unknown'],
  ])
    t.false(list.includes(address), address);
  t.false(addressList([]).includes('127.0.0.1'));
  t.true(addressList(['0.0.0.0/0']).includes('198.51.100.1'));
  t.false(addressList(['0.0.0.0/0']).includes('2001:db8::1'));
  t.throws(() => addressList(['10.0.0.0/33']));
});

test('An entry is a whole address, or a block of them', (t) => {
  for (const entry of ['10.0.0.1', '10.0.0.0/8', '::', '2001:db8::/128', '::ffff:10.0.0.1'])
    t.true(isAddressOrBlock(entry), entry);
  for (const entry of [
    '',
    '10',
    '10.1',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    'x',
  ])
    t.false(isAddressOrBlock(entry), entry);
});

test('An IPv6 customer is one, wherever in the /64 they call from', (t) => {
  t.is(networkOf('2001:db8:1:2::1'), networkOf('2001:0db8:1:2:ffff::9'));
  t.not(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
  t.is(networkOf('::ffff:203.0.113.1'), '203.0.113.1');
  t.is(networkOf('::ffff:cb00:7101'), '203.0.113.1');
  t.is(networkOf('not an address'), 'not an address');
});
