import { Model } from 'objection';

/** A row of `events`. Give every query its knex instance: `Event.query(knex)`. */
export class Event extends Model {
  static override tableName = 'events';
  static override jsonAttributes = ['payload'];

  declare id: number;
  declare bot_id: string | null;
  /** Whom it is about; null for what concerns those who run the installation. */
  declare user_id: string | null;
  declare type: string;
  declare payload: Record<string, unknown>;
  declare created_at: Date;
  /** Its place in the stream; null until it has been given one. */
  declare position: number | null;
}
