import { randomBytes } from "node:crypto";
import { addToEnvFile, setInEnvFile, valueInEnvFile } from "../config/env-file.ts";
import { parseJson5 } from "../config/json5.ts";
import {
  ChangeError,
  type Changer,
  type ConfigFile,
  type DiffEntry,
  type Foreseen,
  type Performed,
  type Settled,
  type Undo,
} from "../core/change.ts";
import { type Fact, known, type Unknown, unknown, whyUnknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import type { JsonValue, ProxySite, Step } from "../core/finding.ts";
import { TOKEN_KEY } from "../core/journal.ts";
import { isObject } from "../core/json.ts";
import { atLeast } from "../core/release.ts";
import { quoted, type Saying, say } from "../core/saying.ts";
import { isPersons, type SettingStep } from "../core/step.ts";
import { safeText } from "../core/text.ts";
import { FRONTS } from "../kinds/fronts/index.ts";
import { proxySite } from "../kinds/proxy-site.ts";
import { sha256, type Traits } from "./atomic-file.ts";
import { type CommandOutcome, tellingLine, triedWith } from "./command.ts";
import { DeviceChanges } from "./device-changes.ts";
import type { ComposeHands } from "./docker/compose-changes.ts";
import { type ExactFiles, ownFiles } from "./exact-files.ts";
import type { OpenclawCli } from "./openclaw-cli.ts";
import type { ProxyHands } from "./proxy-hands.ts";
import type { GatewayWatch } from "./reload.ts";
import { restored } from "./restore.ts";
import {
  attributesIn,
  backOf,
  foreseenOf,
  notesOn,
  type Redo,
  type SideFile,
  takeFileBack,
  writeFile,
} from "./side-file.ts";
import type { Tailscale } from "./tailscale.ts";
import type { EditConfig } from "./types.ts";

export interface GatewayChangerOptions {
  readonly configPath: string;
  readonly stateDir: string;
  /** Where the gateway's files are. */
  readonly files: ExactFiles;
  readonly release?: string;
  readonly cli: OpenclawCli;
  readonly edit: EditConfig;
  readonly watch: GatewayWatch;
  readonly devices: () => Promise<Fact<DeviceList>>;
  /** Starts the gateway anew by whatever runs it; absent where nothing does that we may ask. */
  readonly restart?: (signal: AbortSignal) => Promise<Fact<Saying>>;
  /**
   * A restart that a step asks for is one of the process, whatever the gateway did by itself: the start that 2026.2.1
   * makes within its process after a change of `gateway.bind` listens where it listened before (run).
   */
  readonly restartsWhole?: boolean;
  /** Starts a gateway that is down; absent where nothing does that we may ask. */
  readonly starter?: GatewayStarter;
  readonly tailscale?: Tailscale;
  /** Where the `.env` beside the config is; this machine's where `files` are. Absent: in a container, where nobody writes it. */
  readonly envFiles?: ExactFiles;
  /** The reverse proxies of the gateway's host; absent: site files are written here, and nothing is reloaded. */
  readonly proxies?: ProxyHands;
  /** Where Compose made the gateway's container, and its files are here. */
  readonly compose?: ComposeHands;
  /** What may be shown in the place of a secret. */
  readonly fingerprint?: (secret: string) => string;
}

/** Whatever runs a gateway that is down, as an engine runs a container. */
export interface GatewayStarter {
  /** It does not run, and nothing starts it by itself. */
  isDown(): Promise<boolean>;
  /** The value says how. */
  start(signal: AbortSignal): Promise<Fact<Saying>>;
  stop(signal: AbortSignal): Promise<Fact<Saying>>;
}

/** A gateway, changed by its own command line where that changes nothing else, else in its files. */
export function gatewayChanger(options: GatewayChangerOptions): Changer {
  return new GatewayChanger(options);
}

type ConfigStep = Extract<Step, { readonly do: "config.set" | "config.unset" }>;

/** How often somebody else may write the config between our look and our rename. */
const TRIES = 5;

class GatewayChanger implements Changer {
  readonly #options: GatewayChangerOptions;
  readonly #devices: DeviceChanges;

  constructor(options: GatewayChangerOptions) {
    this.#options = options;
    this.#devices = new DeviceChanges(options);
  }

  readConfig({ whole = false } = {}): Promise<Fact<ConfigFile | undefined>> {
    const { configPath, files } = this.#options;
    return asFact(async () => {
      const file = await files.read(configPath);
      if (file === undefined) return known(undefined, configPath);
      const { content, ...rest } = file;
      const attributes = whole ? attributesIn(await files.traits(configPath)) : {};
      return known(
        { path: configPath, content: Buffer.from(content).toString("base64"), ...rest, ...attributes },
        configPath,
      );
    });
  }

  async replaceConfig(
    next: ConfigFile | undefined,
    expected: string | undefined,
  ): Promise<"replaced" | "stale"> {
    const { watch, files, configPath } = this.#options;
    await watch.mark();
    const now = await files.read(configPath);
    if (now?.sha256 !== expected) return "stale";
    const file = next && restored(next, now, await files.directoryOwner(configPath));
    return files.replace(configPath, file, expected);
  }

  devices(signal?: AbortSignal): Promise<Fact<DeviceList>> {
    return this.#devices.list(signal);
  }

  foresee(step: Step, signal: AbortSignal): Promise<Fact<Foreseen>> {
    return asFact<Foreseen>(async () => {
      if (isPersons(step)) return NOTHING_BESIDE;
      switch (step.do) {
        case "config.set":
        case "config.unset": {
          const { configPath, files } = this.#options;
          const held = await files.held?.(configPath);
          if (held !== undefined) return unknown(held.reason, held.say);
          return known({ notes: await notesOn(configPath, files) }, configPath);
        }
        case "token.generate":
          return known({ notes: await notesOn(this.#options.configPath, this.#options.files) }, TOKEN_KEY);
        case "proxy.write": {
          const file = await this.#siteFile(step);
          if (file === undefined) return known({}, "nothing is written");
          return known(await foreseenOf(file, linesOf(file.added, "+")), file.path);
        }
        case "proxy.edit": {
          const file = await this.#editedProxy(step);
          return file.known ? known(await foreseenOf(file.value, file.value.diff), step.path) : file;
        }
        // One that is wrong already would be blamed on us, and taken back in vain.
        case "proxy.reload": {
          const checked = await (this.#options.proxies?.check(step, signal) ?? NO_PROXIES);
          return checked.known ? known({}, checked.source) : checked;
        }
        case "token.copy": {
          const file = await this.#envFile(step);
          return file.known ? known(await foreseenOf(file.value, file.value.diff), step.path) : file;
        }
        case "compose.edit": {
          const file = await this.#composeFile(step);
          return file.known ? known(await foreseenOf(file.value, file.value.diff), step.file) : file;
        }
        case "device.approve":
        case "device.reject":
        case "device.remove":
        case "device.rotate": {
          const missing = await this.#options.cli.missing?.();
          if (missing !== undefined) return missing;
          const writes = await this.#deviceStore();
          const notes = (await this.#devices.pairsItself()) ? [{ message: "own-command-pairs" }] : [];
          return known({ writes, notes }, writes);
        }
        // Noted before it is started: whoever takes it back stops it, also after a crash in between.
        case "gateway.start": {
          const isDown = (await this.#options.starter?.isDown()) === true;
          return known(isDown ? { undo: { undo: "gateway.stop" } as const } : {}, "the gateway");
        }
        case "compose.up": {
          const can = await this.#options.compose?.canRecreate(step.service, signal);
          if (can === undefined) return NOT_COMPOSE;
          return can.known ? known({}, can.source) : can;
        }
        case "tailscale.status": {
          const tailnet = await this.#tailnet(signal);
          if (!tailnet.known) return tailnet;
          return known({ url: `https://${tailnet.value.name}/` }, tailnet.source);
        }
        case "gateway.restart":
          return NOTHING_BESIDE;
      }
    });
  }

  perform(step: Step, signal: AbortSignal): Promise<Fact<Performed>> {
    return asFact<Performed>(async () => {
      if (isPersons(step)) return unknown("not-asked", say("needs-person"));
      switch (step.do) {
        case "config.set":
        case "config.unset":
          return this.#config(step, signal);
        case "device.approve":
          return this.#devices.approve(step.requestId, signal);
        case "device.reject":
          return this.#devices.reject(step.requestId, signal);
        case "device.remove": {
          const removed = await this.#devices.remove(step.deviceId, signal);
          return removed.known ? { ...removed, value: { ...removed.value, lasting: true } } : removed;
        }
        case "device.rotate":
          return this.#devices.rotate(step.deviceId, step.role, signal);
        case "gateway.restart":
          return this.#restart(signal);
        case "gateway.start":
          return this.#start(signal);
        case "token.generate":
          return this.#generate();
        case "token.copy": {
          const file = await this.#envFile(step);
          return file.known ? writeFile(file.value) : file;
        }
        case "compose.edit": {
          const file = await this.#composeFile(step);
          return file.known ? writeFile(file.value) : file;
        }
        case "compose.up":
          return this.#recreate(step.service, signal);
        case "proxy.write": {
          const file = await this.#siteFile(step);
          return file === undefined ? unknown("not-asked", say("no-file-named")) : writeFile(file);
        }
        case "proxy.edit": {
          const file = await this.#editedProxy(step);
          return file.known ? writeFile(file.value) : file;
        }
        case "proxy.reload": {
          const done = await (this.#options.proxies?.reload(step, signal) ?? NO_PROXIES);
          return done.known ? known({ how: done.value }, done.source) : done;
        }
        case "tailscale.status": {
          const tailnet = await this.#tailnet(signal);
          if (!tailnet.known) return tailnet;
          const { name, servesNothing } = tailnet.value;
          // The gateway leaves what it served behind (shipped code: `resetOnExit` is off unless set).
          const undo: Pick<Performed, "undo"> = servesNothing ? { undo: { undo: "tailscale.serve" } } : {};
          return known({ how: say("tailnet-name", { name }), ...undo }, tailnet.source);
        }
      }
    });
  }

  configure(steps: readonly SettingStep[], signal: AbortSignal): Promise<Fact<readonly Performed[]>> {
    return asFact<readonly Performed[]>(() => this.#settings(steps, signal));
  }

  foreseeBack(undo: Undo, step: Step): Promise<Fact<Foreseen>> {
    return asFact<Foreseen>(async () => {
      switch (undo.undo) {
        case "file.remove":
        case "file.restore": {
          const redo = await this.#redoOf(step, undo);
          if (!redo.known) return redo;
          const path = undo.undo === "file.remove" ? undo.path : undo.before.path;
          const files = this.#filesOf(step);
          const back = await backOf(undo, redo.value, files);
          if (back.what !== "ours") return known({}, path);
          const diff = await this.#diffBack(step, undo, Buffer.from(back.now.content).toString("utf8"));
          return known({ file: { path, diff }, notes: await notesOn(path, files) }, path);
        }
        case "device.remove":
        case "device.restore":
        case "own.remove": {
          const path = await this.#deviceStore();
          const { own, ownFiles = [] } = undo;
          const gone = [...("deviceId" in undo ? [undo.deviceId] : []), ...(own === undefined ? [] : [own])];
          const files = ownFiles.map((file) => safeText(`${this.#options.stateDir}/${file}`, 200)).join(", ");
          const notes = files === "" ? [] : [{ message: "own-files-go", args: { files } }];
          const file = { path, diff: gone.map((id) => `-${safeText(id, 100)}`) };
          return known(gone.length === 0 ? { notes } : { file, notes }, path);
        }
        default:
          return known({}, "nothing is written");
      }
    });
  }

  revert(undo: Undo, step: Step, signal: AbortSignal): Promise<Fact<Performed>> {
    return asFact<Performed>(async () => {
      switch (undo.undo) {
        case "device.remove":
        case "device.restore":
        case "own.remove":
          return this.#devices.takeBack(undo, signal);
        case "file.remove":
        case "file.restore": {
          const redo = await this.#redoOf(step, undo);
          return redo.known ? takeFileBack(undo, redo.value, this.#filesOf(step)) : redo;
        }
        case "gateway.stop": {
          const stopped = await this.#options.starter?.stop(signal);
          if (stopped === undefined) return unknown("not-asked", say("not-stopped-here"));
          return stopped.known ? known({ how: stopped.value }, stopped.source) : stopped;
        }
        case "tailscale.serve": {
          const { tailscale } = this.#options;
          const reset = await tailscale?.reset(signal);
          if (reset === undefined) return unknown("not-asked", say("serve-not-ours"));
          return reset.known ? known({ how: reset.value }, reset.source) : reset;
        }
      }
    });
  }

  /** What the gateway writes when its devices are changed. One that cannot be read is the SQLite of newer releases. */
  async #deviceStore(): Promise<string> {
    const { devices, stateDir } = this.#options;
    const list = await devices();
    const isJson = list.known ? list.value.store === "json" : list.reason === "absent";
    return isJson ? `${stateDir}/devices/paired.json` : `${stateDir}/state/openclaw.sqlite`;
  }

  /**
   * How the step makes its file, to hold a journal to it; unknown where the file is not one that the step may write for
   * this gateway, whatever the journal says.
   */
  async #redoOf(
    step: Step,
    undo: Extract<Undo, { readonly undo: "file.remove" | "file.restore" }>,
  ): Promise<Fact<Redo>> {
    const path = undo.undo === "file.remove" ? undo.path : undo.before.path;
    const { compose } = this.#options;
    if (step.do === "proxy.write" && step.path === path) {
      const { site, adds } = step;
      return known(
        async (before) =>
          site === undefined ? undefined : siteText(site, adds === true ? before : undefined),
        path,
      );
    }
    if (
      step.do === "proxy.edit" &&
      step.path === path &&
      this.#options.proxies?.owns(step.proxy, path) === true
    )
      return known(async (before) => mendedFront(step, before ?? ""), path);
    if (step.do === "token.copy" && step.path === path && (await this.#takesToken(step)))
      return known(async (before, now) => {
        const { variable = TOKEN_VARIABLE, adds } = step;
        const value = valueInEnvFile(now, variable);
        if (value === undefined) return undefined;
        return (adds === true ? addToEnvFile : setInEnvFile)(before ?? "", variable, value);
      }, path);
    if (step.do === "compose.edit" && step.file === path)
      return known(async (before = "") => (await compose?.again(step, before))?.text, path);
    return unknown("denied", say("not-ours", { path: safeText(path, 200) }));
  }

  /** What changes when the file goes back, without any secret. */
  async #diffBack(step: Step, undo: Undo, now: string): Promise<readonly DiffEntry[]> {
    const before =
      undo.undo === "file.restore" ? Buffer.from(undo.before.content, "base64").toString("utf8") : undefined;
    if (step.do === "proxy.write" || step.do === "proxy.edit") return lineDiff(now, before ?? "");
    if (step.do === "compose.edit")
      return (await this.#options.compose?.again(step, before ?? ""))?.diff ?? [];
    if (step.do !== "token.copy") return [];
    const { fingerprint = () => "<secret>" } = this.#options;
    const { variable = TOKEN_VARIABLE } = step;
    const had = before === undefined ? undefined : valueInEnvFile(before, variable);
    const after = had === undefined ? {} : { after: fingerprint(had) };
    return [{ key: variable, before: fingerprint(valueInEnvFile(now, variable) ?? ""), ...after }];
  }

  /** Whether a file is where this gateway's token may be copied to: the env file beside its config, or its project's. */
  async #takesToken({ path, on }: Extract<Step, { readonly do: "token.copy" }>): Promise<boolean> {
    const { compose, stateDir } = this.#options;
    const envFiles = this.#envFiles();
    if (on === "this-machine") return (await compose?.readsVariables(path)) === true;
    return envFiles !== undefined && path === `${stateDir}/.env`;
  }

  tidy(): Promise<void> {
    return this.#options.files.sweep(this.#options.configPath);
  }

  settled(signal: AbortSignal): Promise<Fact<Settled>> {
    return this.#options.watch.settled(signal);
  }

  // --- config --------------------------------------------------------------------------------------------------

  async #config(step: ConfigStep, signal: AbortSignal): Promise<Fact<Performed>> {
    const { configPath, files, cli, watch, release } = this.#options;
    const path = step.key.split(".");
    const file = await files.read(configPath);
    const text = file === undefined ? "" : Buffer.from(file.content).toString("utf8");
    const config = parsed(text);
    const obstacle = whyNotThere(step, config);
    if (obstacle !== undefined) return obstacle;
    if (config !== undefined && isDone(config, path, step)) return known(alreadySo(step), configPath);
    await watch.mark();
    const reason =
      file === undefined
        ? say("no-config-yet")
        : (files.instead?.(configPath) ??
          whyNotByCommand(step, text, release) ??
          whyNotByRename(await files.traits(configPath)));
    if (reason !== undefined) return this.#edit(step, reason);

    const args = wordsOf(step);
    let outcome = await cli.run(args, { signal });
    for (let again = 1; again < TRIES && !signal.aborted && isOvertaken(outcome); again += 1)
      outcome = await cli.run(args, { signal });
    if (signal.aborted) return unknown("failed", say("interrupted"));
    const after = await files.read(configPath);
    const now = after === undefined ? undefined : parsed(Buffer.from(after.content).toString("utf8"));
    // Also a command that was ended may have written the config before.
    if (now !== undefined && isDone(now, path, step))
      return known({ how: quoted(`openclaw ${args.join(" ")}`) }, configPath);
    if (!outcome.known) return this.#edit(step, whyUnknown(outcome));
    if (outcome.value.exitCode === 0) return unknown("failed", say("not-as-set", { key: step.key }));
    // Its own broken config keeps every release from changing it; a value that it refuses, it would not start with.
    return step.do === "config.unset" || isConfigBroken(outcome.value)
      ? this.#edit(step, say("refuses-config"))
      : unknown("failed", triedWith(quoted(safeText(tellingLine(outcome.value), 300)), outcome.source));
  }

  /** Where more than one is to be written, in the file: the command makes one write for each. */
  async #settings(steps: readonly SettingStep[], signal: AbortSignal): Promise<Fact<readonly Performed[]>> {
    const { configPath, files, watch, release } = this.#options;
    const file = await files.read(configPath);
    const text = file === undefined ? "" : Buffer.from(file.content).toString("utf8");
    const todo = steps.filter((step) => !isSettled(step, parsed(text)));
    const [first, second] = todo;
    if (first === undefined || second === undefined) {
      const all: Performed[] = [];
      for (const step of steps) {
        const performed = await this.perform(step, signal);
        if (!performed.known) return performed;
        all.push(performed.value);
      }
      return known(all, configPath);
    }
    const made = steps.map((step): ConfigStep => {
      if (step.do !== "token.generate") return step;
      return { do: "config.set", key: TOKEN_KEY, value: newToken() };
    });
    const reason =
      made.map((step) => whyNotByCommand(step, text, release)).find((why) => why !== undefined) ??
      whyNotByRename(file && (await files.traits(configPath))) ??
      say("one-write");
    await watch.mark();
    const edited = await this.#editAll(made, reason);
    if (!edited.known) return edited;
    return known(
      edited.value.map((performed, at) => {
        const [step, setting] = [steps[at], made[at]];
        const isMade = step?.do === "token.generate" && setting?.do === "config.set";
        return isMade ? { ...performed, set: hashOf(setting.value) } : performed;
      }),
      configPath,
    );
  }

  async #edit(step: ConfigStep, reason: Saying): Promise<Fact<Performed>> {
    const edited = await this.#editAll([step], reason);
    if (!edited.known) return edited;
    return known(edited.value[0] ?? { how: say("nothing-to-edit") }, edited.source);
  }

  async #editAll(steps: readonly ConfigStep[], reason: Saying): Promise<Fact<readonly Performed[]>> {
    const { configPath, files, edit } = this.#options;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const file = await files.read(configPath);
      // A config that is not there yet is the gateway's to make: it would belong to whoever runs the doctor.
      if (file === undefined) return unknown("absent", say("no-config"));
      const before = Buffer.from(file.content);
      const text = before.toString("utf8");
      if (!Buffer.from(text, "utf8").equals(before)) return unknown("failed", say("config-not-utf8"));
      const how = say("edited-for", { why: reason });
      const all: Performed[] = [];
      let next = text;
      for (const step of steps) {
        const config = parsed(next);
        const obstacle = whyNotThere(step, config);
        if (obstacle !== undefined) return obstacle;
        if (steps.length > 1 && config !== undefined && isDone(config, step.key.split("."), step)) {
          all.push(alreadySo(step));
          continue;
        }
        const edited = edit(
          next,
          step.do === "config.set"
            ? { set: { key: step.key, value: step.value } }
            : { unset: { key: step.key } },
        );
        if (!edited.ok)
          return unknown("failed", say("config-not-edited", { flaw: safeText(edited.why, 100) }));
        next = edited.text;
        all.push({ how });
      }
      const content = Buffer.from(next, "utf8");
      if ((await files.replace(configPath, { ...file, content }, file.sha256)) === "replaced")
        return known(all, configPath);
    }
    return unknown("failed", say("kept-writing"));
  }

  /** A token that is written into the file and shown nowhere. */
  async #generate(): Promise<Fact<Performed>> {
    const { configPath, files, watch } = this.#options;
    const file = await files.read(configPath);
    const config = file === undefined ? undefined : parsed(Buffer.from(file.content).toString("utf8"));
    if (isObject(config) && tokenIn(config) !== undefined)
      return known({ how: say("was-set", { what: TOKEN_KEY }) }, configPath);
    await watch.mark();
    const value = newToken();
    const step: ConfigStep = { do: "config.set", key: TOKEN_KEY, value };
    const made = await this.#edit(step, say("secret"));
    if (!made.known) return made;
    return { ...made, value: { ...made.value, set: hashOf(value) } };
  }

  /** The env file with the config's token in it. */
  async #envFile({
    path,
    variable = TOKEN_VARIABLE,
    on,
    adds,
  }: Extract<Step, { readonly do: "token.copy" }>): Promise<
    Fact<SideFile & { readonly diff: readonly DiffEntry[] }>
  > {
    const { configPath, files, fingerprint = () => "<secret>" } = this.#options;
    const holder = on === "this-machine" ? ownFiles : this.#envFiles();
    // A file of this machine that has the path of one in the container is not meant.
    if (holder === undefined)
      return unknown("not-asked", say("env-in-container", { path: safeText(path, 200) }));
    if (!(await this.#takesToken({ do: "token.copy", path, ...(on === undefined ? {} : { on }) })))
      return unknown("denied", say("not-ours", { path: safeText(path, 200) }));
    const [own, other] = [await files.read(configPath), await holder.read(path)];
    const config = own === undefined ? undefined : parsed(Buffer.from(own.content).toString("utf8"));
    const token = isObject(config) ? tokenIn(config) : undefined;
    if (typeof token !== "string" || token.includes("${"))
      return unknown("absent", say("no-token-to-copy", { key: TOKEN_KEY }));
    if (other === undefined && adds !== true)
      return unknown("absent", say("not-there", { path: safeText(path, 200) }));
    const text = other === undefined ? "" : Buffer.from(other.content).toString("utf8");
    if (other !== undefined && !Buffer.from(text, "utf8").equals(other.content))
      return unknown("failed", say("not-utf8", { path: safeText(path, 200) }));
    const content = (adds === true ? addToEnvFile : setInEnvFile)(text, variable, token);
    if (content === undefined)
      return unknown("failed", say("variable-not-set", { variable, path: safeText(path, 200) }));
    const had = valueInEnvFile(text, variable) ?? (adds === true ? undefined : "");
    const before = had === undefined ? {} : { before: fingerprint(had) };
    const diff = [{ key: variable, ...before, after: fingerprint(token) }];
    return known({ files: holder, path, content, mode: other?.mode ?? 0o600, diff }, path);
  }

  // --- the proxies of its host

  #envFiles(): ExactFiles | undefined {
    const { envFiles, files } = this.#options;
    return envFiles ?? (files === ownFiles ? ownFiles : undefined);
  }

  /** Where the file of a step is. */
  #filesOf(step: Step): ExactFiles {
    const { proxies } = this.#options;
    if (step.do === "token.copy")
      return step.on === "this-machine" ? ownFiles : (this.#envFiles() ?? ownFiles);
    return step.do === "proxy.write" || step.do === "proxy.edit" ? (proxies?.files ?? ownFiles) : ownFiles;
  }

  async #siteFile(
    step: Extract<Step, { readonly do: "proxy.write" }>,
  ): Promise<(SideFile & { readonly added: string }) | undefined> {
    const { site, path, adds } = step;
    if (site === undefined || path === undefined) return undefined;
    const files = this.#filesOf(step);
    const before = adds === true ? await files.read(path) : undefined;
    const text = before === undefined ? undefined : Buffer.from(before.content).toString("utf8");
    return {
      files,
      path,
      content: siteText(site, text),
      added: proxySite(site),
      mode: before?.mode ?? 0o644,
    };
  }

  async #editedProxy(step: EditProxy): Promise<Fact<SideFile & { readonly diff: readonly DiffEntry[] }>> {
    const { proxies } = this.#options;
    const { path, proxy } = step;
    const shown = safeText(path, 200);
    if (proxies === undefined) return NO_PROXIES;
    if (!proxies.owns(proxy, path)) return unknown("denied", say("not-ours", { path: shown }));
    const file = await proxies.files.read(path);
    if (file === undefined) return unknown("absent", say("not-there", { path: shown }));
    const text = Buffer.from(file.content).toString("utf8");
    if (!Buffer.from(text, "utf8").equals(file.content))
      return unknown("failed", say("not-utf8", { path: shown }));
    const content = mendedFront(step, text);
    if (content === undefined) return unknown("failed", say("proxy-not-understood", { path: shown }));
    return known(
      { files: proxies.files, path, content, mode: file.mode, diff: lineDiff(text, content) },
      path,
    );
  }

  // --- the Compose project -------------------------------------------------------------------------------------

  #composeFile(step: Extract<Step, { readonly do: "compose.edit" }>): ReturnType<ComposeHands["edit"]> {
    return this.#options.compose?.edit(step) ?? Promise.resolve(NOT_COMPOSE);
  }

  async #recreate(service: string, signal: AbortSignal): Promise<Fact<Performed>> {
    const { compose, watch } = this.#options;
    if (compose === undefined) return NOT_COMPOSE;
    await watch.mark();
    const done = await compose.recreate(service, signal);
    if (!done.known) return done;
    watch.started();
    return known({ how: done.value }, done.source);
  }

  async #tailnet(signal: AbortSignal): ReturnType<Tailscale["status"]> {
    return this.#options.tailscale?.status(signal) ?? unknown("absent", say("no-tailscale"));
  }

  // --- the gateway ---------------------------------------------------------------------------------------------

  async #start(signal: AbortSignal): Promise<Fact<Performed>> {
    const { watch, starter } = this.#options;
    if (starter === undefined) return unknown("not-asked", say("no-starter"));
    await watch.mark();
    const done = await starter.start(signal);
    if (!done.known) return done;
    watch.started();
    return known({ how: done.value }, done.source);
  }

  /** Only when the gateway has not started anew by itself since the last change, unless that is not enough. */
  async #restart(signal: AbortSignal): Promise<Fact<Performed>> {
    const { watch, restart, restartsWhole = false } = this.#options;
    if (!restartsWhole) {
      const settled = await watch.settled(signal);
      if (settled.known && (settled.value.taken === "restarted" || settled.value.taken === "reloaded"))
        return known({ how: say("by-itself") }, settled.source);
    }
    if (signal.aborted) return unknown("failed", say("interrupted"));
    if (restart === undefined) return unknown("not-asked", say("no-restart"));
    await watch.mark();
    const done = await restart(signal);
    if (done.known) watch.started();
    return done.known ? known({ how: done.value }, done.source) : done;
  }
}

