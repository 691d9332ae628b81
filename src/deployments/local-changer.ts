import { randomBytes } from "node:crypto";
import JSON5 from "json5";
import { setInEnvFile, valueInEnvFile } from "../config/env-file.ts";
import {
  ChangeError,
  type Changer,
  type ConfigFile,
  type Foreseen,
  type Performed,
  type Settled,
  type Undo,
} from "../core/change.ts";
import { type Fact, known, type Unknown, unknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import type { JsonValue, Step } from "../core/finding.ts";
import { TOKEN_KEY } from "../core/journal.ts";
import { atLeast } from "../core/release.ts";
import { safeText } from "../core/text.ts";
import { readExact, replaceFile, sweepBeside } from "./atomic-file.ts";
import type { CommandOutcome } from "./command.ts";
import { pairedEntry, removeEntry, restoreEntry } from "./device-files.ts";
import { devicesFromRows } from "./devices.ts";
import type { OpenclawCli } from "./openclaw-cli.ts";
import { proxySite } from "./proxy-site.ts";
import type { GatewayWatch } from "./reload.ts";
import { foreseenOf, type SideFile, takeFileBack, writeFile } from "./side-file.ts";
import type { Tailscale } from "./tailscale.ts";
import type { EditConfig } from "./types.ts";

export interface LocalChangerOptions {
  readonly configPath: string;
  readonly stateDir: string;
  readonly release?: string;
  readonly cli: OpenclawCli;
  readonly edit: EditConfig;
  readonly watch: GatewayWatch;
  readonly devices: () => Promise<Fact<DeviceList>>;
  /** Starts the gateway anew by whatever runs it; absent where nothing does that we may ask. */
  readonly restart?: (signal: AbortSignal) => Promise<Fact<string>>;
  readonly tailscale?: Tailscale;
  /** What may be shown in the place of a secret. */
  readonly fingerprint?: (secret: string) => string;
}

/** The gateway of this machine, changed by its own command line where that changes nothing else, else in its files. */
export function localChanger(options: LocalChangerOptions): Changer {
  return new LocalChanger(options);
}

type ConfigStep = Extract<Step, { readonly do: "config.set" | "config.unset" }>;

/** How often somebody else may write the config between our look and our rename. */
const TRIES = 5;

class LocalChanger implements Changer {
  readonly #options: LocalChangerOptions;

  constructor(options: LocalChangerOptions) {
    this.#options = options;
  }

  readConfig(): Promise<Fact<ConfigFile | undefined>> {
    const { configPath } = this.#options;
    return asFact(async () => {
      const file = await readExact(configPath);
      if (file === undefined) return known(undefined, configPath);
      const { content, ...rest } = file;
      return known(
        { path: configPath, content: Buffer.from(content).toString("base64"), ...rest },
        configPath,
      );
    });
  }

  async replaceConfig(
    next: ConfigFile | undefined,
    expected: string | undefined,
  ): Promise<"replaced" | "stale"> {
    await this.#options.watch.mark();
    return replaceFile(
      this.#options.configPath,
      next === undefined ? undefined : { ...next, content: Buffer.from(next.content, "base64") },
      expected,
    );
  }

  /** From the gateway's store; from the gateway itself where that cannot be read, as by a Node without SQLite. */
  async devices(signal: AbortSignal = NEVER): Promise<Fact<DeviceList>> {
    const stored = await this.#options.devices();
    if (stored.known || stored.reason === "absent") return stored;
    let list: DeviceList | undefined;
    const read = (stdout: string): void => {
      list = listOf(stdout);
    };
    const outcome = await this.#options.cli.run(["devices", "list", "--json"], { signal, read });
    return !outcome.known || outcome.value.exitCode !== 0 || list === undefined
      ? stored
      : known(list, "openclaw devices list --json");
  }

  foresee(step: Step, signal: AbortSignal): Promise<Fact<Foreseen>> {
    return asFact<Foreseen>(async () => {
      switch (step.do) {
        case "proxy.write": {
          const file = siteFile(step);
          if (file === undefined) return known({}, "nothing is written");
          return known(await foreseenOf(file, linesOf(file.content, "+")), file.path);
        }
        case "token.copy": {
          const file = await this.#envFile(step.path);
          return file.known ? known(await foreseenOf(file.value, file.value.diff), step.path) : file;
        }
        case "tailscale.status": {
          const tailnet = await this.#tailnet(signal);
          if (!tailnet.known) return tailnet;
          return known({ url: `https://${tailnet.value.name}/` }, tailnet.source);
        }
        default:
          return known({}, "nothing beside openclaw.json");
      }
    });
  }

  perform(step: Step, signal: AbortSignal): Promise<Fact<Performed>> {
    return asFact<Performed>(async () => {
      switch (step.do) {
        case "config.set":
        case "config.unset":
          return this.#config(step, signal);
        case "device.approve":
          return this.#approve(step.requestId, signal);
        case "device.reject":
          return this.#reject(step.requestId, signal);
        case "device.remove": {
          const removed = await this.#remove(step.deviceId, signal);
          return removed.known ? { ...removed, value: { ...removed.value, lasting: true } } : removed;
        }
        case "device.rotate":
          return this.#rotate(step.deviceId, step.role, signal);
        case "gateway.restart":
          return this.#restart(signal);
        case "token.generate":
          return this.#generate();
        case "token.copy": {
          const file = await this.#envFile(step.path);
          return file.known ? writeFile(file.value) : file;
        }
        case "proxy.write": {
          const file = siteFile(step);
          return file === undefined ? unknown("not-asked", "no file is named") : writeFile(file);
        }
        case "tailscale.status": {
          const tailnet = await this.#tailnet(signal);
          if (!tailnet.known) return tailnet;
          const { name, servesNothing } = tailnet.value;
          // The gateway leaves what it served behind (shipped code: `resetOnExit` is off unless set).
          const undo: Pick<Performed, "undo"> = servesNothing ? { undo: { undo: "tailscale.serve" } } : {};
          return known({ how: `tailscale status: this machine is ${name}`, ...undo }, tailnet.source);
        }
        default:
          return unknown("not-asked", "a person has to do this");
      }
    });
  }

  revert(undo: Undo, signal: AbortSignal): Promise<Fact<Performed>> {
    return asFact<Performed>(async () => {
      switch (undo.undo) {
        case "device.remove":
          return this.#remove(undo.deviceId, signal);
        case "device.restore":
          return this.#restore(undo, signal);
        case "file.remove":
        case "file.restore":
          return takeFileBack(undo);
        case "tailscale.serve": {
          const { tailscale } = this.#options;
          const reset = await tailscale?.reset(signal);
          if (reset === undefined) return unknown("not-asked", "tailscale serve was not switched on here");
          return reset.known ? known({ how: reset.value }, reset.source) : reset;
        }
      }
    });
  }

  tidy(): Promise<void> {
    return sweepBeside(this.#options.configPath);
  }

  settled(signal: AbortSignal): Promise<Fact<Settled>> {
    return this.#options.watch.settled(signal);
  }

  // --- config --------------------------------------------------------------------------------------------------

  async #config(step: ConfigStep, signal: AbortSignal): Promise<Fact<Performed>> {
    const { configPath, cli, watch, release } = this.#options;
    const path = step.key.split(".");
    if (path.some((part) => part === "" || part === "__proto__"))
      return unknown("failed", "this is no key of a config");
    const file = await readExact(configPath);
    const text = file === undefined ? "" : Buffer.from(file.content).toString("utf8");
    const config = parsed(text);
    const elsewhere = config === undefined ? undefined : includeOf(config, path);
    if (elsewhere !== undefined)
      return unknown(
        "not-asked",
        safeText(`${step.key} comes from ${elsewhere}, which openclaw.json includes: change it there`, 300),
      );
    if (config !== undefined && isDone(config, path, step))
      return known({ how: `${step.key} was like that already` }, configPath);
    await watch.mark();
    const reason = file === undefined ? "there is no config yet" : whyNotByCommand(step, text, release);
    if (reason !== undefined) return this.#edit(step, reason);

    const args = wordsOf(step);
    let outcome = await cli.run(args, { signal });
    for (let again = 1; again < TRIES && !signal.aborted && isOvertaken(outcome); again += 1)
      outcome = await cli.run(args, { signal });
    if (signal.aborted) return unknown("failed", "interrupted");
    const after = await readExact(configPath);
    const now = after === undefined ? undefined : parsed(Buffer.from(after.content).toString("utf8"));
    // Also a command that was ended may have written the config before.
    if (now !== undefined && isDone(now, path, step))
      return known({ how: `openclaw ${args.join(" ")}` }, configPath);
    if (!outcome.known) return this.#edit(step, outcome.detail);
    if (outcome.value.exitCode === 0)
      return unknown("failed", `the command ended well and ${step.key} is not what it was to be`);
    // Its own broken config keeps every release from changing it; a value that it refuses, it would not start with.
    return step.do === "config.unset" || isConfigBroken(outcome.value)
      ? this.#edit(step, "the command refuses the config as it is")
      : unknown("failed", safeText(lastLine(outcome.value), 300));
  }

  async #edit(step: ConfigStep, reason: string): Promise<Fact<Performed>> {
    const { configPath, edit } = this.#options;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const file = await readExact(configPath);
      // A config that is not there yet is the gateway's to make: it would belong to whoever runs the doctor.
      if (file === undefined) return unknown("absent", "there is no openclaw.json to change");
      const before = Buffer.from(file.content);
      const text = before.toString("utf8");
      if (!Buffer.from(text, "utf8").equals(before)) return unknown("failed", "openclaw.json is not UTF-8");
      const edited = edit(
        text,
        step.do === "config.set"
          ? { set: { key: step.key, value: step.value } }
          : { unset: { key: step.key } },
      );
      if (!edited.ok)
        return unknown("failed", `openclaw.json cannot be edited: ${safeText(edited.why, 100)}`);
      const content = Buffer.from(edited.text, "utf8");
      if ((await replaceFile(configPath, { ...file, content }, file.sha256)) === "replaced")
        return known({ how: `edited openclaw.json (${safeText(reason, 200)})` }, configPath);
    }
    return unknown("failed", "somebody else kept writing openclaw.json");
  }

  /** 48 hex digits, as OpenClaw's own; written into the file and shown nowhere. */
  async #generate(): Promise<Fact<Performed>> {
    const { configPath, watch } = this.#options;
    const file = await readExact(configPath);
    const config = file === undefined ? undefined : parsed(Buffer.from(file.content).toString("utf8"));
    if (isObject(config) && tokenIn(config) !== undefined)
      return known({ how: `${TOKEN_KEY} was set already` }, configPath);
    await watch.mark();
    const step: ConfigStep = { do: "config.set", key: TOKEN_KEY, value: randomBytes(24).toString("hex") };
    return this.#edit(step, "a secret is never handed to a command");
  }

  /** The env file with the config's token in it. */
  async #envFile(path: string): Promise<Fact<SideFile & { readonly diff: readonly string[] }>> {
    const { configPath, fingerprint = () => "<secret>" } = this.#options;
    const [own, other] = [await readExact(configPath), await readExact(path)];
    const config = own === undefined ? undefined : parsed(Buffer.from(own.content).toString("utf8"));
    const token = isObject(config) ? tokenIn(config) : undefined;
    if (typeof token !== "string" || token.includes("${"))
      return unknown("absent", `openclaw.json has no ${TOKEN_KEY} of its own to copy`);
    if (other === undefined) return unknown("absent", `${safeText(path, 200)} is not there`);
    const text = Buffer.from(other.content).toString("utf8");
    const content = setInEnvFile(text, TOKEN_VARIABLE, token);
    if (content === undefined)
      return unknown("failed", `${TOKEN_VARIABLE} cannot be set in ${safeText(path, 200)}`);
    const had = valueInEnvFile(text, TOKEN_VARIABLE) ?? "";
    const diff = [`-${TOKEN_VARIABLE}=${fingerprint(had)}`, `+${TOKEN_VARIABLE}=${fingerprint(token)}`];
    return known({ path, content, mode: other.mode, diff }, path);
  }

  async #tailnet(signal: AbortSignal): ReturnType<Tailscale["status"]> {
    return (
      this.#options.tailscale?.status(signal) ??
      unknown("absent", "there is no tailscale command on this machine")
    );
  }

  // --- devices -------------------------------------------------------------------------------------------------

  /**
   * `devices approve ID` needs a gateway that answers in every release, and nothing of the token on its command
   * line: it takes it from the config or the environment (run: the six). Up to 2026.4.15 the first command that
   * talks to the gateway pairs the command line itself, as a device of its own.
   */
  async #approve(requestId: string | undefined, signal: AbortSignal): Promise<Fact<Performed>> {
    if (requestId === undefined || !ID.test(requestId))
      return unknown("not-asked", "there is no request with this id");
    const before = await this.devices(signal);
    if (!before.known) return before;
    const request = before.value.pending.find((one) => one.requestId === requestId);
    if (request === undefined) return unknown("absent", `request ${requestId} does not wait any more`);
    const { deviceId } = request;
    const had = before.value.paired.find((one) => one.deviceId === deviceId);
    const entry = had === undefined ? undefined : await this.#entry(before.value, deviceId);
    const outcome = await this.#options.cli.run(["devices", "approve", requestId], { signal });
    const after = await this.devices(signal);
    // The answer of the gateway's own list counts, whatever became of the command.
    const isDone =
      after.known &&
      !after.value.pending.some((one) => one.requestId === requestId) &&
      after.value.paired.some((one) => one.deviceId === deviceId && one.at !== had?.at);
    if (!isDone) return failureOf(outcome, `request ${requestId} was not approved`);
    const undo: Undo =
      had === undefined
        ? { undo: "device.remove", deviceId }
        : {
            undo: "device.restore",
            deviceId,
            ...(had.role === undefined ? {} : { role: had.role }),
            scopes: had.scopes,
            ...(entry === undefined ? {} : { entry }),
          };
    return known({ how: `openclaw devices approve ${requestId}`, undo }, "openclaw devices");
  }

  async #entry(list: DeviceList, deviceId: string): ReturnType<typeof pairedEntry> {
    return list.store === "json" ? pairedEntry(this.#options.stateDir, deviceId) : undefined;
  }

  async #reject(requestId: string, signal: AbortSignal): Promise<Fact<Performed>> {
    if (!ID.test(requestId)) return unknown("not-asked", "there is no request with this id");
    const waits = async (): Promise<Fact<boolean>> => {
      const list = await this.devices(signal);
      return list.known
        ? known(
            list.value.pending.some((one) => one.requestId === requestId),
            list.source,
          )
        : list;
    };
    const before = await waits();
    if (!before.known) return before;
    if (!before.value) return unknown("absent", `request ${requestId} does not wait any more`);
    const outcome = await this.#options.cli.run(["devices", "reject", requestId], { signal });
    const after = await waits();
    return after.known && !after.value
      ? known({ how: `openclaw devices reject ${requestId}`, lasting: true }, after.source)
      : failureOf(outcome, `request ${requestId} was not rejected`);
  }

  /** Prints the new token, which nobody sees: the client gets it with its next connection. */
  async #rotate(deviceId: string, role: string, signal: AbortSignal): Promise<Fact<Performed>> {
    if (!ID.test(deviceId) || !/^[a-z]{1,40}$/.test(role))
      return unknown("not-asked", "there is no device with this id and role");
    const args = ["devices", "rotate", "--device", deviceId, "--role", role];
    const outcome = await this.#options.cli.run(args, { signal });
    if (!outcome.known) return outcome;
    // Its output may hold a token also where it fails.
    return outcome.value.exitCode === 0
      ? known({ how: `openclaw ${args.join(" ")}`, lasting: true }, outcome.source)
      : unknown("failed", `the device's token was not rotated (exit ${outcome.value.exitCode})`);
  }

  async #remove(deviceId: string, signal: AbortSignal): Promise<Fact<Performed>> {
    const { cli, release, stateDir } = this.#options;
    if (!ID.test(deviceId)) return unknown("not-asked", "there is no device with this id");
    const before = await this.devices(signal);
    if (!before.known) return before;
    if (!before.value.paired.some((one) => one.deviceId === deviceId))
      return known({ how: "the device is not paired any more" }, before.source);
    let outcome: Fact<CommandOutcome> = unknown("absent", "this release has no devices remove");
    // Not in 2026.2.17, there in 2026.2.19 (shipped code; run 2026.2.1 and 2026.3.13).
    if (atLeast(release, "2026.2.19") !== false) {
      outcome = await cli.run(["devices", "remove", deviceId], { signal });
      const after = await this.devices(signal);
      if (after.known && !after.value.paired.some((one) => one.deviceId === deviceId))
        return known({ how: `openclaw devices remove ${deviceId}` }, "openclaw devices");
    }
    if (signal.aborted) return unknown("failed", "interrupted");
    if (before.value.store === "sqlite") return failureOf(outcome, "the device was not removed");
    const removed = await removeEntry(stateDir, deviceId);
    return removed.known ? known({ how: "edited devices/paired.json" }, removed.source) : removed;
  }

  async #restore(
    undo: Extract<Undo, { readonly undo: "device.restore" }>,
    signal: AbortSignal,
  ): Promise<Fact<Performed>> {
    const { stateDir } = this.#options;
    const now = await this.devices(signal);
    if (!now.known) return now;
    if (now.value.store === "sqlite")
      // 2026.9.6: `devices rotate --scope` narrows the token, what was approved stays and is given again.
      return unknown(
        "not-asked",
        `no command takes scopes from a device in this release; openclaw devices remove ${undo.deviceId} makes it ask anew`,
      );
    const restored = await restoreEntry(stateDir, undo);
    if (!restored.known) return restored;
    return restored.value === "absent"
      ? unknown("absent", "the device is not paired any more")
      : known({ how: "edited devices/paired.json" }, restored.source);
  }

  // --- the gateway ---------------------------------------------------------------------------------------------

  /** Only when the gateway has not started anew by itself since the last change. */
  async #restart(signal: AbortSignal): Promise<Fact<Performed>> {
    const { watch, restart } = this.#options;
    const settled = await watch.settled(signal);
    if (settled.known && (settled.value.taken === "restarted" || settled.value.taken === "reloaded"))
      return known({ how: "the gateway took it up by itself" }, settled.source);
    if (signal.aborted) return unknown("failed", "interrupted");
    if (restart === undefined) return unknown("not-asked", "nothing is known that restarts this gateway");
    await watch.mark();
    const done = await restart(signal);
    return done.known ? known({ how: done.value }, done.source) : done;
  }
}

