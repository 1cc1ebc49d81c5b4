/** One page of plain lines as a PDF that every reader opens. Letters outside of Latin-1 become question marks; the euro is kept. */
export function pdf(lines: string[]): Buffer<ArrayBuffer> {
  const content = ['BT /F1 11 Tf 56 780 Td 18 TL', ...lines.map((line) => `(${escaped(line)}) Tj T*`), 'ET'].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** WinAnsi has the euro and the multiplication sign at one byte each. */
function escaped(line: string): string {
  return [...line.replaceAll('€', '\u0080')]
    .map((letter) => (letter.charCodeAt(0) > 255 || letter.length > 1 ? '?' : letter))
    .join('')
    .replaceAll(/[\\()]/g, (letter) => `\\${letter}`);
}