/** 48 hex digits, as OpenClaw's own. */
function newToken(): string {
  return randomBytes(24).toString("hex");
}

/** What tells a value that is kept nowhere. */
function hashOf(value: JsonValue): string {
  return sha256(Buffer.from(JSON.stringify(value)));
}

function alreadySo({ key }: ConfigStep): Performed {
  return { how: say("was-so", { what: key }) };
}

/** Whether the config is as the step makes it; one that cannot be read is not. */
function isSettled(step: SettingStep, config: unknown): boolean {
  if (config === undefined) return false;
  if (step.do === "token.generate") return isObject(config) && tokenIn(config) !== undefined;
  return isDone(config, step.key.split("."), step);
}

/** Why a key cannot be set or removed in this config. */
function whyNotThere({ key }: ConfigStep, config: unknown): Unknown | undefined {
  const path = key.split(".");
  if (path.some((part) => part === "" || part === "__proto__"))
    return unknown("failed", say("no-config-key"));
  const elsewhere = config === undefined ? undefined : includeOf(config, path);
  return elsewhere === undefined
    ? undefined
    : unknown("not-asked", say("from-include", { key, files: safeText(elsewhere, 200) }));
}

const NOTHING_BESIDE = known({}, "nothing beside openclaw.json");

const NOT_COMPOSE = unknown("not-asked", say("not-compose"));

