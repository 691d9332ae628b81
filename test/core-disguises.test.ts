// Every disguise that the tool claims to see through, on every kind of secret, by a generator of the tests' own.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { ESCAPES, FORMS, MIRRORS } from "../src/core/disguises.ts";
import { createKnownScrubber, createScrubber } from "../src/core/scrub.ts";
import {
  broken,
  DISGUISE_NAMES,
  DISGUISES,
  disguised,
  drawing,
  isClaimed,
  SECRET_KINDS,
  SECRETS,
  toldOf,
} from "./support/disguises.ts";

const AROUND = [
  (text: string) => text,
  (text: string) => `[ws] closed before connect conn=x reason=${text} code=1008`,
  (text: string) => `before ${text} behind`,
  (text: string) => `{"message":"it is ${text}","code":1008}`,
  (text: string) => `("${text}")`,
  (text: string) => `origin=http://h/${text}/x host=h`,
] as const;

for (const name of DISGUISE_NAMES)
  test(`a known secret as ${name}`, () => {
    const draw = drawing(0xd15c8 + name.length);
    for (const kind of SECRET_KINDS) {
      if (!isClaimed(kind, name)) continue;
      for (let turn = 0; turn < 40; turn += 1) {
        const secret = SECRETS[kind](draw);
        const shown = disguised(secret, name, draw);
        const text = draw.pick(AROUND)(shown);
        const scrub = draw.chance(0.5)
          ? createKnownScrubber(["another-secret-77", secret])
          : (text: string) => createScrubber([secret, "another-secret-77"])(text).text;
        const clean = scrub(text);
        // What stands around a secret in base64 is none.
        const told = toldOf(clean, secret, name === "base64" ? secret : shown);
        assert.equal(told, undefined, JSON.stringify({ kind, secret, text, clean }));
        assert.equal(clean.split("\n").length, text.split("\n").length, JSON.stringify({ text, clean }));
        assert.equal(scrub(clean), clean);
      }
    }
  });

const WORDS = ["correct", "horse", "staple", "Tr0ub4dor", "W1nter", "battery", "harbour", "se7en"];
/** Of 32 bytes that were drawn. */
const DRAWN: Readonly<Record<string, (bytes: Buffer) => string>> = {
  "hex digits": (bytes) => bytes.toString("hex"),
  "half as many hex digits": (bytes) => bytes.subarray(0, 16).toString("hex"),
  base64: (bytes) => bytes.toString("base64"),
  base64url: (bytes) => bytes.toString("base64url"),
  "a UUID": (bytes) => bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
  "words with dashes": (bytes) => [...bytes.subarray(0, 4)].map((at) => WORDS[at % WORDS.length]).join("-"),
  "a key with a prefix": (bytes) => `sk_live_${bytes.toString("base64url").slice(0, 24)}`,
  "letters of both cases": (bytes) =>
    bytes
      .toString("base64")
      .replace(/[^A-Za-z]/g, "")
      .slice(0, 14),
};

for (const [kind, make] of Object.entries(DRAWN))
  test(`nothing of a known value stays, not at its ends either: ${kind}`, () => {
    for (let turn = 0; turn < 150; turn += 1) {
      const secret = make(createHash("sha256").update(`${kind} ${turn}`).digest());
      for (const scrub of [
        createKnownScrubber([secret]),
        (text: string) => createScrubber([secret])(text).text,
      ]) {
        const clean = scrub(`x client=${secret} y`);
        assert.match(clean, /^x client=[^A-Za-z0-9<]{0,3}<redacted>[^A-Za-z0-9]{0,3} y$/, secret);
      }
    }
  });

test("half of a phrase is known by two of its words, and everybody's words are not", () => {
  const scrub = createKnownScrubber(["glacier & harbour's 8", "the gateway token is fine"]);
  assert.doesNotMatch(scrub("it's glacier & harbour"), /glacier|harbour/);
  assert.doesNotMatch(createKnownScrubber(["kettle-marble-harbour-mango"])("harbour\nmango"), /arbour|ang/);
  const line = "the gateway token is missing, gateway token is not fine";
  assert.equal(scrub(line), line);
});

test("the tests' list is the tool's list", () => {
  for (const name of [...Object.keys(ESCAPES), ...Object.keys(FORMS), ...Object.keys(MIRRORS)])
    assert.ok(Object.hasOwn(DISGUISES, name), name);
});

