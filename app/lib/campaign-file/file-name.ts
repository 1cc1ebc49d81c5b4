/** "rabenheim-2026-05-03.glyphoxa.json": letters and digits that every file system takes. */
export function campaignFileName(name: string, exportedAt: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-|-$/g, '');
  return `${plain || 'campaign'}-${exportedAt.slice(0, 10)}.glyphoxa.json`;
}