const TOKEN_VARIABLE = "OPENCLAW_GATEWAY_TOKEN";

function siteFile(step: Extract<Step, { readonly do: "proxy.write" }>): SideFile | undefined {
  const { site, path } = step;
  return site === undefined || path === undefined
    ? undefined
    : { path, content: proxySite(site), mode: 0o644 };
}

function linesOf(text: string, sign: string): readonly string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `${sign}${line}`);
}

/** `gateway.auth.token`, whatever it is. */
function tokenIn(config: Readonly<Record<string, unknown>>): unknown {
  const gateway = isObject(config.gateway) ? config.gateway : {};
  return isObject(gateway.auth) ? gateway.auth.token : undefined;
}

const NEVER = new AbortController().signal;

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** `config.set` with JSON, so that nothing is guessed; every release takes `--json` (run: 2026.1.29 to 2026.9.6). */
function wordsOf(step: ConfigStep): readonly string[] {
  return step.do === "config.set"
    ? ["config", "set", step.key, JSON.stringify(step.value), "--json"]
    : ["config", "unset", step.key];
}

/**
 * Why the release's own command is not the way. It writes the file anew (run: the six): comments and formatting go
 * in every release, and the mode becomes 0600; up to 2026.3.13 it also writes its defaults down; up to 2026.4.15 it
 * pulls what is included into the file (2026.7.1 refuses to, 2026.9.6 writes the included file); 2026.1.29 and
 * 2026.2.1 put the values of variables in the place of `${NAME}`. And whoever may list processes reads its words.
 */
