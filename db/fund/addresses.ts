import { keccak_256 } from '@noble/hashes/sha3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base58, createBase58check } from '@scure/base';

export type ReadAddress =
  { ok: true; address: string } | { ok: false; field: 'network' | 'address' | 'tag'; message: string };

/**
 * An address somebody wants to be paid at, as its network writes it. Its checksum is checked where its network has one, and it is not one that nobody can
 * spend from. None of these networks knows tags (memos): one that is given would be lost, and is refused.
 */
export function readAddress(of: { network: string; address: string; tag: string | null }): ReadAddress {
  const read = Object.hasOwn(NETWORKS, of.network) ? NETWORKS[of.network] : undefined;
  if (!read) return { ok: false, field: 'network', message: `Must be one of ${NETWORK_NAMES.join(', ')}` };
  if (of.tag !== null)
    return { ok: false, field: 'tag', message: `Must be left out: ${of.network} has no tags` };
  const address = read(of.address);
  if (address) return { ok: true, address };
  return {
    ok: false,
    field: 'address',
    message: `Is no address of ${of.network}: a digit is wrong or missing, or it belongs to another network. Copy it again.`,
  };
}

/** EIP-55: the case of the letters is the checksum. One case alone is an address without one. */
function ethereum(text: string): string | null {
  const [, digits] = /^0x([0-9a-fA-F]{40})$/.exec(text) ?? [];
  if (!digits || /^0{40}$/.test(digits)) return null;
  const lower = digits.toLowerCase();
  const hash = keccak_256(new TextEncoder().encode(lower));
  const isUpper = (at: number) => ((hash[at >> 1]! >> (at % 2 === 0 ? 4 : 0)) & 8) !== 0;
  const summed = lower.replace(/[a-f]/g, (digit, at: number) => (isUpper(at) ? digit.toUpperCase() : digit));
  const hasNone = digits === lower || digits === digits.toUpperCase();
  return hasNone || digits === summed ? `0x${summed}` : null;
}

/** Base58Check of 0x41 and the 20 bytes of the account. */
function tron(text: string): string | null {
  const bytes = decoded(() => BASE58_CHECK.decode(text));
  return bytes?.length === 21 && bytes[0] === 0x41 && bytes.some((byte, at) => at > 0 && byte !== 0)
    ? text
    : null;
}

const BASE58_CHECK = createBase58check(sha256);

/** 32 bytes in Base58, without a checksum. All zero is the system program. */
function solana(text: string): string | null {
  const bytes = decoded(() => base58.decode(text));
  return bytes?.length === 32 && bytes.some((byte) => byte !== 0) ? text : null;
}

/** The libraries throw at what is not their alphabet or fails its checksum. */
function decoded(decode: () => Uint8Array): Uint8Array | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

/** By the names the exchange gives them. */
const NETWORKS: Readonly<Record<string, (text: string) => string | null>> = {
  ETH: ethereum,
  BSC: ethereum,
  MATIC: ethereum,
  ARBITRUM: ethereum,
  OPTIMISM: ethereum,
  BASE: ethereum,
  AVAXC: ethereum,
  TRX: tron,
  SOL: solana,
};

/** Networks whose addresses can be read. */
export const NETWORK_NAMES: readonly string[] = Object.keys(NETWORKS);
