/**
 * Planted secrets in whole files: tickets, configs, manifests, what engines and clusters print, pages; mutated, packed,
 * torn and mixed as people hand them in.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Draw, drawing, SECRET_KINDS, SECRETS } from "../support/disguises.ts";
import { type Known, knownIn, LANGUAGES, namedIn, noise } from "./secrets.ts";
import { ALL_FORMATS, type Fuzzed, type FuzzOptions, type Planted, Watch } from "./watched.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);
const MOST = 60_000;

interface Sample {
  readonly name: string;
  readonly text: string;
}

const SAMPLES: readonly Sample[] = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:json|jsonl|log|txt|md|html|events)$/.test(entry.name))
  .map((entry) => ({ name: entry.name, text: readFileSync(join(entry.parentPath, entry.name), "utf8") }))
  .filter(({ text }) => text.length < MOST);

/** One to three files a run, in one language, brief or whole, and every format. */
export async function fuzzFiles({ seed, inputs, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const draw = drawing(seed);
  using watch = new Watch(seed);
  const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-fuzz-"));
  try {
    while (watch.inputs < inputs) {
      const known = [draw.pick(SECRET_KINDS), draw.pick(SECRET_KINDS)].map((kind) => ({
        kind,
        secret: SECRETS[kind](draw),
      }));
      const planted: Planted[] = [];
      const paths = Array.from({ length: Math.min(1 + draw.int(3), inputs - watch.inputs) }, (_, index) => {
        const sample = draw.pick(SAMPLES);
        const { name, bytes } = packed(sample.name, mutatedFile(sample, known, planted, draw), draw);
        const path = join(dir, `${index}-${name}`);
        writeFileSync(path, bytes);
        return path;
      });
      const how = ["--lang", draw.pick(LANGUAGES)];
      await watch.run(["triage", ...how, ...(draw.chance(0.3) ? ["--verbose"] : []), ...paths], {
        env: Object.fromEntries(
          known.map(({ secret }, index) => [
            `OPENCLAW_GATEWAY_${index === 0 ? "TOKEN" : "PASSWORD"}`,
            secret,
          ]),
        ),
        planted,
        input: [],
        formats: ALL_FORMATS,
      });
      for (const path of paths) rmSync(path);
      watch.done(paths.length, onProgress);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return watch.result();
}

function mutatedFile({ text }: Sample, known: readonly Known[], planted: Planted[], draw: Draw): string {
  let mutated = text;
  for (let turn = draw.int(4); turn > 0; turn -= 1) mutated = mutatedText(mutated, draw);
  for (let turn = draw.int(4); turn > 0; turn -= 1) {
    const one = draw.chance(0.6) ? knownIn(draw, known) : namedIn(draw);
    planted.push(one);
    mutated = draw.chance(0.5) ? inValue(mutated, one.text, draw) : inserted(mutated, one.text, draw);
  }
  return mutated;
}

function mutatedText(text: string, draw: Draw): string {
  const at = draw.int(text.length + 1);
  const end = at + draw.int(draw.chance(0.2) ? 4000 : 60);
  const other = draw.pick(SAMPLES).text;
  return draw
    .pick([
      () => text.slice(0, at) + text.slice(end),
      () => text.slice(0, at) + text.slice(at, end).repeat(1 + draw.int(30)) + text.slice(end),
      () => text.slice(0, at) + noise(draw) + text.slice(at),
      () => text.slice(0, at) + other.slice(draw.int(other.length)) + text.slice(at),
      () => text.slice(0, at),
      () => `${text}\n${other}`,
      () => text.replaceAll("\n", draw.pick(["\r\n", "\r", "\n> ", "\\n", " "])),
      () => text.replaceAll('"', draw.pick(["&quot;", '\\"', "'", "“"])),
    ])()
    .slice(0, MOST);
}

/** Somewhere, with whatever around it. */
function inserted(text: string, secret: string, draw: Draw): string {
  const at = draw.int(text.length + 1);
  const around = () => draw.pick([" ", "", '"', "\n"]);
  return `${text.slice(0, at)}${around()}${secret}${around()}${text.slice(at)}`;
}

/** As a string of a document: a value, or a name. */
function inValue(text: string, secret: string, draw: Draw): string {
  const strings = [...text.matchAll(/"[^"\\\n]{0,80}"/g)];
  if (strings.length === 0) return inserted(text, secret, draw);
  const { 0: old, index } = draw.pick(strings);
  const value = draw.chance(0.5) ? secret : `${old.slice(1, -1)} ${secret}`;
  return text.slice(0, index) + JSON.stringify(value) + text.slice(index + old.length);
}

/** As it is, in another encoding, or packed; now and then with bytes that nobody meant. */
function packed(name: string, text: string, draw: Draw): { readonly name: string; readonly bytes: Buffer } {
  const plain = Buffer.from(text);
  const made = draw.pick([
    () => ({ name, bytes: plain }),
    () => ({ name, bytes: plain }),
    () => ({ name, bytes: Buffer.from(`\ufeff${text}`, "utf16le") }),
    () => ({ name: `${name}.gz`, bytes: gzipSync(plain) }),
    () => ({ name: `${name}.tar.gz`, bytes: gzipSync(tarOf(name, plain)) }),
  ])();
  if (!draw.chance(0.2) || made.bytes.length === 0) return made;
  for (let turn = draw.int(4); turn >= 0; turn -= 1) made.bytes[draw.int(made.bytes.length)] = draw.int(256);
  return made;
}

/** One file (ustar). */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name.slice(-90), 0);
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        0ustar\u000000", 148);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const rest = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, rest, Buffer.alloc(1024)]);
}