function whyNotByCommand(step: ConfigStep, text: string, release: string | undefined): string | undefined {
  if (isSecretKey(step.key)) return "a secret is never handed to a command";
  if (atLeast(release, "2026.4.15") !== true)
    return "the command of this release would write its defaults down too";
  if (text.includes("$include") && atLeast(release, "2026.7.1") !== true)
    return "the command of this release would pull the included files in";
  let plain: string;
  try {
    plain = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return "the command would drop comments and formatting";
  }
  return plain === text.trimEnd() ? undefined : "the command would drop the formatting";
}

function isSecretKey(key: string): boolean {
  return /(?:token|password|secret|passphrase|api_?key|private_?key)/i.test(key);
}

function isConfigBroken({ stdout, stderr }: CommandOutcome): boolean {
  const said = stderr + stdout;
  // 2026.1.29 to 2026.4.15 "Config invalid", later "OpenClaw config is invalid".
  return /config (?:is )?invalid|invalid config at/i.test(said) && !/config validation failed/i.test(said);
}

/** Somebody else wrote the config while the command ran, so it changed nothing (run 9.6). */
function isOvertaken(outcome: Fact<CommandOutcome>): boolean {
  return (
    outcome.known &&
    outcome.value.exitCode !== 0 &&
    /config changed since last load/.test(outcome.value.stderr)
  );
}

