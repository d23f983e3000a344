/** Whether that host is this machine alone: what goes there crosses no network. An IPv6 address may have its brackets. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|::1|\[::1\]|localhost)$/.test(host);
}
