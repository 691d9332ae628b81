/**
 * Planted secrets through the whole command: mutated lines of real logs (`triage`), and configs of every kind
 * (`diagnose`, `fix --dry-run`), in every format, amount and language. Nothing of a secret may come out, no run may
 * take long, and the memory may not grow with what was read.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import JSON5 from "json5";
import {
  broken,
  DISGUISE_NAMES,
  type Draw,
  disguised,
  drawing,
  isClaimed,
  SECRET_KINDS,
  SECRETS,
  type SecretKind,
} from "../support/disguises.ts";
import { ALL_FORMATS, type Fuzzed, type FuzzOptions, type Planted, Watch } from "./watched.ts";

const LOGS = new URL("../../fixtures/logs/", import.meta.url);
const LINES = readdirSync(LOGS)
  .filter((name) => /\.(?:log|jsonl)$/.test(name))
  .flatMap((name) => readFileSync(new URL(name, LOGS), "utf8").split("\n"))
  .filter((line) => line !== "" && line.length < 3000);

/** Every way in which a report may be written. */
export const LANGUAGES = ["en", "zh"] as const;
const AMOUNTS = [[], ["--verbose"]] as const;

/** 200 lines a run, read once and told in every format; runs take turns in language and amount. */
export async function fuzzLogs({ seed, inputs, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const draw = drawing(seed);
  using watch = new Watch(seed);
  const size = 200;
  const ways = LANGUAGES.flatMap((lang) => AMOUNTS.map((amount) => ["--lang", lang, ...amount]));
  for (let done = 0; done < inputs; done += size) {
    const known = [draw.pick(SECRET_KINDS), draw.pick(SECRET_KINDS)].map((kind) => ({
      kind,
      secret: SECRETS[kind](draw),
    }));
    const planted: Planted[] = [];
    const text: string[] = [];
    for (let line = 0; line < Math.min(size, inputs - done); line += 1) {
      let mutated = mutatedLine(draw);
      if (draw.chance(0.3)) {
        const one = draw.chance(0.6) ? knownIn(draw, known) : namedIn(draw);
        planted.push(one);
        const at = draw.int(mutated.length + 1);
        mutated = `${mutated.slice(0, at)}${draw.pick([" ", "", '"'])}${one.text}${draw.pick([" ", "", '"'])}${mutated.slice(at)}`;
      }
      text.push(wrapped(mutated, draw));
    }
    const env = Object.fromEntries(
      known.map(({ secret }, index) => [`OPENCLAW_GATEWAY_${index === 0 ? "TOKEN" : "PASSWORD"}`, secret]),
    );
    const bytes = Buffer.from(text.join("\n"));
    const how = ways[(done / size) % ways.length] ?? [];
    const input = chunks(bytes, draw);
    await watch.run(["triage", "-", ...how], { env, planted, input, formats: ALL_FORMATS });
    watch.done(text.length, onProgress);
  }
  return watch.result();
}

/** Each config in one language, as it is shown and in two formats; every tenth as a preview of a fix, too. */
export async function fuzzConfigs({ seed, inputs, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const draw = drawing(seed);
  using watch = new Watch(seed);
  const dir = mkdtempSync(join(tmpdir(), "pairing-doctor-fuzz-"));
  const [config, log] = [join(dir, "openclaw.json"), join(dir, "gateway.log")];
  try {
    for (let done = 0; done < inputs; done += 1) {
      const planted: Planted[] = [];
      const text = configText(draw, planted);
      writeFileSync(config, text, { mode: 0o600 });
      // What a file that cannot be read does not tell, nobody knows where it stands elsewhere.
      const isRead = json5Of(text) !== undefined;
      writeFileSync(
        log,
        !isRead ? draw.pick(LINES) : Array.from({ length: 5 }, () => knownLine(draw, planted)).join("\n"),
      );
      const where = [
        "--config",
        config,
        "--log",
        log,
        "--target",
        "ws://127.0.0.1:1",
        "--deployment",
        "local",
      ];
      const how = [
        ...["--lang", draw.pick(LANGUAGES), "--timeout", "2"],
        ...["--release", draw.pick(["2026.2.1", "2026.3.13", "2026.5.28", "2026.9.6"])],
      ];
      await watch.run(["diagnose", ...where, ...how, ...draw.pick(AMOUNTS)], {
        env: {},
        planted,
        input: [],
        formats: [...new Set([draw.pick(ALL_FORMATS), draw.pick(ALL_FORMATS)])],
      });
      if (done % 10 === 0)
        for (const amount of [[], ["--verbose"], ["--json"]])
          await watch.run(["fix", "--dry-run", ...where, ...how, ...amount], {
            env: {},
            planted,
            input: [],
          });
      watch.done(1, onProgress);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return watch.result();
}

function json5Of(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch {
    return undefined;
  }
}

// ---- lines

function mutatedLine(draw: Draw): string {
  let line = draw.pick(LINES);
  for (let turn = draw.int(4); turn > 0; turn -= 1) {
    const at = draw.int(line.length + 1);
    const length = draw.int(40);
    const part = line.slice(at, at + length);
    line = draw.pick([
      () => line.slice(0, at) + line.slice(at + length),
      () => line.slice(0, at) + part + part + line.slice(at + length),
      () => line.slice(0, at) + noise(draw) + line.slice(at),
      () => line.slice(0, at) + draw.pick(LINES).slice(draw.int(200)),
      () => line.slice(0, at),
      () => line + " ".repeat(draw.int(3)) + draw.pick(LINES),
    ])();
  }
  return line.slice(0, 6000);
}

export function noise(draw: Draw): string {
  return Array.from({ length: draw.int(12) }, () =>
    String.fromCodePoint(
      draw.pick([draw.int(0x80), draw.int(0x3000), 0x200b, 0x202e, 0xe0041, 0x1b, 0x9b, 0x1f600]),
    ),
  ).join("");
}

/** As an engine, a cluster, a service manager or a person hands it on, line by line. */
function wrapped(text: string, draw: Draw): string {
  const wrap = draw.pick<(line: string) => string>([
    (line) => line,
    (line) => line,
    (line) => `openclaw-gateway-1  | ${line}`,
    (line) => `2026-11-22T12:25:55.812345678Z ${line}`,
    (line) => `[pod/openclaw-0/gateway] ${line}`,
    (line) => `Nov 22 12:25:55 host openclaw[123]: ${line}`,
    (line) => `> ${line}`,
    (line) => `\u001b[33m${line}\u001b[0m`,
    (line) => JSON.stringify({ log: `${line}\n`, stream: "stderr", time: "2026-11-22T12:25:55.812345678Z" }),
    (line) => JSON.stringify({ MESSAGE: line, _SYSTEMD_UNIT: "openclaw.service" }),
  ]);
  return text.split(/\r?\n/).map(wrap).join("\n");
}

function chunks(bytes: Buffer, draw: Draw): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + draw.int(draw.chance(0.1) ? 40 : 40_000);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

// ---- secrets

export interface Known {
  readonly kind: SecretKind;
  readonly secret: string;
}

/** One that the run knows, in any disguise. */
export function knownIn(draw: Draw, known: readonly Known[]): Planted {
  const { kind, secret } = draw.pick(known);
  const name = draw.pick(DISGUISE_NAMES.filter((one) => isClaimed(kind, one)));
  const shown = draw.chance(0.2) ? secret : disguised(secret, name, draw);
  // What stands around it in base64 is none.
  return { secret, shown: name === "base64" ? secret : shown, text: shown };
}

const WITHOUT_BLANKS: readonly SecretKind[] = [
  "gateway token",
  "64 hex digits",
  "base64url",
  "base64",
  "provider key",
  "short",
  "passphrase",
];
const BARE: readonly SecretKind[] = ["gateway token", "64 hex digits", "32 hex digits", "base64"];
const BROKEN: readonly SecretKind[] = ["gateway token", "64 hex digits"];

/** One that nobody knows, where its name or its looks tell. */
export function namedIn(draw: Draw): Planted {
  const secret = SECRETS[draw.pick(WITHOUT_BLANKS)](draw);
  const quoted =
    SECRETS[draw.pick([...WITHOUT_BLANKS, "with quotes", "with signs", "not English"] as const)](draw);
  const bare = SECRETS[draw.pick(BARE)](draw);
  const long = SECRETS[draw.pick(BROKEN)](draw);
  const json = JSON.stringify(quoted);
  const url = encodeURIComponent(secret);
  const halves = broken(long, once(draw));
  const shell = quoted.replaceAll("'", "'\\''");
  const escaped = JSON.stringify(` {"password":${json}} `).slice(1, -1);
  const plant = (secret: string, text: string, shown = secret): Planted => ({ secret, shown, text });
  return draw.pick([
    plant(secret, `http://h/?token=${url}`, url),
    plant(secret, `http://h/#bootstrapToken=${secret}`),
    plant(secret, `http://h/?x=1&auth=${url}&y=2`, url),
    plant(secret, `http://h/?x=1&sig=${url}&y=2`, url),
    plant(secret, `http://h/?%74o%6Ben=${secret}`),
    plant(secret, `http://h/?redirect=${encodeURIComponent(`http://i/?token=${secret}`)}`),
    plant(secret, `ws://operator:${url}@10.0.0.1:18789`, url),
    plant(secret, `Authorization: Bearer ${secret}`),
    plant(secret, `X-Auth: ${secret} `),
    plant(secret, `--token ${secret} `),
    plant(secret, `OPENCLAW_GATEWAY_PASSWORD=${secret} `),
    plant(quoted, ` "token":${json},"x":1`, json),
    plant(quoted, escaped),
    plant(quoted, ` password=${json} `, json),
    plant(quoted, ` --password ${json} `, json),
    plant(quoted, ` PASS='${shell}' `, shell),
    plant(bare, ` ${bare} `),
    plant(long, `http://h/?token=${halves} `, halves),
  ]);
}

/** As `draw`, but a text is broken in two. */
function once(draw: Draw): Draw {
  return { ...draw, chance: () => false };
}

// ---- configs

function knownLine(draw: Draw, planted: readonly Planted[]): string {
  const line = draw.pick(LINES);
  const one = planted[draw.int(planted.length + 1)];
  if (one === undefined) return line;
  const at = draw.int(line.length + 1);
  return `${line.slice(0, at)} ${one.text} ${line.slice(at)}`;
}

/** A config with secrets where they belong, and again wherever else they do not. */
function configText(draw: Draw, planted: Planted[]): string {
  const known = ["token", "password", "other"].map(() => {
    const kind = draw.pick(SECRET_KINDS);
    return { kind, secret: SECRETS[kind](draw) };
  });
  const [token, password, other] = known.map(({ secret }) => secret);
  for (const { secret } of known) planted.push({ secret, shown: secret, text: secret });
  const again = (): string => {
    const one = knownIn(draw, known);
    planted.push(one);
    return one.text;
  };
  const maybe = <T>(value: () => T): T | undefined => (draw.chance(0.35) ? value() : undefined);
  const config = {
    env: { vars: { STRIPE_KEY: other, NOTE: again() }, [`X_${draw.int(9)}`]: again() },
    channels: maybe(() => ({ telegram: { botToken: other, allowFrom: [again()] } })),
    gateway: {
      mode: draw.pick(["local", "remote", again(), undefined]),
      bind: draw.pick(["loopback", "lan", "custom", again(), 7, undefined]),
      port: draw.pick([18789, 1, again(), undefined]),
      customBindHost: maybe(again),
      trustedProxies: maybe(() => ["10.0.0.1", again()]),
      auth: {
        mode: draw.pick(["token", "password", "trusted-proxy", again(), undefined]),
        token,
        password,
        [draw.chance(0.1) ? again() : "allowTailscale"]: draw.pick([true, again()]),
      },
      controlUi: maybe(() => ({
        allowedOrigins: [`https://claw.example/${again()}`, `https://h/?x=${again()}`, again()],
        basePath: maybe(again),
        allowInsecureAuth: draw.pick([true, false, again()]),
        [draw.chance(0.2) ? again() : "enabled"]: again(),
      })),
      remote: maybe(() => ({ url: `wss://h/${again()}`, token: other })),
      tailscale: maybe(() => ({ mode: draw.pick(["serve", "funnel", "off", again()]) })),
    },
    logging: maybe(() => ({ file: `/tmp/${again()}` })),
    [draw.chance(0.2) ? again() : "meta"]: { note: again() },
  };
  const text = JSON.stringify(config, undefined, draw.pick([0, 2]));
  return draw.pick([
    () => text,
    () => `// ${again().replaceAll(/[\r\n]/g, " ")}\n${text}`,
    () => text.slice(0, draw.int(text.length)),
    () => `${text.slice(0, -1)},${again()}}`,
  ])();
}
