/** Whether it is this machine's own address: what goes there crosses no network, so that plain http will do. */
export function isLoopback({ hostname }: URL): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost';
}
