import { expect, test } from 'vitest';
import type { Line } from './line.ts';
import { parseLine } from './line.ts';
import { Transcript } from './transcript.ts';

function line(id: number, spokenAt = id * 1000): Line {
  return {
    id,
    speakerId: 'd1',
    speakerName: 'Jonas',
    npcId: '',
    text: `line ${id}`,
    rawText: '',
    spokenAt,
    durationMs: 0,
  };
}

function ids(transcript: Transcript): number[] {
  return transcript.lines.map((each) => each.id);
}

test('keeps every line once, whatever arrives again', () => {
  const transcript = new Transcript();
  transcript.merge([line(1), line(2), line(2)], 0);
  const again = transcript.merge([line(2), line(3), line(1)], 10);
  expect(ids(transcript)).toEqual([1, 2, 3]);
  expect(again.added.map((each) => each.id)).toEqual([3]);
});

test('sorts by the time spoken, then by id', () => {
  const transcript = new Transcript();
  transcript.merge([line(9, 500), line(4, 500), line(7, 100)], 0);
  expect(ids(transcript)).toEqual([7, 4, 9]);
});

test('places a late line where it belongs and says so', () => {
  const transcript = new Transcript();
  transcript.merge([line(10, 1000), line(11, 3000)], 0);
  expect(transcript.merge([line(12, 2000), line(13, 4000)], 5)).toMatchObject({ late: 1 });
  expect(ids(transcript)).toEqual([10, 12, 11, 13]);
});

test('is a new array after a change and the same one without', () => {
  const transcript = new Transcript();
  transcript.merge([line(1)], 0);
  const before = transcript.lines;
  transcript.merge([line(1)], 1);
  expect(transcript.lines).toBe(before);
  transcript.merge([line(2)], 2);
  expect(transcript.lines).not.toBe(before);
});

test('resumes from the newest line that had arrived 15 s before the break', () => {
  const transcript = new Transcript();
  transcript.merge([line(100)], 0);
  transcript.merge([line(140)], 20_000);
  transcript.merge([line(130)], 30_000);
  transcript.merge([line(150)], 40_000);
  expect(transcript.resumeAfter(45_000)).toBe(140);
  expect(transcript.resumeAfter(34_999)).toBe(100);
});

test('reads everything held again when all of it is younger than the overlap', () => {
  const transcript = new Transcript();
  expect(transcript.resumeAfter(0)).toBe(0);
  transcript.merge([line(57), line(60)], 1000);
  expect(transcript.resumeAfter(2000)).toBe(56);
});

test('a line that becomes visible late with a lower id is neither lost nor doubled over a break', () => {
  // 102 was taken from the sequence before 103 but committed after it, while the page was cut off.
  const transcript = new Transcript();
  transcript.merge([line(90), line(101)], 0);
  transcript.merge([line(103)], 20_000);
  const after = transcript.resumeAfter(21_000);
  const stored = [line(90), line(101), line(102), line(103), line(104)];
  // What was broadcast while the read was under way arrives first, as it does after a join.
  transcript.merge([line(104)], 22_000);
  transcript.merge(
    stored.filter((each) => each.id > after),
    22_100,
  );
  expect(ids(transcript)).toEqual([90, 101, 102, 103, 104]);
});

test('reads rows from outside and refuses what is no line', () => {
  const row = {
    id: 5,
    text: 'Hm.',
    timestamp: '2026-11-18T20:00:00.5Z',
    duration_ns: 2_500_000_000,
    speaker_name: 'Greta',
    npc_id: 'npc-0-greta',
  };
  expect(parseLine(row)).toMatchObject({
    id: 5,
    durationMs: 2500,
    speakerName: 'Greta',
    npcId: 'npc-0-greta',
    rawText: '',
  });
  expect(parseLine({ ...row, id: '5' })?.id).toBe(5);
  expect(parseLine({ ...row, timestamp: 'soon' })).toBeNull();
  expect(parseLine({ ...row, id: null })).toBeNull();
  expect(parseLine('line')).toBeNull();
});
