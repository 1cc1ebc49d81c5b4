/** The database's own limits of a character: characters of a name, and how many other names of how many characters. */
export const characterLimits = { name: 80, aliases: 5, alias: 80 } as const;
