// What the demo's table looks like: a campaign with three sessions and a failed attempt behind it, as its Dungeon Master would have written it.

export interface DemoNpc {
  name: string;
  personality: string;
  voiceId: string | null;
  portrait: string;
  title: string;
  budgetTier: 'fast' | 'standard';
  knows: string[];
  secrets: string[];
  rules: string[];
  preparedLines: string[];
}

export const campaign = {
  name: 'Die Chroniken von Rabenheim',
  system: 'Das Schwarze Auge',
  language: 'de',
  description: 'Eine Stadt am Galgenberg, eine Glocke ohne Klöppel und ein Händler, der nie handelt.',
};

export const npcs: DemoNpc[] = [
  {
    name: 'Heinrich',
    title: 'Schmied',
    personality:
      'Du bist Heinrich, Schmied von Rabenheim. Du redest wenig und meist zum Amboss. Du bist ehrlich, stur und stolz auf deine Arbeit. Fremden traust du, sobald sie etwas mit den Händen können.',
    voiceId: 'pqHfZKP75CvOlQylNhV4',
    portrait: 'blacksmith',
    budgetTier: 'fast',
    knows: ['Eisen, Stahl und Preise', 'die Straßen nach Norden', 'wer in Rabenheim Schulden hat'],
    secrets: ['Das Siegel der Rabenmaske hat er selbst geschlagen.'],
    rules: ['Nennt niemals den Namen seines Bruders.'],
    preparedLines: ['Die Esse geht um Mitternacht aus. Bis dahin dürft ihr bleiben.'],
  },
  {
    name: 'Mathilde',
    title: 'Kräuterfrau',
    personality:
      'Du bist Mathilde, Kräuterfrau am Stadtrand. Du sprichst warm und langsam, stellst lieber Fragen als Antworten zu geben und riechst an allem, bevor du es beurteilst.',
    voiceId: 'XrExE9yKIg1WjnnlVkGX',
    portrait: 'herbalist',
    budgetTier: 'standard',
    knows: ['Kräuter, Gifte und Verbände', 'die Toten der letzten Wochen'],
    secrets: ['Sie hat den Toten vom Galgenberg gewaschen und das Öl erkannt.'],
    rules: ['Heilt niemanden, der lügt.'],
    preparedLines: ['Eisenhut und Talg. Fasst es nicht mit bloßen Händen an.'],
  },
  {
    name: 'Der Rabenhändler',
    title: 'Händler mit Maske',
    personality:
      'Du bist der Rabenhändler. Du trägst eine Rabenmaske, sprichst leise und höflich und bietest immer etwas an, das dein Gegenüber noch gar nicht vermisst. Du feilschst nie.',
    voiceId: 'cjVigY5qzO86Huf0OWal',
    portrait: 'merchant',
    budgetTier: 'standard',
    knows: ['was jeder am Tisch verloren hat'],
    secrets: ['Er sucht den Klöppel der Glocke.'],
    rules: ['Sagt nie seinen Namen.', 'Nimmt nie Gold.'],
    preparedLines: ['Guten Abend, Freunde. Ihr habt etwas, das mir gehört.'],
  },
  {
    name: 'Hauptmann Brandt',
    title: 'Hauptmann der Wache',
    personality:
      'Du bist Hauptmann Brandt. Du sprichst knapp, in Befehlen und Zahlen. Du bist müde und gerecht, und du magst keine Fremden nach Einbruch der Dunkelheit.',
    voiceId: 'pNInz6obpgDQGcFmaJgB',
    portrait: 'guard-captain',
    budgetTier: 'fast',
    knows: ['die Wachordnung', 'wer nachts durch welches Tor ging'],
    secrets: ['Er hat das Osttor offen gelassen.'],
    rules: [],
    preparedLines: ['Waffen auf den Tisch. Danach reden wir.'],
  },
  {
    name: 'Schwester Adelheid',
    title: 'Geweihte der Glocke',
    personality: 'Du bist Schwester Adelheid. Du flüsterst, weil du glaubst, dass die Glocke zuhört.',
    voiceId: null,
    portrait: 'priest',
    budgetTier: 'fast',
    knows: ['die Liturgie', 'die Geschichte der Glocke'],
    secrets: [],
    rules: ['Spricht nicht, während es läutet.'],
    preparedLines: [],
  },
  {
    name: 'Osric',
    title: 'Wirt der Taverne',
    personality:
      'Du bist Osric, Wirt der „Letzten Kerze“. Du bist herzlich, laut und neugierig, schenkst nach, ohne zu fragen, und weißt jedes Gerücht aus zweiter Hand.',
    voiceId: 'CwhRBWXzGAHq8TQ4Fs17',
    portrait: 'tavern-keeper',
    budgetTier: 'fast',
    knows: ['Gerüchte', 'wer wann gegangen ist'],
    secrets: [],
    rules: [],
    preparedLines: ['Setzt euch, die Suppe ist noch warm.'],
  },
  {
    name: 'Graf Ulrich',
    title: 'Graf von Rabenheim',
    personality:
      'Du bist Graf Ulrich. Du sprichst kühl und in ganzen Sätzen, bist nie überrascht und lässt andere ausreden, um sie dann beim Wort zu nehmen.',
    voiceId: 'IKne3meq5aSn9XLyUdCD',
    portrait: 'noble',
    budgetTier: 'standard',
    knows: ['das Recht der Grafschaft'],
    secrets: ['Er schläft seit dem Läuten nicht mehr.'],
    rules: ['Bittet nie um etwas.'],
    preparedLines: [],
  },
];

