/** Shapes of the rows that the scan bench makes. Each row is 60 bytes long, its line end included. */
export type RowShape =
  | 'email'
  | 'mobile'
  | 'crlf'
  | 'quoted'
  | 'umlauts'
  | 'notes'
  | 'accents'
  | 'lines'
  | 'escaped'
  | 'invalid'
  | 'repeated';

const shapes: Record<RowShape, (n: string, code: string) => string> = {
  email: (n, code) => `customer.${n}@mail.example.com,SPRING24-${code}PLUSX\n`,
  mobile: (n, code) => `+91${n},SPRINGSALE-2024-ONLINE-BANGALORE-007-${code}\n`,
  crlf: (n, code) => `customer.${n}@mail.example.com,SPRING24-${code}PLUS\r\n`,
  quoted: (n, code) => `"customer.${n}@mail.example.com","SPRING24-${code}P"\n`,
  umlauts: (n, code) => `customer.${n}@müller.example.de,SPRING24-${code}ABC\n`,
  // Text beside the checked columns, with a quote in it.
  notes: (n, code) => `${n}@mail.example.com,${code},"Zoë said ""hello!"""\n`,
  accents: (n, code) => `customer.${n}@mail.example.com,ÉTÉ2024-${code}-ÇA\n`,
  // The row kernel reads these one by one, and leaves those with quotes in a checked cell to the row reader.
  lines: (n, code) => `${n}@mail.example.com,${code},"12 High Street,\nBath"\n`,
  escaped: (n, code) => `"customer.${n}@mail.ex""am"".com",SPRING24-${code}PS\n`,
  invalid: (n, code) => `customer.${n}#mail.example.com,SPRING24-${code}PLUSX\n`,
  // One code in sixteen stands again within a few rows.
  repeated: (n, code) => `customer.${n}@mail.example.com,SPRING24-${code}PLUSX\n`,
};

export const rowBytes = 60;

/**
 * Two columns, a customer and a code that differs in every row, in chunks of 64 KiB; `bytes` long, rounded down to
 * whole rows. The same bytes in every run. The chunk is overwritten by the next one, as a socket's buffer would be.
 */
export function* makeRows(shape: RowShape, bytes: number): Generator<Buffer, void, void> {
  const template = Buffer.from(shapes[shape]('9000000000', '00000000'));
  if (template.length !== rowBytes) throw new RangeError(`a ${shape} row has ${template.length} bytes`);
  const numberAt = template.indexOf('9000000000') + 1;
  const codeAt = template.indexOf('00000000', numberAt + 10);
  const chunk = Buffer.alloc(65_536);
  const row = Buffer.alloc(rowBytes);
  let rows = 0;
  let offset = rowBytes;
  const total = bytes - (bytes % rowBytes);
  for (let made = 0; made < total; ) {
    const size = Math.min(chunk.length, total - made);
    for (let at = 0; at < size; ) {
      if (offset === rowBytes) {
        template.copy(row);
        const n = shape === 'repeated' && rows % 16 === 0 ? rows >>> 1 : rows;
        writeDigits(row, numberAt, 9, rows, 10);
        // An odd factor is a permutation: no code comes twice, and none follows its neighbour.
        writeDigits(row, codeAt, 8, Math.imul(n, 0x9e3779b1) >>> 0, 16);
        rows++;
        offset = 0;
      }
      const count = Math.min(size - at, rowBytes - offset);
      row.copy(chunk, at, offset, offset + count);
      at += count;
      offset += count;
    }
    made += size;
    yield size === chunk.length ? chunk : chunk.subarray(0, size);
  }
}

function writeDigits(row: Buffer, at: number, digits: number, value: number, base: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const digit = rest % base;
    row[i] = digit < 10 ? 48 + digit : 55 + digit;
    rest = Math.floor(rest / base);
  }
}
