import { z } from 'zod';

/** What a license can add to the free core (billing document, section 10). */
export const licenseFeatures = ['voice_cloning', 'priority_support', 'analytics'] as const;
export type LicenseFeature = (typeof licenseFeatures)[number];

export const licenseIssuer = 'glyphoxa';
/** Days after its end in which a license still gives its features. */
export const graceDays = 30;

/** Claims of a key: `tid` the table's id, `sub` whom it was given to, times in seconds. */
export const licenseClaims = z.object({
  jti: z.uuid(),
  tid: z.string().regex(/^[a-z][a-z0-9_]{0,55}$/, 'This is no id of a table.'),
  sub: z.string().trim().min(1).max(120),
  features: z.array(z.enum(licenseFeatures)).min(1),
  iat: z.int().positive(),
  exp: z.int().positive(),
});
export type LicenseClaims = z.output<typeof licenseClaims>;

/** The end of a license: so many calendar months later, as the database counts them. */
export function monthsLater(from: Date, months: number): Date {
  const later = new Date(from);
  later.setUTCMonth(from.getUTCMonth() + months);
  // The 31st of a month without one is its last day.
  if (later.getUTCDate() !== from.getUTCDate()) later.setUTCDate(0);
  return later;
}