/** `{pending: […], paired: […]}` of `devices list --json`. */
function listOf(text: string): DeviceList | undefined {
  const list = parsed(text.slice(Math.max(0, text.indexOf("{"))));
  if (!isObject(list) || !Array.isArray(list.pending) || !Array.isArray(list.paired)) return undefined;
  return devicesFromRows(list.pending, list.paired);
}

/** The file that a key comes from, when it is not the config itself. */
function includeOf(config: unknown, path: readonly string[]): string | undefined {
  let node = config;
  for (const part of path) {
    if (!isObject(node)) return undefined;
    if (!Object.hasOwn(node, part) && Object.hasOwn(node, "$include")) return namesOf(node.$include);
    node = Object.hasOwn(node, part) ? node[part] : undefined;
  }
  return isObject(node) && Object.hasOwn(node, "$include") ? namesOf(node.$include) : undefined;
}

function namesOf(include: unknown): string {
  return (Array.isArray(include) ? include : [include])
    .filter((name) => typeof name === "string")
    .slice(0, 5)
    .join(", ");
}

function isDone(config: unknown, path: readonly string[], step: ConfigStep): boolean {
  let node = config;
  for (const part of path) {
    if (!isObject(node) || !Object.hasOwn(node, part)) return step.do === "config.unset";
    node = node[part];
  }
  return step.do === "config.set" && isSame(node, step.value);
}

function isSame(a: unknown, b: JsonValue): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isSame(item, b[at] ?? null));
  if (!isObject(a)) return a === b;
  if (typeof b !== "object" || b === null || Array.isArray(b)) return false;
  const other: Readonly<Record<string, unknown>> = { ...b };
  const names = Object.keys(a);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(a[name], other[name] as JsonValue))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON5.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** The outcome of a command as the reason why something was not done. */
function failureOf(outcome: Fact<CommandOutcome>, what: string): Unknown {
  if (!outcome.known) return outcome;
  if (outcome.value.exitCode === 0) return unknown("failed", what);
  return unknown("failed", safeText(`${what}: ${lastLine(outcome.value)}`, 300));
}

/** What a command says of its failure: its first line that is not the stack or the banner. */
function lastLine({ stdout, stderr, exitCode }: CommandOutcome): string {
  const lines = `${stderr}\n${stdout}`.split("\n").map((line) => line.trim());
  const telling =
    lines.find((line) => /Reason:/.test(line)) ??
    lines.find((line) => line !== "" && !/^(?:at |Config (?:overwrite|write))/.test(line));
  return telling ?? `exit ${exitCode}`;
}

async function asFact<T>(action: () => Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ChangeError) return unknown(error.reason, error.message);
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
