import { expect, test } from 'vitest';
import type { Line } from './line.ts';
import type { Table } from './speakers.ts';
import { Cast, initials, matchNpc, namesake } from './speakers.ts';

let nextId = 1;
function line(speakerId: string, speakerName: string, npcId = ''): Line {
  const id = nextId++;
  return { id, speakerId, speakerName, npcId, text: '…', rawText: '', spokenAt: id * 1000, durationMs: 0 };
}

const table: Table = {
  npcs: [
    { id: 'n1', name: 'Greta', pigment: 3 },
    { id: 'n2', name: 'Der Rabenhändler', pigment: 1 },
  ],
  people: [
    { discordId: '10', name: 'Lena', leads: true },
    { discordId: '11', name: 'Jonas', leads: false },
  ],
  characters: [{ discordId: '11', name: 'Torben', aliases: ['Torbi'], pigment: 2 }],
};

test('an NPC is found by name, not by the id in the line', () => {
  expect(matchNpc(line('Greta', 'Greta', 'npc-0-greta'), table.npcs)?.id).toBe('n1');
  expect(matchNpc(line('x', '  der rabenha\u0308ndler ', 'npc-1-x'), table.npcs)?.id).toBe('n2');
  expect(matchNpc(line('x', 'Osric', 'npc-2-osric'), table.npcs)).toBeNull();
});

test('a person who bears the name of an NPC stays a person', () => {
  expect(matchNpc(line('4711', 'Greta'), table.npcs)).toBeNull();
});

test('an NPC keeps its pigment and an unknown NPC is one all the same', () => {
  const cast = new Cast(table);
  expect(cast.speaker(line('Greta', 'Greta', 'npc-0-greta'))).toMatchObject({
    kind: 'npc',
    name: 'Greta',
    pigment: 3,
    npcId: 'n1',
  });
  expect(cast.speaker(line('Osric', 'Osric', 'npc-9'))).toMatchObject({ kind: 'npc', name: 'Osric', npcId: null });
});

test('the Dungeon Master has no pigment, a character has its own, others take the free ones in the order they speak', () => {
  const cast = new Cast(table);
  expect(cast.speaker(line('10', 'lena_dm'))).toMatchObject({ kind: 'dm', name: 'Lena', pigment: null });
  expect(cast.speaker(line('11', 'jonas#1'))).toMatchObject({
    kind: 'player',
    name: 'Torben',
    person: 'Jonas',
    pigment: 2,
  });
  expect(cast.speaker(line('12', 'Miriam')).pigment).toBe(4);
  expect(cast.speaker(line('13', 'Karim')).pigment).toBe(5);
  expect(cast.speaker(line('12', 'Miriam')).pigment).toBe(4);
});

test('from the ninth voice on pigments repeat', () => {
  const cast = new Cast({ npcs: [], people: [], characters: [] });
  const pigments = Array.from({ length: 9 }, (_, index) => cast.speaker(line(String(index), `P${index}`)).pigment);
  expect(pigments).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 1]);
});

test('a character is also known by another name of it', () => {
  expect(new Cast(table).speaker(line('99', 'torbi'))).toMatchObject({ name: 'Torben', person: null });
});

test('what was said of a person comes before a character of the same name', () => {
  const cast = new Cast({
    npcs: [],
    people: [],
    characters: [
      { discordId: '11', name: 'Kara', aliases: ['luk_42'], pigment: 1 },
      { discordId: '12', name: 'Torben', aliases: [], pigment: 2 },
    ],
  });
  expect(cast.speaker(line('12', 'luk_42'))).toMatchObject({ name: 'Torben', person: 'luk_42' });
});

test('a namesake is somebody else who goes by that name, whichever of their names it is', () => {
  const characters = [
    { discordId: '11', name: 'Torben', aliases: ['Torbi'] },
    { discordId: '12', name: 'Kara', aliases: [] },
  ];
  expect(namesake(characters, '12', ' torbi ')).toBe(characters[0]);
  expect(namesake(characters, '11', 'Torbi')).toBeNull();
  expect(namesake(characters, '13', 'KARA')).toBe(characters[1]);
  expect(namesake(characters, '13', ' ')).toBeNull();
});

test('only a player of Discord without a character is unnamed', () => {
  const [lena, jonas, stranger] = ['201847362910584001', '201847362910584002', '201847362910584003'];
  const cast = new Cast({
    npcs: table.npcs,
    people: [
      { discordId: lena, name: 'Lena', leads: true },
      { discordId: jonas, name: 'Jonas', leads: false },
    ],
    characters: [{ discordId: '201847362910584004', name: 'Torben', aliases: ['Torbi'], pigment: 2 }],
  });
  expect(cast.speaker(line(stranger, 'luk_42')).unnamed).toBe(stranger);
  expect(cast.speaker(line(jonas, 'jonas#1')).unnamed).toBe(jonas);
  expect(cast.speaker(line(lena, 'lena_dm')).unnamed).toBeNull();
  expect(cast.speaker(line('201847362910584004', 'luk_43')).unnamed).toBeNull();
  expect(cast.speaker(line(stranger, 'Torbi')).unnamed).toBeNull();
  expect(cast.speaker(line('mic-2', 'luk_44')).unnamed).toBeNull();
  expect(cast.speaker(line(stranger, 'Greta', 'npc-0-greta')).unnamed).toBeNull();
});

test('the same person is the same object, so that lists can be compared by identity', () => {
  const cast = new Cast(table);
  expect(cast.speaker(line('12', 'Miriam'))).toBe(cast.speaker(line('12', 'Miriam')));
});

test('initials', () => {
  expect([initials('Lena'), initials('Mara Vogt'), initials(' x '), initials('')]).toEqual(['Le', 'MV', 'X', '?']);
});
