import { randomBytes } from 'node:crypto';
import test from 'ava';
import { PASSWORD } from '../testing/identity.ts';
import { isCommon } from './common-passwords.ts';

const GUESSED_FIRST =
  'Password1! P@ssw0rd P@ssw0rd1 P@ssw0rd1! Qwerty123! Admin@123 Welcome2025! Summer2025! 1qaz@WSX !QAZ2wsx !QAZxsw2 ' +
  '1qazXSW@ Bitcoin$21 Bitget@123 Crypto2024! India@123 Login@123 Demo@123 Aaaa1111! Korea123! Perpetua1! Adalovelace1!';

test('What is guessed first is known in its usual disguises, also by whoever knows the address', (t) => {
  for (const password of GUESSED_FIRST.split(' '))
    t.true(isCommon(password, 'adalovelace@example.com'), password);
});

test('What is not guessed first is let through, however long', (t) => {
  const random = Array.from({ length: 20 }, () => `${randomBytes(9).toString('base64')}aA1!`);
  const long = randomBytes(54).toString('base64');
  for (const password of [PASSWORD, 'battery-Staple-8', 'Dragonfly-over-9-ponds', 'k7$Wq!z3Lm'])
    t.false(isCommon(password, 'ada@example.com'), password);
  for (const password of ['X9x#402_18=77;3%21', 'aB3$xyzw', long, ...random])
    t.false(isCommon(password), password);
});
