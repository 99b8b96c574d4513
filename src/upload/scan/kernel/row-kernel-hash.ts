import { kernelMemory } from './row-kernel-memory.ts';
import {
  block,
  type Code,
  goTo,
  goToIf,
  i32,
  i64,
  type Label,
  type Local,
  type Locals,
  loop,
  when,
} from './wasm-code.ts';

const prime1 = i64.const(0x9e3779b185ebca87n);
const prime2 = i64.const(0xc2b2ae3d27d4eb4fn);
const prime3 = i64.const(0x165667b19e3779f9n);

/** The same byte eight times. */
function everyByte(byte: bigint): Code {
  return i64.const(byte * 0x0101010101010101n);
}

const none = i64.const(0n);

function topBitsOf(bytes: Code): Code {
  return i64.and(bytes, everyByte(0x80n));
}

/** Sets the top bit of each byte whose lower seven bits are at least `least`; the other bits mean nothing. */
function atLeast(bytes: Code, least: bigint): Code {
  return i64.add(i64.and(bytes, everyByte(0x7fn)), everyByte(0x80n - least));
}

/**
 * Turns the bytes whose top bit is set in `capitals` into lower case: each letter here differs from its
 * capital in the same bit of one byte.
 */
function toLower(word: Local, capitals: Code): Code {
  return word.set(i64.or(word.get, i64.shr(topBitsOf(capitals), i64.const(2n))));
}

/** Turns A to Z into lower case, eight bytes at once, and leaves every other byte. */
function fold(word: Local): Code {
  const notCapital = i64.or(atLeast(word.get, 0x5bn), word.get);
  return toLower(word, i64.andNot(atLeast(word.get, 0x41n), notCapital));
}

/**
 * The same for the letters from U+00C0 to U+00DE, but for the sign at U+00D7: in UTF-8 they are 0xC3 and then 0x80 to 0x9E.
 * Goes to `beyond` for any character past U+00FF, which begins with a larger byte.
 */
function foldLatin1({ word, leads, lead }: HashLocals, beyond: Label): Code {
  // For bytes from 0x80 on, by their lower seven bits.
  const from = (byte: bigint): Code => topBitsOf(i64.and(word.get, atLeast(word.get, byte - 0x80n)));
  const isTheSign = i64.xor(atLeast(i64.xor(word.get, everyByte(0x17n)), 1n), everyByte(0x80n));
  return [
    goToIf(beyond, i64.ne(from(0xc4n), none)),
    leads.set(from(0xc3n)),
    lead.set(i64.or(lead.get, i64.shl(leads.get, i64.const(8n)))),
    toLower(word, i64.andNot(lead.get, i64.or(atLeast(word.get, 0x1fn), isTheSign))),
    lead.set(i64.shr(leads.get, i64.const(56n))),
  ];
}

/** A round of xxHash64. */
function mix(hash: Local, word: Local): Code {
  const scrambled = i64.mul(i64.rotl(i64.mul(word.get, prime2), i64.const(31n)), prime1);
  return hash.set(i64.add(i64.mul(i64.rotl(i64.xor(hash.get, scrambled), i64.const(27n)), prime1), prime3));
}

/** What `hashText` works with. */
export interface HashLocals {
  /** The text is from `at`, which is moved, to `end`. */
  readonly at: Local;
  readonly end: Local;
  readonly hash: Local;
  /** Eight bytes of it, and the bytes of 0xC3 among them and before. */
  readonly word: Local;
  readonly leads: Local;
  readonly lead: Local;
}

/** Adds the locals that `hashText` needs besides `at` and `end`. */
export function addHashLocals(locals: Locals, at: Local, end: Local): HashLocals {
  const add = (): Local => locals.add('i64');
  return { at, end, hash: add(), word: add(), leads: add(), lead: add() };
}

/**
 * Hashes a text, with letters up to U+00FF in lower case. Goes to `beyond` for any other letter, whose lower
 * case only JavaScript knows; without `beyond` the text must be in lower case already, except for ASCII.
 */
export function hashText(locals: HashLocals, beyond?: Label): Code {
  const { at, end, hash, word, lead } = locals;
  const take: Code = [
    beyond === undefined ? [] : when(i64.ne(topBitsOf(word.get), none), foldLatin1(locals, beyond)),
    fold(word),
    mix(hash, word),
  ];
  const left = i32.sub(end.get, at.get);
  const stir = (bits: bigint): Code => hash.set(i64.xor(hash.get, i64.shr(hash.get, i64.const(bits))));
  return [
    hash.set(i64.xor(i64.load(i32.const(kernelMemory.seed)), i64.extend(left))),
    lead.set(none),
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
