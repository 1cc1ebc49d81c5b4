// What is left of a story that failed: how each of its pages looked, where it was, and what it said meanwhile.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { onTestFailed } from 'vitest';

const folder = join('test-results', 'failures');
/** Of each page the last ones. */
const mostLines = 60;
const lookMs = 10_000;

/** To be called where a page is opened, inside a test. The log gets the words, test-results/failures also the picture. */
export function keepTraces(page: Page): void {
  const lines: string[] = [];
  const note = (line: string) => {
    lines.push(`${new Date().toISOString()} ${line}`);
    if (lines.length > mostLines) lines.shift();
  };
  page.on('console', (message) => note(`console.${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => note(`error: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    note(`request failed: ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ''}`);
  });
  page.on('response', (answer) => {
    if (answer.status() >= 400) note(`answered ${answer.status()}: ${answer.request().method()} ${answer.url()}`);
  });
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) note(`navigated to ${frame.url()}`);
  });
  onTestFailed(async ({ task }) => {
    if (page.isClosed()) return;
    mkdirSync(folder, { recursive: true });
    const name = `${task.name.replace(/[^\w]+/g, '-').slice(0, 80)}-${crypto.randomUUID().slice(0, 8)}`;
    const seen = await Promise.allSettled([
      page.locator('body').ariaSnapshot({ timeout: lookMs }),
      page.screenshot({ path: join(folder, `${name}.png`), timeout: lookMs }),
    ]);
    const [tree] = seen.map((look) => (look.status === 'fulfilled' ? String(look.value) : String(look.reason)));
    const text = [`${task.name}: the page was at ${page.url()}`, ...lines, 'It showed:', tree].join('\n');
    writeFileSync(join(folder, `${name}.txt`), text);
    console.error(text);
  });
}
