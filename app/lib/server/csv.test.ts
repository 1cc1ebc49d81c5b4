import { expect, test } from 'vitest';
import { csvFile, csvLine } from './csv.ts';

test('fields with separators are quoted, nothing is nothing', () => {
  expect(csvLine(['a', 'b "c"', 'd,e', 'f\ng', null, 3])).toBe('a,"b ""c""","d,e","f\ng",,3\r\n');
});

test.each([' =1', '＝1', '=HYPERLINK("http://evil.example")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])(
  'a text that spreadsheets take for a formula is a text: %j',
  (text) => {
    expect(csvLine([text])).toMatch(/^"?'/);
  },
);

test('numbers stay numbers, also below nought', () => expect(csvLine([-5])).toBe('-5\r\n'));

async function* pages(count: number) {
  for (let page = 1; page <= count; page++) {
    if (page === 3) throw new Error('the line was cut');
    yield [[`row ${page}`]];
  }
}

test('a file is its header and the rows of every page', async () => {
  const answer = await csvFile('x.csv', ['name'], pages(2));
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="x.csv"');
  expect(await answer.text()).toBe('name\r\nrow 1\r\nrow 2\r\n');
  expect(await (await csvFile('x.csv', ['name'], pages(0))).text()).toBe('name\r\n');
});

test('rows that cannot be read break the file off instead of ending it', async () => {
  await expect((await csvFile('x.csv', ['name'], pages(3))).text()).rejects.toThrow('the line was cut');
});