const TOKEN_VARIABLE = "OPENCLAW_GATEWAY_TOKEN";

const NO_PROXIES = unknown("not-asked", say("no-proxies-here"));

/** The text of a site, at the end of what is there. */
function siteText(site: ProxySite, before: string | undefined): string {
  const own = proxySite(site);
  return before === undefined ? own : `${before.replace(/\n*$/, "\n")}\n${own}`;
}

type EditProxy = Extract<Step, { readonly do: "proxy.edit" }>;

function mendedFront({ proxy, port, adds }: EditProxy, text: string): string | undefined {
  return FRONTS[proxy].mend?.(text, port, adds);
}

/** Lines that go and lines that come, in a file of which only some lines change in their place. */
function lineDiff(before: string, after: string): readonly DiffEntry[] {
  const [had, has] = [before.split("\n"), after.split("\n")];
  const entries: string[] = [];
  let at = 0;
  for (const line of had) {
    const next = has.indexOf(line, at);
    if (next === -1) {
      entries.push(`-${line}`);
      continue;
    }
    entries.push(...has.slice(at, next).map((one) => `+${one}`));
    at = next + 1;
  }
  return [...entries, ...has.slice(at).map((one) => `+${one}`)].filter((entry) => entry.length > 1);
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

/** `config.set` with JSON, so that nothing is guessed; every release takes `--json` (run: 2026.1.29 to 2026.9.6). */
function wordsOf(step: ConfigStep): readonly string[] {
  return step.do === "config.set"
    ? ["config", "set", step.key, JSON.stringify(step.value), "--json"]
    : ["config", "unset", step.key];
}

/**
 * Why the release's own command is not the way. It writes the file anew (run: the six):
 * - in every release comments and formatting go, and the mode becomes 0600;
 * - up to 2026.3.13 it also writes its defaults down;
 * - up to 2026.4.15 it pulls what is included into the file. 2026.7.1 refuses to, 2026.9.6 writes the included file;
 * - 2026.1.29 and 2026.2.1 put the values of variables in the place of `${NAME}`.
 *
 * And whoever may list processes reads its words.
 */
function whyNotByCommand(step: ConfigStep, text: string, release: string | undefined): Saying | undefined {
  if (isSecretKey(step.key)) return say("secret");
  if (atLeast(release, "2026.4.15") !== true) return say("writes-defaults");
  if (text.includes("$include") && atLeast(release, "2026.7.1") !== true) return say("pulls-includes");
  let plain: string;
  try {
    plain = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return say("drops-comments");
  }
  return plain === text.trimEnd() ? undefined : say("drops-formatting");
}

/** It replaces the file, in every release. */
function whyNotByRename(traits: Traits | undefined): Saying | undefined {
  if (traits === undefined) return undefined;
  if (traits.names > 1) return say("breaks-links");
  if (traits.attributes === "none") return undefined;
  return traits.attributes === "some" ? say("drops-attributes") : say("may-drop-attributes");
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
    return parseJson5(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

async function asFact<T>(action: () => Promise<Fact<T>>): Promise<Fact<T>> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ChangeError) return unknown(error.reason, error.say);
    throw error;
  }
}
