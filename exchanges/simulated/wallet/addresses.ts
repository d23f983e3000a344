import { createBase58check, base58 } from '@scure/base';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { AddressForm } from './networks.ts';

const base58check = createBase58check(sha256);
/** The first byte of every address on Tron's main chain. */
const TRON_PREFIX = 0x41;

/** The deposit address of an account on all chains of a form: the same in every run, and nobody's on the real chain. */
export function depositAddress(form: AddressForm, accountId: string): string {
  const seed = digest(`deposit address of ${accountId}, ${form}`);
  if (form === 'solana') return base58.encode(seed);
  const body = seed.subarray(12);
  return form === 'tron' ? base58check.encode(Uint8Array.of(TRON_PREFIX, ...body)) : checksummed(hex(body));
}

/** A transaction's id as the chain writes it. */
export function transactionId(form: AddressForm, name: string): string {
  const seed = digest(`transaction ${name}`);
  if (form === 'solana') return base58.encode(Uint8Array.of(...seed, ...digest(hex(seed))));
  return form === 'evm' ? `0x${hex(seed)}` : hex(seed);
}

/**
 * Whether money can be sent there: EIP-55 where an EVM address mixes cases, base58check and prefix on Tron, 32 bytes on
 * Solana.
 */
export function isAddress(form: AddressForm, address: string): boolean {
  if (form === 'evm') return isEvmAddress(address);
  try {
    if (form === 'solana') return base58.decode(address).length === 32;
    const bytes = base58check.decode(address);
    return bytes.length === 21 && bytes[0] === TRON_PREFIX;
  } catch {
    return false;
  }
}

function isEvmAddress(address: string): boolean {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return false;
  const digits = address.slice(2);
  const isOneCase = digits === digits.toLowerCase() || digits === digits.toUpperCase();
  return isOneCase || checksummed(digits.toLowerCase()) === address;
}

/** EIP-55: a letter is upper case where the same digit of the hash is 8 or more. */
function checksummed(digits: string): string {
  const hash = hex(keccak_256(new TextEncoder().encode(digits)));
  const mixed = Array.from(digits, (digit, n) =>
    Number.parseInt(hash.charAt(n), 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${mixed.join('')}`;
}

const digest = (text: string): Uint8Array => sha256(new TextEncoder().encode(text));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
