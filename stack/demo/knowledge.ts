// What the workers learned of Rabenheim in the demo's sessions.

export interface DemoEntry {
  id: string;
  type: string;
  name: string;
  facts?: Record<string, unknown>;
}

/** `session` and `line`: where it was said, as places in the demo's sessions and their lines. */
export interface DemoLink {
  source: string;
  link: string;
  target: string;
  session: number;
  line: number;
  confidence: number;
  confirmed?: boolean;
}

export const entries: DemoEntry[] = [
  { id: 'osric', type: 'npc', name: 'Osric', facts: { Haus: 'Wirt der „Letzten Kerze“' } },
  { id: 'mathilde', type: 'npc', name: 'Mathilde', facts: { Wissen: 'Kräuter und Gifte' } },
  {
    id: 'heinrich',
    type: 'npc',
    name: 'Heinrich',
    facts: { Beruf: 'Schmied', 'Geheim gehalten': 'hat das Siegel geschlagen' },
  },
  { id: 'ulrich', type: 'npc', name: 'Graf Ulrich', facts: { schläft: false } },
  { id: 'brandt', type: 'npc', name: 'Hauptmann Brandt' },
  { id: 'haendler', type: 'npc', name: 'Der Rabenhändler' },
  { id: 'torben', type: 'player', name: 'Torben' },
  { id: 'ysolde', type: 'player', name: 'Ysolde' },
  { id: 'kasimir', type: 'player', name: 'Kasimir' },
  { id: 'wilka', type: 'player', name: 'Wilka' },
  { id: 'gerberei', type: 'location', name: 'Die Gerberei', facts: { Lage: 'im Westen der Stadt' } },
  { id: 'osttor', type: 'location', name: 'Das Osttor' },
  { id: 'kerze', type: 'location', name: 'Die Letzte Kerze' },
  { id: 'faesser', type: 'item', name: 'Drei Fässer', facts: { Inhalt: ['Eisenhut', 'Talg'], Anzahl: 3 } },
  { id: 'siegel', type: 'item', name: 'Das Rabensiegel' },
  { id: 'glocke', type: 'item', name: 'Die Glocke', facts: { Klöppel: 'keiner' } },
  { id: 'rabenmaske', type: 'faction', name: 'Die Rabenmaske' },
  { id: 'wache', type: 'faction', name: 'Die Wache' },
  { id: 'tuer', type: 'quest', name: 'Der fehlende Schlüssel' },
  { id: 'laeuten', type: 'event', name: 'Das Läuten um Mitternacht' },
];

export const links: DemoLink[] = [
  { source: 'osric', link: 'führt', target: 'kerze', session: 0, line: 0, confidence: 0.97, confirmed: true },
  { source: 'ysolde', link: 'war_in', target: 'gerberei', session: 0, line: 1, confidence: 0.9, confirmed: true },
  { source: 'faesser', link: 'stehen_in', target: 'gerberei', session: 0, line: 2, confidence: 0.88, confirmed: true },
  { source: 'mathilde', link: 'kennt', target: 'faesser', session: 0, line: 5, confidence: 0.81 },
  { source: 'ulrich', link: 'hat_den_Schlüssel_zu', target: 'gerberei', session: 0, line: 7, confidence: 0.62 },
  { source: 'torben', link: 'trägt', target: 'siegel', session: 0, line: 8, confidence: 0.84, confirmed: true },
  { source: 'siegel', link: 'steht_auf', target: 'faesser', session: 0, line: 8, confidence: 0.93, confirmed: true },
  { source: 'heinrich', link: 'hat_geschlagen', target: 'siegel', session: 0, line: 11, confidence: 0.55 },
  { source: 'siegel', link: 'gehört_zu', target: 'rabenmaske', session: 0, line: 11, confidence: 0.7 },
  { source: 'ulrich', link: 'vergibt', target: 'tuer', session: 0, line: 16, confidence: 0.79, confirmed: true },
  { source: 'wilka', link: 'sucht', target: 'tuer', session: 0, line: 15, confidence: 0.77, confirmed: true },
  { source: 'glocke', link: 'macht', target: 'laeuten', session: 0, line: 17, confidence: 0.68 },
  { source: 'torben', link: 'hörte', target: 'laeuten', session: 0, line: 17, confidence: 0.95, confirmed: true },
  { source: 'brandt', link: 'führt', target: 'wache', session: 1, line: 0, confidence: 0.96, confirmed: true },
  { source: 'wache', link: 'bewacht', target: 'osttor', session: 1, line: 2, confidence: 0.9, confirmed: true },
  { source: 'brandt', link: 'ließ_offen', target: 'osttor', session: 1, line: 7, confidence: 0.41 },
  { source: 'kasimir', link: 'misstraut', target: 'brandt', session: 1, line: 5, confidence: 0.66 },
  {
    source: 'haendler',
    link: 'gehört_zu',
    target: 'rabenmaske',
    session: 2,
    line: 0,
    confidence: 0.83,
    confirmed: true,
  },
  { source: 'haendler', link: 'gibt_zurück', target: 'ysolde', session: 2, line: 4, confidence: 0.74 },
];
