import { Model } from 'objection';

export type KillScope = 'global' | 'account' | 'bot';

/** A row of `kill_switches`. Give every query its knex instance: `KillSwitch.query(knex)`. */
export class KillSwitch extends Model {
  static override tableName = 'kill_switches';
  static override idColumn = ['scope', 'scope_id'];

  declare scope: KillScope;
  declare scope_id: string;
  declare engaged: boolean;
  /** Counts its changes. */
  declare epoch: number;
  declare reason: string | null;
  declare changed_at: Date;
}
