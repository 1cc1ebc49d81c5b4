/** A Discord account; field names are Discord's. */
export interface Person {
  id: string;
  username: string;
  discriminator: string;
  global_name: string | null;
  avatar: string | null;
  email: string | null;
  verified: boolean;
  /** Shown on the consent page. */
  note?: string;
}

export interface Bot {
  id: string;
  username: string;
  token: string;
  guildIds: string[];
}

export interface Role {
  id: string;
  name: string;
  /** Bit set as Discord sends it: a decimal string. */
  permissions: string;
  managed?: boolean;
}

/** Allows and denies for a role (type 0) or a member (type 1). */
export interface Overwrite {
  id: string;
  type: 0 | 1;
  allow: string;
  deny: string;
}

export interface Channel {
  id: string;
  /** 0 text, 2 voice, 4 category, 13 stage */
  type: 0 | 2 | 4 | 13;
  name: string;
  position: number;
  parent_id: string | null;
  permission_overwrites: Overwrite[];
}

export interface Guild {
  id: string;
  name: string;
  owner_id: string;
  icon: string | null;
  roles: Role[];
  channels: Channel[];
  /** Role ids by member; bots are members as well. */
  members: Map<string, string[]>;
  invite: string;
}
