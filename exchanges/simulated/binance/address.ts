import type { IncomingMessage } from 'node:http';

const MAPPED = '::ffff:';

/** The caller's address; an IPv4 address in IPv6 clothes is unwrapped. No header is believed. */
export function addressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
