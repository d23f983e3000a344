import ipaddr from 'ipaddr.js';

/** Which addresses something is open to. */
export interface AddressList {
  includes(address: string): boolean;
}

export const ANY_ADDRESS: AddressList = { includes: () => true };
export const NO_ADDRESS: AddressList = { includes: () => false };

/**
 * A list of addresses and CIDR blocks, IPv4 and IPv6. An IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is the IPv4
 * address, in the list and in what is looked up. Throws where `isAddressOrBlock` says no.
 */
export function addressList(entries: readonly string[]): AddressList {
  const blocks = entries.map(readBlock);
  return {
    includes(address) {
      if (!ipaddr.isValid(address)) return false;
      const own = ipaddr.process(address);
      return blocks.some(([block, bits]) => block.kind() === own.kind() && own.match(block, bits));
    },
  };
}

/** Whether it is an address, or a block such as `10.0.0.0/8` or `2001:db8::/32`. */
export function isAddressOrBlock(text: string): boolean {
  // The short and octal forms that old parsers take as IPv4 are read differently by others.
  if (!text.includes(':') && !/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text)) return false;
  return ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && !/(^|\.)0\d/.test(text));
}

/** Whom an address belongs to, as text: an IPv6 customer has a whole /64 to call from. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const own = ipaddr.process(address);
  if (!(own instanceof ipaddr.IPv6)) return own.toString();
  return own.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':');
}

type Address = ReturnType<typeof ipaddr.process>;

const MAPPED_BITS = 96;

function readBlock(text: string): [Address, bits: number] {
  if (!isAddressOrBlock(text)) throw new Error('Neither an address nor a block of addresses');
  const [address, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : whole(ipaddr.parse(text));
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [address.toIPv4Address(), bits - MAPPED_BITS] : [address, bits];
}

function whole(address: Address): [Address, bits: number] {
  return [address, address.kind() === 'ipv6' ? 128 : 32];
}
