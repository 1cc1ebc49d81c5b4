import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

const maxBytes = 5 * 1024 * 1024;
/** How many of the last lines are kept in memory, to show them when the service fails. */
const tailLines = 40;

/**
 * Output of one service: each line to `<home>/logs/<name>.log` (at most two files of 5 MB: the current one and the one
 * before), and with the name in front to `echo`.
 */
export class ServiceLog {
  readonly file: string;
  readonly #name: string;
  readonly #echo: (line: string) => void;
  readonly #tail: string[] = [];
  #descriptor: number;
  #bytes: number;

  constructor(home: string, name: string, echo: (line: string) => void) {
    const folder = join(home, 'logs');
    mkdirSync(folder, { recursive: true });
    this.#name = name;
    this.#echo = echo;
    this.file = join(folder, `${name}.log`);
    this.#descriptor = openSync(this.file, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  follow(stream: Readable): void {
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => this.write(line));
  }

  write(line: string): void {
    if (this.#bytes > maxBytes) this.#rotate();
    this.#bytes += writeSync(this.#descriptor, `${line}\n`);
    this.#tail.push(line);
    if (this.#tail.length > tailLines) this.#tail.shift();
    this.#echo(`${this.#name.padEnd(9)} | ${line}`);
  }

  /** The last lines, for a message about the service's end. */
  get tail(): string[] {
    return [...this.#tail];
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    renameSync(this.file, `${this.file}.1`);
    this.#descriptor = openSync(this.file, 'a', 0o600);
    this.#bytes = 0;
  }
}
