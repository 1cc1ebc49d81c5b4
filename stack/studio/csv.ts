/** RFC 4180, NULL as nothing. */
export function toCsv(columns: string[], rows: (string | null)[][]): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(value: string | null): string {
  if (value === null) return '';
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A name that people gave themselves must not be a formula in the operator's spreadsheet. */
function harmless(value: string): string {
  return /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d[\d.:e+-]*$/i.test(value) ? `'${value}` : value;
}
