import type { Knex } from 'knex';
import { KnownDevice } from './models/known-device.ts';
import { tokenHash } from './token-hash.ts';

/** The device that shows `token`, if that user has signed in there and not too long ago. */
export async function findKnownDevice(
  knex: Knex,
  { userId, token }: { userId: string; token: string },
  now: Date,
): Promise<KnownDevice | undefined> {
  return KnownDevice.query(knex)
    .findOne({ user_id: userId, token_hash: tokenHash(token) })
    .where('expires_at', '>', now);
}

/** Keeps the device for longer. False where it is not known as one of that user's. */
export async function extendKnownDevice(
  knex: Knex,
  { userId, token, expiresAt }: { userId: string; token: string; expiresAt: Date },
  now: Date,
): Promise<boolean> {
  const extended = await KnownDevice.query(knex)
    .where({ user_id: userId, token_hash: tokenHash(token) })
    .where('expires_at', '>', now)
    .patch({ expires_at: expiresAt });
  return extended > 0;
}

export async function insertKnownDevice(
  knex: Knex,
  { userId, token, expiresAt }: { userId: string; token: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  const device = { user_id: userId, token_hash: tokenHash(token), created_at: now, expires_at: expiresAt };
  await KnownDevice.query(knex).insert(device);
}

/** Returns how many were known no longer. */
export async function deleteOldDevices(knex: Knex): Promise<number> {
  return KnownDevice.query(knex).delete().whereRaw('expires_at < now()');
}