describe("what is no secret stays", () => {
  const secrets = SECRET_KINDS.flatMap((kind) => [1, 2, 3].map((seed) => SECRETS[kind](drawing(seed))));
  const scrub = createKnownScrubber([...secrets, "openclaw", "gateway", "password", "pairing", "123456"]);
  for (const text of [
    "openclaw gateway: pairing required, unauthorized: gateway password mismatch (1008)",
    "conn=11ae341f-d33e-4e81-bc26-43e9f77584fc requestId=0b0e7a10-95c4-47cb-bd4c-460014a47e3b port=1234567",
    "device=daaa500cab4d51fd130c92c403b7cc8ce38ba0ad4c9dcfc1a0087b19b2ead317",
    "walnut harbour sextant mango violin tundra pepper glacier juniper saffron kettle marble",
    "ua=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "%7B%22cause%22%3A%22pairing-required%22%7D &quot;cause&quot; \\u0022cause\\u0022",
  ])
    test(text, () => assert.equal(scrub(text), text));

  test("words at an end with which a token begins, too", () => {
    const own = createKnownScrubber(["openclaw-gateway-token-4711", "pairing.required.1234"]);
    for (const text of [
      "ghcr.io/openclaw/openclaw",
      "the gateway of openclaw-gateway-…",
      "1008 pairing required",
    ])
      assert.equal(own(text), text);
    assert.equal(
      own("it is openclaw-gateway-token-47…"),
      "it is openclaw-gateway-token-47…".replace(/open.*47/, "<redacted>"),
    );
  });

  test("in the lines of real gateways, however many secrets are known", () => {
    const draw = drawing(7);
    const many = createKnownScrubber(
      Array.from({ length: 300 }, () => SECRETS[draw.pick(SECRET_KINDS)](draw)),
    );
    for (let turn = 0; turn < 300; turn += 1) {
      const ids = [36, 64, 12].map((length) => SECRETS["64 hex digits"](draw).toLowerCase().slice(0, length));
      const text = `[ws] closed before connect conn=${ids[0]} device=${ids[1]} build=${ids[2]} remote=172.18.0.1`;
      assert.equal(many(text), text);
    }
  });
});

describe("the time grows with the length alone", () => {
  const draw = drawing(3);
  const known = [
    ...SECRET_KINDS.map((kind) => SECRETS[kind](draw)),
    "a".repeat(40),
    "ab".repeat(2000),
    "-----BEGIN PRIVATE KEY-----",
  ];
  const scrub = createScrubber(known);
  const bricks: readonly string[] = [
    "a",
    "ab",
    "a ",
    "%61",
    "%2561",
    "\\",
    '\\"',
    "\\\\",
    '"',
    "'",
    "&",
    "&#97;",
    "&amp;",
    "0x61,",
    "token",
    "token=",
    'token="',
    "token='x token='",
    '"token":"',
    "token: ",
    "token:",
    "--token ",
    "password is ",
    "://a:",
    "://",
    "x-a-",
    "x-auth",
    "cookie: ",
    "authorization: bearer ",
    "eyJ",
    "?auth=",
    "config set a.",
    "0123456789abcdef",
    "=\n",
    "a%2\n",
    "&a \n",
    "0\n",
    "token=a1\n",
    "\n",
    "\u200b",
    "e\u0301",
    "令牌",
    "ａ",
    "-----BEGIN PRIVATE KEY-----",
    known[0]?.slice(0, -1) ?? "",
    known[6]?.slice(0, -1) ?? "",
  ];
  /** The quickest of some runs, in the process's own time: what else the machine does is not in it. */
  const cost = (text: string): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < 4; turn += 1) {
      const started = process.cpuUsage();
      scrub(text);
      scrub.goesOn(text);
      scrub.head(text, 500);
      const { user, system } = process.cpuUsage(started);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  };
  for (const brick of bricks)
    test(`of ${JSON.stringify(brick).slice(0, 40)}, again and again`, () => {
      const [short, long] = [4_000, 64_000].map((length) =>
        cost(brick.repeat(Math.ceil(length / brick.length))),
      );
      // Sixteen times as long; what is quadratic takes 256 times as long.
      assert.ok((long ?? 0) < 64 * Math.max(short ?? 0, 0.5), `${short} ms, ${long} ms`);
    });
});

test("a secret over the end of a line, at each of its places", () => {
  const draw = drawing(11);
  for (const kind of SECRET_KINDS) {
    const secret = SECRETS[kind](draw);
    const scrub = createScrubber([secret]);
    for (let turn = 0; turn < 40; turn += 1) {
      const shown = broken(secret, draw);
      const clean = scrub(`conn=x ${shown} y`).text;
      assert.equal(toldOf(clean, secret, shown), undefined, JSON.stringify({ secret, shown, clean }));
    }
  }
});

test("in another encoding, with a character that was lost on the way", () => {
  const draw = drawing(13);
  for (const kind of SECRET_KINDS)
    for (const name of ["hex", "base64", "base64 twice", "base32"] as const) {
      const secret = SECRETS[kind](draw);
      const shown = DISGUISES[name](secret, draw);
      const at = Math.floor(shown.length / 2);
      const torn = `conn=x ${shown.slice(0, at)}\u0001${shown.slice(at + 1)} y`;
      const clean = createScrubber([secret])(torn).text;
      const told = toldOf(clean, secret, name === "base64" ? secret : shown);
      assert.equal(told, undefined, JSON.stringify({ kind, name, torn, clean }));
    }
});