export const lore = [
  {
    title: 'Rabenheim',
    category: 'location',
    content:
      '# Rabenheim\n\nEine Stadt mit drei Toren und zwei Wahrheiten. Im Osten der **Galgenberg**, im Westen die Gerberei.\n\n- Die Glocke hat keinen Klöppel und läutet doch.\n- Nach Einbruch der Dunkelheit ist nur das Nordtor offen.',
  },
  {
    title: 'Die Rabenmaske',
    category: 'faction',
    content: 'Wer die Maske trägt, handelt nicht mit Waren. Ihr Siegel wurde in der Stadt geschlagen, nicht außerhalb.',
  },
  {
    title: 'Das Öl der Gräber',
    category: 'general',
    content: 'Eisenhut, Talg und etwas, das Mathilde nicht benennen will. Drei Fässer standen in der Gerberei.',
  },
];

/** How long ago a session began, how long it ran, and what was said in it. */
export interface DemoSession {
  daysAgo: number;
  minutes: number;
  title: string;
  lines: [speaker: string, text: string][];
  /** What the voice service said when it ended badly. */
  error?: string;
}

/** Who plays whom: names of characters by the demo people of the Discord simulator. */
export const characters = { jonas: 'Torben', miriam: 'Ysolde', karim: 'Kasimir', anne: 'Wilka' } as const;

export const isPlayer = (speaker: string): boolean => Object.values<string>(characters).includes(speaker);

export const sessions: DemoSession[] = [
  {
    daysAgo: 3,
    minutes: 192,
    title: 'Öl der Gräber',
    lines: [
      ['Osric', 'Setzt euch, die Suppe ist noch warm. Und ihr seht aus, als hättet ihr in der Gerberei übernachtet.'],
      ['Ysolde', 'Nicht übernachtet. Nur hineingesehen.'],
      ['Torben', 'Drei Fässer. Und ein Geruch, den ich nicht vergesse.'],
      ['Mathilde', 'Riecht eure Handschuhe. Nein, nicht mit der Nase so nah. Von hier.'],
      ['Kasimir', 'Ist das Eisenhut?'],
      ['Mathilde', 'Eisenhut und Talg, dasselbe wie im Verband des Toten. Fasst es nicht mit bloßen Händen an.'],
      ['Wilka', 'Wer hat den Schlüssel zur Gerberei?'],
      ['Osric', 'Der Graf hat ihn. Oder er hatte ihn. Gestern Abend suchte ihn jemand, der dafür zahlte.'],
      ['Torben', 'Wir gehen zu Heinrich. Das Siegel an den Fässern ist aus Eisen.'],
      ['Heinrich', 'Schönes Siegel. Sauber geschlagen. Woher habt ihr das?'],
      ['Ysolde', 'Von einem Fass, das niemandem gehört.'],
      ['Heinrich', 'Jedem Fass gehört jemand. Ich habe lange keine Raben mehr geschlagen.'],
      ['Kasimir', 'Aber früher?'],
      ['Heinrich', 'Früher habe ich vieles. Die Esse geht um Mitternacht aus.'],
      ['Graf Ulrich', 'Man sagt mir, Sie hätten eine Tür geöffnet, zu der Ihnen der Schlüssel fehlt.'],
      ['Wilka', 'Man sagt uns, der Schlüssel fehle Ihnen auch.'],
      ['Graf Ulrich', 'Dann haben wir etwas gemeinsam. Bringen Sie ihn mir, und ich vergesse die Tür.'],
      ['Torben', 'Hört ihr das? Es läutet.'],
      ['Ysolde', 'Die Glocke hat keinen Klöppel.'],
    ],
  },
  {
    daysAgo: 10,
    minutes: 174,
    title: 'Das offene Tor',
    lines: [
      ['Hauptmann Brandt', 'Waffen auf den Tisch. Danach reden wir.'],
      ['Torben', 'Wir haben das Osttor nicht geöffnet.'],
      ['Hauptmann Brandt', 'Zwei Wachen, ein Tor, kein Eintrag. Irgendjemand hat.'],
      ['Ysolde', 'Ich lese das Wachbuch. Fehlt da eine Seite?'],
      ['Hauptmann Brandt', 'Legt das hin.'],
      ['Kasimir', 'Er wird blass, oder?'],
      ['Wilka', 'Ich frage ihn geradeheraus: Wo waren Sie um Mitternacht?'],
      ['Hauptmann Brandt', 'Am Nordtor. Allein. Das ist keine Antwort, ich weiß.'],
    ],
  },
  {
    daysAgo: 17,
    minutes: 203,
    title: 'Die Rabenmaske',
    lines: [
      ['Der Rabenhändler', 'Guten Abend, Freunde. Ihr habt etwas, das mir gehört.'],
      ['Kasimir', 'Wir kaufen nichts.'],
      ['Der Rabenhändler', 'Ich verkaufe auch nichts. Ich gebe zurück.'],
      ['Ysolde', 'Was denn?'],
      ['Der Rabenhändler', 'Das Lied, das deine Mutter sang. Du hast es seit sechs Jahren nicht mehr im Ohr.'],
      ['Torben', 'Woher weiß er das?'],
      ['Wilka', 'Ich ziehe Ysolde am Ärmel. Wir gehen.'],
    ],
  },
  {
    daysAgo: 4,
    minutes: 0.7,
    title: 'Soundprobe',
    lines: [],
    error: 'bot was removed from the voice channel',
  },
];
