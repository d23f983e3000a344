/** Why a WebSocket is closed, with what to do next; a reason holds 123 bytes (RFC 6455, 5.5). Numbers from 4000 on are ours. */
export const CLOSE = {
  shutDown: [1001, 'This server is stopping. Connect again with your cursor.'],
  tooSlow: [1013, 'Messages waited too long. Connect again with your cursor, and read faster.'],
  tooMuchSaid: [1008, 'Too many messages. Connect again and send fewer.'],
  unreadable: [4400, 'Not understood. Send {"action":"auth","token":"<access token>"} first.'],
  notSignedIn: [4401, 'Not signed in. Sign in and connect with a new ticket or access token.'],
  sessionOver: [4401, 'Your session has ended or your rights have changed. Sign in again.'],
  tokenExpired: [4401, 'Your access token has run out. Connect with a new one and your cursor.'],
  silent: [4408, 'No token came within 10 seconds. Send it with the first message, or in the address.'],
  tooMany: [4429, 'Too many WebSockets are open. Close one, then connect again.'],
  away: [1013, 'The service is not available right now. Connect again in a few seconds.'],
} as const satisfies Record<string, readonly [number, string]>;

export type Closing = (typeof CLOSE)[keyof typeof CLOSE];
