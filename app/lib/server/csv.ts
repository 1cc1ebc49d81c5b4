export type Cell = string | number | null;

/** One line of RFC 4180, null as nothing. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\r\n`;
}

function field(value: Cell): string {
  if (value === null) return '';
  const text = typeof value === 'number' ? String(value) : harmless(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What people wrote must not be a formula in the spreadsheet of who opens the file; the rule is that of `private.csv_field()`. */
function harmless(value: string): string {
  return /^\s*[=+\-@＝＋－＠\t\r\n]/.test(value) ? `'${value}` : value;
}

/**
 * A file that is sent while its rows are read. The first rows are read before anything is answered, so that a refusal is one; a failure
 * later breaks the download off, which no reader takes for the whole file.
 */
export async function csvFile(
  name: string,
  header: readonly string[],
  pages: AsyncGenerator<readonly (readonly Cell[])[]>,
): Promise<Response> {
  const lines = (rows: readonly (readonly Cell[])[]) => rows.map(csvLine).join('');
  const first = await pages.next();
  let begin = csvLine(header) + (first.done ? '' : lines(first.value));
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (begin) {
        controller.enqueue(encoder.encode(begin));
        begin = '';
        return;
      }
      const page = await pages.next();
      if (page.done) controller.close();
      else controller.enqueue(encoder.encode(lines(page.value)));
    },
    async cancel() {
      await pages.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}
