import type { AdmissionConfig } from "../core/connection.ts";
import { drawnWords } from "../core/drawn-values.ts";
import type { ConfigOrigin, ConfigProblem, ConfigReading } from "../core/facts.ts";
import { isObject } from "../core/json.ts";
import { MOST_SECRETS } from "../core/known-values.ts";
import { atLeast } from "../core/release.ts";
import { secretsIn } from "../core/scrub.ts";
import { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import type { GatewayFlags } from "./flags.ts";
import { expandIncludes, type ReadInclude } from "./includes.ts";
import { MAX_CONFIG, MAX_CONFIG_DEPTH, parseJson5, TooMuchJson5 } from "./json5.ts";
import { keyProblems } from "./keys.ts";
import { defaultPort, type EnvPort, envPort } from "./port.ts";
import { keyLines } from "./positions.ts";
import { secretRefOf, substitute } from "./references.ts";

export interface ReadConfigInput {
  /** The text of openclaw.json; `undefined` when there is no such file. */
  readonly text: string | undefined;
  readonly path: string;
  readonly stateDir: string;
  readonly profile?: string;
  /** The environment of the gateway; of the doctor, where the gateway's cannot be read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Further variables, in the order in which they fill gaps of `env`: a service unit, `<state>/.env`. */
  readonly services?: readonly {
    readonly from: "service" | "env";
    readonly source: string;
    /** It is the `.env` beside openclaw.json. */
    readonly dotenv?: boolean;
    readonly values: Readonly<Record<string, Secret>>;
  }[];
  /** The command line of the running gateway. */
  readonly flags?: GatewayFlags;
  readonly release?: string;
  /** The gateway runs in a container: its default bind is then `auto` (2026.4.7 and later). */
  readonly container?: boolean;
  readonly readInclude?: ReadInclude;
  /** Random, one for each run. */
  readonly salt: string;
}

export interface ReadConfigResult {
  readonly reading: ConfigReading;
  readonly secrets: ConfigSecrets;
  /** `logging.file`, as the config has it. 2026.4.15 ignores it. */
  readonly logFile?: string;
}

export interface ConfigSecrets {
  readonly token?: Secret;
  readonly password?: Secret;
  /** `openclaw.json:5`, `OPENCLAW_GATEWAY_TOKEN`, `--token`. */
  readonly tokenSource?: string;
  readonly passwordSource?: string;
  /** Every secret value seen, for the scrubber. */
  readonly all: readonly Secret[];
}

/** How many problems are told. */
const MAX_PROBLEMS = 100;
/** Characters of a key that are looked at. */
const MAX_KEY = 200;
/** Characters of a file that is no config in which secrets are looked for. */
const MAX_UNREAD = 8 * MAX_CONFIG;

type Json = Readonly<Record<string, unknown>>;

/** A variable and where it was found. */
interface Found {
  readonly value: string;
  readonly origin: ConfigOrigin;
}

/**
 * Reads openclaw.json as the gateway does and says where each value that admission depends on comes from:
 * command line, then (for the port) environment, then file, then (for token and password) environment, then the
 * default. That order is the one of the gateway in 2026.2.1, 2026.3.13, 2026.5.28 and 2026.9.6; its own CLI puts
 * OPENCLAW_GATEWAY_TOKEN first in 2026.2.1. Throws nothing: what is wrong is in `problems`.
 */
export function readConfig(input: ReadConfigInput): ReadConfigResult {
  return new Reader(input).run();
}

class Reader {
  readonly #input: ReadConfigInput;
  readonly #problems: ConfigProblem[] = [];
  readonly #origins: Record<string, ConfigOrigin> = {};
  readonly #secrets = new Map<string, Secret>();
  readonly #file: string;
  #lines: ReadonlyMap<string, number> = new Map();
  #configEnv: Readonly<Record<string, string>> = {};

  constructor(input: ReadConfigInput) {
    this.#input = input;
    this.#file = safeText(input.path.split(/[\\/]/).at(-1) ?? "openclaw.json", 100);
  }

  run(): ReadConfigResult {
    const parsed = this.#parse();
    this.#configEnv = configEnvOf(parsed);
    this.#collectSecrets(parsed, false, 0);
    for (const problem of keyProblems(parsed, this.#input.release, (path) => this.#lines.get(path)))
      this.#problems.push(problem);

    const gateway: Record<string, unknown> = objectOf(
      this.#copy(objectOf(parsed.gateway), { path: "gateway", isSecret: false, depth: 0 }),
    );
    const auth = objectOf(gateway.auth);
    const controlUi = objectOf(gateway.controlUi);
    const tailscale = objectOf(gateway.tailscale);

    gateway.port = this.#port(parsed);
    this.#tailscale(tailscale);
    this.#bind(gateway, tailscale);
    this.#ofFile(gateway, "gateway.mode", "mode");
    this.#ofFile(gateway, "gateway.trustedProxies", "trustedProxies");
    for (const key of Object.keys(controlUi)) this.#ofFile(controlUi, `gateway.controlUi.${key}`, key);

    const token = this.#secret("token", parsed);
    const password = this.#secret("password", parsed);
    setOrDrop(auth, "token", token.shown);
    setOrDrop(auth, "password", password.shown);
    this.#authMode(auth, token.shown !== undefined, password.shown !== undefined);
    this.#allowTailscale(auth, tailscale);

    gateway.auth = auth;
    if (Object.keys(tailscale).length > 0) gateway.tailscale = tailscale;
    if (Object.keys(controlUi).length > 0) gateway.controlUi = controlUi;

    const logFile = this.#logFile(parsed);
    const input = this.#input;
    const reading: ConfigReading = {
      path: input.path,
      stateDir: input.stateDir,
      ...(input.profile === undefined ? {} : { profile: input.profile }),
      // Every value was copied from parsed JSON5 with its type kept; wrong types are in `problems`, and the
      // admission model reads defensively.
      effective: { gateway } as AdmissionConfig,
      origins: this.#origins,
      problems: this.#problems.slice(0, MAX_PROBLEMS),
      exists: input.text !== undefined,
    };
    const secrets: ConfigSecrets = {
      ...(token.secret === undefined ? {} : { token: token.secret }),
      ...(token.source === undefined ? {} : { tokenSource: token.source }),
      ...(password.secret === undefined ? {} : { password: password.secret }),
      ...(password.source === undefined ? {} : { passwordSource: password.source }),
      all: [...this.#secrets.values()],
    };
    return logFile === undefined ? { reading, secrets } : { reading, secrets, logFile };
  }

  // --- file ----------------------------------------------------------------------------------------------------

  #parse(): Json {
    const { text, path, readInclude } = this.#input;
    if (text === undefined) return {};
    let value: unknown;
    try {
      value = parseJson5(text);
    } catch (error) {
      if (error instanceof TooMuchJson5) this.#problem("unreadable", "", error.message);
      else this.#syntax(error);
      // It cannot be read, and has secrets all the same.
      const part = text.slice(0, MAX_UNREAD);
      for (const value of [...secretsIn(part), ...drawnWords(part)]) this.#secretOf(value);
      return {};
    }
    this.#lines = keyLines(text);
    const expanded = expandIncludes(value, path, readInclude);
    for (const { name, why } of expanded.lost)
      this.#problem("unreadable", "$include", `${name}: ${why}; what it sets is not known`);
    if (!isObject(expanded.value)) {
      this.#problem("wrong-type", "", "an object belongs at the top of the file");
      return {};
    }
    return expanded.value;
  }

  #syntax(error: unknown): void {
    const { lineNumber, columnNumber } = objectOf(error) as { lineNumber?: unknown; columnNumber?: unknown };
    const line = typeof lineNumber === "number" ? lineNumber : undefined;
    const column = typeof columnNumber === "number" ? columnNumber : undefined;
    // The parser's own message can quote a character of the file, never more.
    const message = error instanceof Error ? error.message.replace(/^JSON5: /, "") : "cannot be parsed";
    const where = line === undefined || column === undefined ? "" : ` (line ${line}, column ${column})`;
    const plain = message.replace(/ at \d+:\d+$/, "");
    this.#problems.push({
      kind: "syntax",
      key: "",
      detail: safeText(`${plain}${where}`, 300),
      ...(line === undefined ? {} : { line }),
    });
  }

  /** A copy to show: secrets as fingerprints, references filled in, texts made safe. */
  #copy(value: unknown, at: { path: string; isSecret: boolean; depth: number }): unknown {
    const { path, isSecret } = at;
    const depth = at.depth + 1;
    if (depth > 31) return undefined;
    if (typeof value === "string") {
      if (isSecret) return this.#secretOf(value).fingerprint;
      const filled = this.#filled(value, path);
      return filled === undefined ? undefined : safeText(filled, 1000);
    }
    if (Array.isArray(value))
      return value.slice(0, 1000).flatMap((item, index) => {
        const copy = this.#copy(item, { path: `${path}.${index}`, isSecret, depth });
        return copy === undefined ? [] : [copy];
      });
    if (isObject(value)) {
      const copy: Record<string, unknown> = {};
      for (const [key, child] of Object.entries(value).slice(0, 1000)) {
        const childCopy = this.#copy(child, {
          path: `${path}.${key.slice(0, MAX_KEY)}`,
          isSecret: isSecretKey(key, isSecret),
          depth,
        });
        if (childCopy !== undefined && key !== "__proto__") copy[safeText(key, 200)] = childCopy;
      }
      return copy;
    }
    return value;
  }

  #filled(text: string, path: string): string | undefined {
    if (!text.includes("$")) return text;
    const result = substitute(text, (name) => this.#lookup(name)?.value);
    if ("text" in result) return result.text;
    this.#problem(
      "bad-env",
      path,
      "missing" in result
        ? `\${${result.missing}} is not set where this was read, so the value is not known`
        : "it is too long with its variables filled in, so the value is not known",
    );
    return undefined;
  }

  // --- environment ---------------------------------------------------------------------------------------------

  /** The first non-empty value: process, then the services and env files, then `env` of the config itself. */
  #lookup(name: string): Found | undefined {
    const own = this.#input.env[name]?.trim();
    if (own) return { value: own, origin: { from: "env", source: name } };
    for (const service of this.#input.services ?? []) {
      const value = Object.hasOwn(service.values, name) ? service.values[name]?.reveal().trim() : undefined;
      const { from, dotenv } = service;
      const source = `${safeText(service.source, 200)} ${name}`;
      if (value) return { value, origin: { from, source, ...(dotenv === true ? { dotenv } : {}) } };
    }
    const set = Object.hasOwn(this.#configEnv, name) ? this.#configEnv[name]?.trim() : undefined;
    return set ? { value: set, origin: { from: "file", source: `${this.#file} env ${name}` } } : undefined;
  }

  // --- values --------------------------------------------------------------------------------------------------

  #port(parsed: Json): number {
    const { flags, release, profile } = this.#input;
    const inFile = objectOf(parsed.gateway).port;
    const fileSource = this.#at("gateway.port");
    const fileOrigin: ConfigOrigin | undefined =
      typeof inFile === "number" && inFile > 0 ? { from: "file", source: fileSource } : undefined;

    const env = this.#lookup("OPENCLAW_GATEWAY_PORT") ?? this.#legacy("CLAWDBOT_GATEWAY_PORT", "2026.3.23");
    const read: EnvPort = env === undefined ? {} : envPort(env.value, release);
    if (env !== undefined && read.problem !== undefined) {
      const { problem, injectedBy } = read;
      const detail = `"${safeText(env.value, 60)}": ${problem}`;
      const more = injectedBy === undefined ? {} : { injectedBy };
      this.#problem("bad-env", env.origin.source, detail, more);
    }
    const envOrigin = read.port === undefined ? undefined : env?.origin;

    const ranked: readonly (readonly [number | undefined, ConfigOrigin | undefined])[] = [
      [flags?.port, flags?.port === undefined ? undefined : { from: "flag", source: "--port" }],
      [read.port, envOrigin],
      [typeof inFile === "number" ? inFile : undefined, fileOrigin],
    ];
    return (
      this.#choose("gateway.port", ranked, (a, b) => a === b) ??
      this.#default("gateway.port", defaultPort(profile, release))
    );
  }

  #bind(gateway: Record<string, unknown>, tailscale: Json): void {
    const { flags, release, container, env } = this.#input;
    const inFile = typeof gateway.bind === "string" ? gateway.bind : undefined;
    const chosen = this.#choose<string>(
      "gateway.bind",
      [
        [flags?.bind, flags?.bind === undefined ? undefined : { from: "flag", source: "--bind" }],
        [inFile, inFile === undefined ? undefined : { from: "file", source: this.#at("gateway.bind") }],
      ],
      (a, b) => a === b,
    );
    // Bound to loopback while Tailscale is on; `auto`, that is every interface, in a container since 2026.4.7.
    const tailscaleOn = tailscale.mode !== undefined && tailscale.mode !== "off";
    const auto = container === true && !tailscaleOn && atLeast(release, "2026.4.7") === true;
    const bind = chosen ?? this.#default("gateway.bind", auto ? "auto" : "loopback");
    gateway.bind = safeText(bind, 60);
    const fromEnv = env.OPENCLAW_GATEWAY_BIND?.trim();
    if (fromEnv && fromEnv !== bind)
      this.#problem(
        "bad-env",
        "OPENCLAW_GATEWAY_BIND",
        `"${safeText(fromEnv, 40)}" has no effect: the gateway itself reads --bind and gateway.bind only; Compose files pass this variable on as --bind`,
      );
  }

  #tailscale(tailscale: Record<string, unknown>): void {
    const flag = this.#input.flags?.tailscale;
    const inFile = typeof tailscale.mode === "string" ? tailscale.mode : undefined;
    const chosen = this.#choose<string>(
      "gateway.tailscale.mode",
      [
        [flag, flag === undefined ? undefined : { from: "flag", source: "--tailscale" }],
        [
          inFile,
          inFile === undefined ? undefined : { from: "file", source: this.#at("gateway.tailscale.mode") },
        ],
      ],
      (a, b) => a === b,
    );
    if (chosen !== undefined) tailscale.mode = chosen;
  }

  #authMode(auth: Record<string, unknown>, hasToken: boolean, hasPassword: boolean): void {
    const flag = this.#input.flags?.authMode;
    const inFile = typeof auth.mode === "string" ? auth.mode : undefined;
    const chosen = this.#choose<string>(
      "gateway.auth.mode",
      [
        [flag, flag === undefined ? undefined : { from: "flag", source: "--auth" }],
        [inFile, inFile === undefined ? undefined : { from: "file", source: this.#at("gateway.auth.mode") }],
      ],
      (a, b) => a === b,
    );
    // Without a mode a password makes it `password`, else `token` (2026.2.1, 2026.3.13, 2026.5.28).
    auth.mode = chosen ?? this.#default("gateway.auth.mode", hasPassword ? "password" : "token");
    if (chosen === undefined && hasToken && hasPassword)
      this.#problem(
        "ignored-key",
        "gateway.auth.token",
        "a token and a password are set but no gateway.auth.mode: the password wins, and newer releases refuse to start",
      );
  }

  #allowTailscale(auth: Record<string, unknown>, tailscale: Json): void {
    if (typeof auth.allowTailscale === "boolean") {
      this.#ofFile(auth, "gateway.auth.allowTailscale", "allowTailscale");
      return;
    }
    const mode = auth.mode;
    auth.allowTailscale = this.#default(
      "gateway.auth.allowTailscale",
      tailscale.mode === "serve" && mode !== "password" && mode !== "trusted-proxy",
    );
  }

  #secret(
    name: "token" | "password",
    parsed: Json,
  ): { readonly secret?: Secret; readonly shown?: string; readonly source?: string } {
    const path = `gateway.auth.${name}`;
    const upper = name === "token" ? "TOKEN" : "PASSWORD";
    const raw = objectOf(objectOf(parsed.gateway).auth)[name];
    const flag = this.#input.flags?.[name];
    const env =
      this.#lookup(`OPENCLAW_GATEWAY_${upper}`) ?? this.#legacy(`CLAWDBOT_GATEWAY_${upper}`, "2026.3.13");

    const inFile = this.#secretInFile(raw, path);
    const ranked: readonly (readonly [Secret | undefined, ConfigOrigin | undefined])[] = [
      [flag, flag === undefined ? undefined : { from: "flag", source: `--${name}` }],
      [inFile.secret, inFile.origin],
      [
        // A reference that could not be followed still wins over the environment, so its value is not known.
        inFile.elsewhere || env === undefined ? undefined : this.#secretOf(env.value),
        env?.origin,
      ],
    ];
    const secret = this.#choose(path, ranked, (a, b) => a.equals(b));
    if (flag !== undefined) this.#secrets.set(flag.fingerprint, flag);
    if (env !== undefined) this.#secretOf(env.value);
    if (secret === undefined) {
      if (!inFile.elsewhere || inFile.origin === undefined) return {};
      this.#origins[path] = inFile.origin;
      return { shown: "<secret kept elsewhere>", source: inFile.origin.source };
    }
    const source = this.#origins[path]?.source;
    return { secret, shown: secret.fingerprint, ...(source === undefined ? {} : { source }) };
  }

  #secretInFile(
    raw: unknown,
    path: string,
  ): { readonly secret?: Secret; readonly origin?: ConfigOrigin; readonly elsewhere: boolean } {
    const source = this.#at(path);
    const ref = secretRefOf(raw);
    if (ref !== undefined) {
      const value = ref.source === "env" ? this.#lookup(ref.id)?.value : undefined;
      const name = safeText(`${ref.source}:${ref.id}`, 120);
      const origin: ConfigOrigin = { from: "file", source: `${source} (reference ${name})` };
      if (value !== undefined) return { secret: this.#secretOf(value), origin, elsewhere: false };
      this.#problem(
        ref.source === "env" ? "bad-env" : "unreadable",
        path,
        `kept elsewhere (${name}), not read, so the value is not known`,
      );
      return { origin, elsewhere: true };
    }
    if (typeof raw !== "string" || raw.trim() === "") return { elsewhere: false };
    const origin: ConfigOrigin = { from: "file", source };
    const filled = this.#filled(raw, path)?.trim();
    if (filled === undefined || filled === "") return { origin, elsewhere: true };
    return { secret: this.#secretOf(filled), origin, elsewhere: false };
  }

  #logFile(parsed: Json): string | undefined {
    const raw = objectOf(parsed.logging).file;
    if (typeof raw !== "string" || raw.trim() === "") return undefined;
    this.#origins["logging.file"] = { from: "file", source: this.#at("logging.file") };
    return this.#filled(raw.trim(), "logging.file");
  }

  /** A CLAWDBOT_ variable where the release still reads it; where it no longer does, that is a problem. */
  #legacy(name: string, goneIn: string): Found | undefined {
    const found = this.#lookup(name);
    if (found === undefined) return undefined;
    if (atLeast(this.#input.release, goneIn) === false) return found;
    this.#problem(
      "bad-env",
      name,
      `not read any more since ${goneIn} at the latest; the name is OPENCLAW_… now`,
    );
    this.#secretOf(found.value);
    return undefined;
  }

  /** The first value of the ranking wins; the next one that differs is what it overrides. */
  #choose<T>(
    path: string,
    ranked: readonly (readonly [T | undefined, ConfigOrigin | undefined])[],
    same: (a: T, b: T) => boolean,
  ): T | undefined {
    let winner: { value: T; origin: ConfigOrigin } | undefined;
    for (const [value, origin] of ranked) {
      if (value === undefined || origin === undefined) continue;
      if (winner === undefined) winner = { value, origin };
      else if (!same(winner.value, value)) {
        this.#origins[path] = { ...winner.origin, overrides: origin };
        return winner.value;
      }
    }
    if (winner !== undefined) this.#origins[path] = winner.origin;
    return winner?.value;
  }

  #default<T>(path: string, value: T): T {
    const release = this.#input.release;
    this.#origins[path] = {
      from: "default",
      source: release === undefined ? "default" : `default of ${release}`,
    };
    return value;
  }

  #ofFile(holder: Json, path: string, key: string): void {
    if (holder[key] !== undefined) this.#origins[path] = { from: "file", source: this.#at(path) };
  }

  #at(path: string): string {
    const line = this.#lines.get(path);
    return line === undefined ? `${this.#file} ($include)` : `${this.#file}:${line}`;
  }

  #problem(
    kind: ConfigProblem["kind"],
    key: string,
    detail: string,
    more: Pick<ConfigProblem, "injectedBy"> = {},
  ): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const line = this.#lines.get(key);
    this.#problems.push({
      kind,
      key: safeText(key, 200),
      detail: safeText(detail, 300),
      ...(line === undefined ? {} : { line }),
      ...more,
    });
  }

  // --- secrets -------------------------------------------------------------------------------------------------

  #secretOf(value: string): Secret {
    const secret = new Secret(value, this.#input.salt);
    const known = this.#secrets.get(secret.fingerprint);
    if (known?.equals(secret)) return known;
    // One more than can be kept back, so that it is told instead of forgotten.
    if (this.#secrets.size <= MOST_SECRETS)
      this.#secrets.set(known ? `${secret.fingerprint}+` : secret.fingerprint, secret);
    return secret;
  }

  /** Every secret of the whole file, so that the scrubber knows them wherever they turn up. */
  #collectSecrets(value: unknown, isSecret: boolean, depth: number): void {
    if (depth > MAX_CONFIG_DEPTH) return;
    if (typeof value === "string") {
      if (!isSecret || value.length < 4) return;
      const filled = substitute(value, (name) => this.#lookup(name)?.value);
      if ("text" in filled && filled.text !== "") this.#secretOf(filled.text.trim());
    } else if (Array.isArray(value)) {
      for (const item of value) this.#collectSecrets(item, isSecret, depth + 1);
    } else if (isObject(value)) {
      for (const [key, child] of Object.entries(value))
        this.#collectSecrets(child, isSecretKey(key, isSecret), depth + 1);
    }
  }
}

/** Whether the text at a key is a secret: by its last name that is not an index, which may stand above it. */
function isSecretKey(key: string, isAbove: boolean): boolean {
  const name = key
    .slice(-MAX_KEY)
    .split(".")
    .findLast((part) => !/^\d+$/.test(part));
  if (name === undefined) return isAbove;
  return (
    /(?:token|password|passwd|passphrase|secret|apikey|api_key|credential|privatekey|private_key|cookie)s?$/i.test(
      name,
    ) ||
    /^(?:authorization|x-(?:api-key|auth))$/i.test(name) ||
    /^[A-Z0-9_]+_(?:KEY|PASS|PWD|AUTH)$/.test(name)
  );
}

/** Variables that the config itself sets: `env.vars` and texts directly in `env` (shipped code, 2026.2.1 on). */
function configEnvOf(parsed: Json): Readonly<Record<string, string>> {
  const env = objectOf(parsed.env);
  const out: Record<string, string> = {};
  for (const [name, value] of [...Object.entries(env), ...Object.entries(objectOf(env.vars))].slice(0, 500))
    if (typeof value === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) && !value.includes("${"))
      out[name] = value;
  return out;
}

function setOrDrop(holder: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? { ...value } : {};
}
