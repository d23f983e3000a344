import type { Context } from 'grammy';
import type { CommandContext } from '../api/commands/context.ts';
import type { Role } from '../db/models/user.ts';
import type { Language } from './languages.ts';

/** Who writes, as a user of ours. */
export interface ChatUser {
  id: string;
  role: Role;
  /** Whose rows they command. */
  owner: CommandContext['owner'];
  /** IANA's name of it. */
  timeZone: string;
}

/** What a handler is given: an update of one person in their own chat. */
export interface ChatContext extends Context {
  language: Language;
  /** Null for whom nobody has confirmed. */
  user: ChatUser | null;
}

/** The same of a person who is a user. */
export type UserContext = ChatContext & { user: ChatUser };
