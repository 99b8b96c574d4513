import { kernelMemory } from './row-kernel-memory.ts';
import { block, type Code, goTo, goToIf, i32, i64, type Label, type Local, loop, when } from './wasm-code.ts';

const prime1 = i64.const(0x9e3779b185ebca87n);
const prime2 = i64.const(0xc2b2ae3d27d4eb4fn);
const prime3 = i64.const(0x165667b19e3779f9n);

/** The same byte eight times. */
function everyByte(byte: bigint): Code {
  return i64.const(byte * 0x0101010101010101n);
}

/** Turns A to Z into lower case, eight bytes at once, and leaves every other byte. */
function fold(word: Local): Code {
  const ascii = i64.and(word.get, everyByte(0x7fn));
  // The top bit of each byte of these says: at least "A"; past "Z"; no ASCII at all.
  const fromA = i64.add(ascii, everyByte(0x3fn));
  const pastZ = i64.add(ascii, everyByte(0x25n));
  const capital = i64.andNot(i64.and(fromA, everyByte(0x80n)), i64.or(pastZ, word.get));
  return word.set(i64.or(word.get, i64.shr(capital, i64.const(2n))));
}

/** A round of xxHash64. */
function mix(hash: Local, word: Local): Code {
  const scrambled = i64.mul(i64.rotl(i64.mul(word.get, prime2), i64.const(31n)), prime1);
  return hash.set(i64.add(i64.mul(i64.rotl(i64.xor(hash.get, scrambled), i64.const(27n)), prime1), prime3));
}

/**
 * Hashes the bytes from `at` to `end`, ASCII letters as lower case, into `hash`. Moves `at` and uses `word`. Goes to
 * `beyondAscii`, where given, for a byte whose lower case is not known here.
 */
export function hashText(at: Local, end: Local, hash: Local, word: Local, beyondAscii?: Label): Code {
  const take: Code = [
    beyondAscii === undefined
      ? []
      : goToIf(beyondAscii, i64.ne(i64.and(word.get, everyByte(0x80n)), i64.const(0n))),
    fold(word),
    mix(hash, word),
  ];
  const left = i32.sub(end.get, at.get);
  const stir = (bits: bigint): Code => hash.set(i64.xor(hash.get, i64.shr(hash.get, i64.const(bits))));
  return [
    hash.set(i64.xor(i64.load(i32.const(kernelMemory.seed)), i64.extend(left))),
    block((done) =>
      loop((again) => [
        goToIf(done, i32.below(left, i32.const(8))),
        word.set(i64.load(at.get)),
        take,
        at.set(i32.add(at.get, i32.const(8))),
        goTo(again),
      ]),
    ),
    when(i32.ne(at.get, end.get), [
      // Eight bytes are read, and those past the end masked out.
      word.set(i64.and(i64.load(at.get), i64.lowestBits(i32.shl(left, i32.const(3))))),
      take,
    ]),
    stir(33n),
    hash.set(i64.mul(hash.get, prime2)),
    stir(29n),
    hash.set(i64.mul(hash.get, prime3)),
    stir(32n),
  ];
}
