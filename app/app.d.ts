import type { Account } from '#lib/server/account.ts';
import type { Api } from '#lib/server/api.ts';
import type { Session } from '#lib/server/session.ts';
import type { Theme } from '#lib/theme.ts';

declare global {
  interface Window {
    /** Begun by app.html: which fields were typed into or changed before the app listened, with the events that said so; the one left last comes last. */
    earlyInput?: { heard: Map<EventTarget, Set<string>>; types: readonly string[]; listen: (event: Event) => void };
  }
  namespace App {
    interface Error {
      /** A code of domain/errors.ts. */
      code?: string;
      hint?: string;
      /** What to quote when asking for help; the log has it too. */
      requestId?: string;
      /** Whom to ask where a right is missing. */
      owners?: string[];
      /** A page of Stripe where what is missing can be done. */
      url?: string;
    }
    interface Locals {
      requestId: string;
      language: 'en' | 'de';
      theme: Theme;
      /** The API as the person who asks. */
      api: Api;
      /** What the cookies say. Not proof of anything: the API verifies the token of every call. */
      session: Session | null;
      /** Who asks, from `mgmt.me()`, which a request that only asks calls once. Redirects to /login or /welcome where there is nobody. */
      account: () => Promise<Account>;
    }
    interface PageData {
      /** On every signed-in page. */
      account?: Account;
    }
  }
}
