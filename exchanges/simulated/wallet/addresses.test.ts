import test from 'ava';
import { depositAddress, isAddress, transactionId } from './addresses.ts';
import type { AddressForm } from './networks.ts';

/** Well-known addresses: EIP-55's own examples, the USDT contract on Tron, the USDC mint on Solana. */
const REAL: Record<AddressForm, string[]> = {
  evm: [
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
  ],
  tron: ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
  solana: ['EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'],
};
const FORMS = Object.keys(REAL) as AddressForm[];

test('real addresses are good on their own chains only', (t) => {
  for (const form of FORMS)
    for (const other of FORMS)
      for (const address of REAL[other])
        t.is(isAddress(form, address), form === other, `${address} as ${form}`);
});

test('an address with a wrong letter is no address', (t) => {
  t.false(isAddress('evm', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed'));
  t.false(isAddress('evm', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe'));
  t.false(isAddress('tron', 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T'));
  t.false(isAddress('solana', 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt10'));
  for (const form of FORMS) t.false(isAddress(form, ''));
});

test('an account has one good address of each form, always the same and nobody else has it', (t) => {
  for (const form of FORMS) {
    const [alice, bob] = [depositAddress(form, 'alice'), depositAddress(form, 'bob')];
    t.true(isAddress(form, alice), alice);
    t.is(depositAddress(form, 'alice'), alice);
    t.not(alice, bob);
    t.not(transactionId(form, '1'), transactionId(form, '2'));
  }
});
