import type { Dice } from './create-dice.ts';

/** A file as somebody might send it, and its name in the counts. */
export interface SoakFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const sizes = [
  ['1 KiB', 20],
  ['64 KiB', 1_500],
  ['1 MiB', 25_000],
  ['8 MiB', 200_000],
] as const;

let nextCode = 1;

/** Good files of several sizes, the large ones rarely, and one in six that something is wrong with. */
export function soakFile(dice: Dice, redeemed: boolean): SoakFile {
  if (dice.isIn(16)) return dice.pick(faultyFiles);
  const [name, rows] = sizes[Math.min(dice.roll(4), dice.roll(4))] as (typeof sizes)[number];
  const lines = [redeemed ? 'date,till,user,coupon' : 'mobile,coupon'];
  for (let row = 0; row < rows; row += 1) {
    const code = `CODE-${nextCode++}-abcdefghijklmn`;
    const mobile = 919_000_000_000 + row;
    lines.push(redeemed ? `1717651325445,till-1,${row + 1},${code}` : `${mobile},${code}`);
  }
  return { name, bytes: Buffer.from(`${lines.join('\n')}\n`) };
}

const faultyFiles: readonly SoakFile[] = [
  { name: 'an empty file', bytes: Buffer.alloc(0) },
  { name: 'no rows', bytes: Buffer.from('a,b,c,d\n') },
  { name: 'a spreadsheet', bytes: Buffer.from('PK\u0003\u0004 and so on\n1,2,3,4\n') },
  { name: 'an open quote', bytes: Buffer.from(`a,b,c,d\n1,2,3,"${'x,4\n'.repeat(5_000)}`) },
  { name: 'empty cells', bytes: Buffer.from(`a,b,c,d\n${',,,\n'.repeat(5_000)}`) },
  { name: 'no UTF-8', bytes: Buffer.from('a,b,c,d\n1,2,3,\xff\xfe\n', 'latin1') },
];
