/**
 * Every limit of the origin in one place. "The document" is the owner's architecture document, section 7: `/auth/*` 10 a minute per
 * address, every other route 60 a minute per user. Its routes are those of a server that renders nothing; ours fetches several
 * resources for one page on the user's behalf, and a whole table of players sits behind one address. Hence:
 */
export const rateLimits = {
  /**
   * Sends mail, or takes a guess at a password or code. The document's figure as it is: nobody needs an eleventh try within a
   * minute, and mail costs reputation.
   */
  credential: { perMinute: 10, per: 'address' },
  /** Tries of a mailed code for one email address, wherever they come from: 75 of a million while a code is good. */
  guess: { perMinute: 5, per: 'email address' },
  /**
   * The three steps of signing in with a provider (authorize, callback, code exchange): ten sign-ins a minute, the document's
   * figure counted in sign-ins, so that a table that arrives together gets in.
   */
  oauth: { perMinute: 30, per: 'address' },
  /**
   * Renewing a session. Nothing can be guessed here (a token has more than 70 random bits), and every open page of every player
   * behind one address does it four times an hour, all at once after a network loss.
   */
  refresh: { perMinute: 300, per: 'address' },
  /** A signed-in person's calls: the document's 60, counted in pages, of which the largest makes ten calls. */
  user: { perMinute: 600, per: 'user' },
  /** Calls with the publishable key and no user: plans, settings, realtime's handshakes of a whole table. */
  anonymous: { perMinute: 300, per: 'address' },
} as const;

export type RateLimitName = keyof typeof rateLimits;

/** Seconds between two mails to the same address, divided by the scale of the rate limits, but never less than the least. */
export const mailInterval = { seconds: 10, least: 2 } as const;

/** Most bytes of a request's body. A file in a form brings its form along; how large the file itself may be, its bucket says. */
export const bodyLimits = {
  default: 1024 * 1024,
  storage: 10 * 1024 * 1024 + 64 * 1024,
  /** A campaign's file: what was exported must fit in again. */
  campaignFile: 16 * 1024 * 1024,
} as const;
/** The one call that takes so large a body. */
export const campaignFilePath = '/rest/v1/rpc/import_campaign';

/** Most seconds that a signed link to a file lives: it outlives the membership of whoever made it. */
export const signedLinkSeconds = 3600;

/** Milliseconds. A slow client may not hold a socket open without saying anything. */
export const timeouts = { headers: 10_000, request: 60_000, keepAlive: 65_000, upstreamConnect: 3_000 } as const;
