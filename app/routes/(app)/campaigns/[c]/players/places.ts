import type { Player, Players } from '#lib/server/characters.ts';

type Section = keyof Players;

const sections: readonly Section[] = ['unknown', 'known', 'others'];

/**
 * What is known now, each row where it already stands: a row that moved as soon as it is saved would be lost to
 * the one who still writes in it. Who is new comes last in their section; who is gone, goes.
 */
export function inPlace(now: Players, shown: Players | null): Players {
  if (!shown) return now;
  const players = new Map(sections.flatMap((section) => now[section].map((player) => [player.discordId, player])));
  const standing = new Set(sections.flatMap((section) => shown[section].map(({ discordId }) => discordId)));
  const rows = (section: Section): Player[] => [
    ...shown[section].flatMap(({ discordId }) => players.get(discordId) ?? []),
    ...now[section].filter(({ discordId }) => !standing.has(discordId)),
  ];
  return { unknown: rows('unknown'), known: rows('known'), others: rows('others') };
}
