/** Bytes that are looked at together, how far the next look is away, and what is never between two looks. */
const GRAM = 4;
const STEP = 4;
const SHORTEST = GRAM + STEP - 1;

/** Characters of a log, the most common ones first: a gram of rare ones is met by chance less often. */
const COMMON = " e0tani1o2rs3dl45c6:h78u9.-pmgfw/=b_vyk\"T[]Z,(){}'jxqzSCEAIRPOLDNMGUWFHBVJKXQY";

/** What stands in every line of somebody's log: a gram of it is no choice where there is another one. */
const EVERYTHING =
  'openclaw-gateway-1  | [gateway/channels] [gateway] [agent/embedded] {"subsystem":"gateway/channels"} ' +
  '"message":" "_meta":{"runtime":"node" logLevelName":"INFO" "date":"2026- "time":"2026- telegram whatsapp discord slack ' +
  "socket closed opened timed out retrying started listening session message channel connected connection reconnecting update received request response error failed " +
  "warning timeout tool model provider agent run started finished completed in ms status text chat user token tokens " +
  "stdout F stderr F 2026-11-22T12:34:56.789Z 2026-12-03T01:10:00.012+00:00 chat=123456789 id=987654321 ms handled in " +
  " docker kubernetes container systemd clawdbot node[ http://127.0.0.1:18789 https://api. ";

/** Its grams. */
export const EVERYWHERE: readonly number[] = [
  ...new Set(
    Array.from(EVERYTHING, (_, at) => gramAt(new TextEncoder().encode(EVERYTHING.slice(at, at + GRAM)), 0)),
  ),
];

/**
 * Four bytes of each needle for each of the four ways in which a look at every fourth byte may fall upon it: rare ones,
 * and such that other needles have, too. A text without any of them, at places that four divides, has none of the
 * needles. As 32-bit numbers, the first byte lowest.
 * @throws {RangeError} a needle is shorter than seven bytes.
 */
export function gramsOf(needles: readonly string[]): ReadonlySet<number> {
  const grams = new Set<number>();
  const encoder = new TextEncoder();
  // Those that leave no choice come first.
  const all = needles.map((needle) => encoder.encode(needle)).sort((a, b) => a.length - b.length);
  for (const bytes of all) {
    if (bytes.length < SHORTEST) throw new RangeError(`a needle has ${bytes.length} bytes`);
    for (let way = 0; way < STEP; way += 1) {
      let best: { readonly gram: number; readonly score: number } | undefined;
      for (let at = way; at + GRAM <= bytes.length; at += STEP) {
        const gram = gramAt(bytes, at);
        const score = rarity(bytes, at) + (grams.has(gram) ? 8 : 0);
        if (best === undefined || score > best.score) best = { gram, score };
      }
      if (best !== undefined) grams.add(best.gram);
    }
  }
  return grams;
}

function gramAt(bytes: ArrayLike<number>, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

function rarity(bytes: Uint8Array, at: number): number {
  const gram = String.fromCharCode(...bytes.subarray(at, at + GRAM));
  let sum = EVERYTHING.includes(gram) || /\d.?\d/.test(gram) ? -100 : 0;
  for (const byte of bytes.subarray(at, at + GRAM)) {
    const rank = COMMON.indexOf(String.fromCharCode(byte));
    sum += Math.log2(rank < 0 ? COMMON.length + 40 : rank + 2);
  }
  return sum;
}
