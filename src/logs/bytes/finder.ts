import { MODULE } from "./finder-module.ts";
import { gramsOf } from "./grams.ts";

/** Where the text begins in a finder's memory, and how many bytes of it there is room for. */
const TEXT = 131_072;
const PLACES = 8192;
const ROOM = 10 * 65_536 - TEXT;
/** The finder looks at 64 bytes at once, also behind the end. */
const BLOCK = 64;

/** Of the hashes: one with which few grams of every log look like one of ours (`EVERYWHERE`; a test counts them). */
const FACTOR = 0xe192b7d9;

/** Looks for grams among bytes, four times faster than they could be decoded. */
export interface Finder {
  /** The memory that is searched: places are in it. Longer than `size`. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly size: number;
  /** The first place from `from` on, in steps of four bytes, where a gram stands; `to` where there is none. */
  find(from: number, to: number): number;
  /** The first place of a byte; `to` where there is none. */
  seek(from: number, to: number, byte: number): number;
  /** Line feeds. */
  count(from: number, to: number): number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly factor: { value: number };
  readonly find: (from: number, to: number) => number;
  readonly seek: (from: number, to: number, byte: number) => number;
  readonly count: (from: number, to: number) => number;
}

/** The part of the platform that is needed; the page and Node both have it, and a policy may forbid it. */
interface Platform {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

let compiled: object | undefined;

/** A finder of everything that has one of the needles in it; `undefined` where the platform has no WebAssembly with SIMD. */
export function finderOf(needles: readonly string[]): Finder | undefined {
  const { WebAssembly: wasm } = globalThis as Platform;
  if (wasm === undefined) return undefined;
  try {
    compiled ??= new wasm.Module(Uint8Array.from(atob(MODULE), (character) => character.charCodeAt(0)));
    const { memory, factor, find, seek, count } = new wasm.Instance(compiled).exports as Exports;
    factor.value = FACTOR;
    fill(memory.buffer, gramsOf(needles));
    return {
      text: new Uint8Array(memory.buffer, TEXT),
      size: ROOM - BLOCK,
      find: (from, to) => Math.min(to, find(from + TEXT, to + TEXT) - TEXT),
      seek: (from, to, byte) => seek(from + TEXT, to + TEXT, byte) - TEXT,
      count: (from, to) => count(from + TEXT, to + TEXT),
    };
  } catch {
    return undefined;
  }
}

function fill(memory: ArrayBuffer, grams: ReadonlySet<number>): void {
  if (grams.size > PLACES / 2) throw new RangeError("too many grams for the finder's table");
  const first = new Uint8Array(memory, 0, 65_536);
  const places = new Uint32Array(memory, 65_536, PLACES);
  for (const gram of grams) {
    const hash = hashOf(gram);
    first[hash] = 1;
    let place = hash & (PLACES - 1);
    while (places[place] !== 0) place = (place + 1) & (PLACES - 1);
    places[place] = gram;
  }
}

/** The place of a gram in the first table. */
export function hashOf(gram: number, factor = FACTOR): number {
  return Math.imul(gram, factor) >>> 16;
}
