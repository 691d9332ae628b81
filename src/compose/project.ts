import type { ComposePlace, ComposeSecret } from "../core/compose.ts";
import { type Fact, known, type UnknownReason, unknown } from "../core/fact.ts";
import { inEnglish, type Saying, say } from "../core/saying.ts";
import { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import { mergedServices, type ServiceDraft, type Told } from "./service.ts";
import { type DotenvEntry, dotenv, interpolate, type Lookup, wholeReference } from "./variables.ts";
import { type ComposeYaml, composeYaml, MAX_COMPOSE } from "./yaml.ts";

/** A Compose project as `docker compose config` would show it; what it includes or extends is not followed. */
export interface ComposeProject {
  readonly directory: string;
  /** Absolute, in the order in which they are merged. */
  readonly files: readonly string[];
  /** `name:` of the files, or `COMPOSE_PROJECT_NAME`. */
  readonly name?: string;
  /** The `.env` beside it, where there is one. */
  readonly dotenv?: string;
  readonly services: readonly ComposeService[];
  /** What Compose refuses, or what was not followed, one line each; at most 20. */
  readonly problems: readonly string[];
}

export interface ComposeService {
  readonly name: string;
  readonly image?: string;
  readonly containerName?: string;
  readonly user?: string;
  /** `host`, `service:openclaw-gateway` … */
  readonly networkMode?: string;
  /** Words; the value of a variable or of an option that names a secret is its fingerprint. */
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly ports: readonly ComposePort[];
  readonly volumes: readonly ComposeVolume[];
  readonly environment: ReadonlyMap<string, ComposeVariable>;
  /** Where the files say them. */
  readonly commandAt?: ComposePlace;
  readonly networkModeAt?: ComposePlace;
  /** Files that have the service, at least one. */
  readonly files: readonly string[];
  /** It takes more from a service or file that was not followed. */
  readonly isExtended: boolean;
}

export interface ComposePort {
  /** Of the host; `0.0.0.0` where none is given. */
  readonly address: string;
  /** Absent: Docker takes a free one. */
  readonly published?: number;
  readonly target: number;
  readonly protocol: string;
  readonly at: ComposePlace;
}

export interface ComposeVolume {
  readonly type: "bind" | "volume" | "other";
  /** Absolute path of the host, or a volume's name; absent for an anonymous one. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ComposeVariable {
  readonly value: Secret;
  readonly source: ComposeSource;
}

/** Where a variable of a service gets its value from. */
export type ComposeSource = Omit<ComposeSecret, "fingerprint" | "isRunning">;

/** Where the files of a project are, as far as reading one asks. */
export interface ComposeDisk {
  readonly homedir: string;
  /** At most `maxBytes` from the start. */
  readText(path: string, maxBytes: number): Promise<ComposeText>;
  /** The absolute path of a file; a relative one is below the directory. */
  absolute(directory: string, file: string): string;
}

export type ComposeText =
  | { readonly ok: true; readonly text: string; readonly truncated: boolean }
  | { readonly ok: false; readonly reason: UnknownReason; readonly detail: Saying };

export interface ComposeRequest {
  readonly disk: ComposeDisk;
  readonly salt: string;
  /** Variables of where Compose is started: they win over `.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Relative ones to the directory. */
  readonly files?: readonly string[];
  /** `--env-file` instead of `.env`. */
  readonly envFiles?: readonly string[];
}

const MAX_FILES = 10;
export const MAX_ENV_FILE = 262_144;
const MAX_ENV_FILES = 50;
const MAX_PORTS = 200;
const SECRET_NAME = /token|password|passwd|secret|passphrase|api_?key|private_?key|credential/i;

/** Reads the files of a project and what they name; unknown when one of them cannot be read or is no Compose file. */
export async function composeProject(request: ComposeRequest): Promise<Fact<ComposeProject>> {
  const { disk, directory, env } = request;
  const files = (request.files ?? []).slice(0, MAX_FILES + 1).map((file) => disk.absolute(directory, file));
  if (files.length === 0 || files.length > MAX_FILES) return unknown("not-asked", say("no-compose-named"));
  const parsed: ComposeYaml[] = [];
  for (const file of files) {
    const read = await disk.readText(file, MAX_COMPOSE);
    if (!read.ok) return unknown(read.reason, say("unread", { path: safeText(file, 200), why: read.detail }));
    const yaml = read.truncated ? undefined : await composeYaml(read.text);
    if (yaml === undefined) return unknown("failed", say("compose-not-read", { path: safeText(file, 200) }));
    parsed.push(yaml);
  }
  const own = await projectVariables(request);
  const lookup: Lookup = (name) => ownOf(env, name) ?? own.get(name)?.entry.value;
  const reader = new ProjectReader({ request, files, own, lookup });
  const services: ComposeService[] = [];
  for (const [name, draft] of mergedServices(parsed)) services.push(await reader.service(name, draft));
  for (const [index, { value }] of parsed.entries())
    if (value.include !== undefined) reader.note(`${files[index]}: what it includes was not read`);
  const top = parsed.map(({ value }) => value.name).findLast((name) => typeof name === "string");
  const named = env.COMPOSE_PROJECT_NAME || own.get("COMPOSE_PROJECT_NAME")?.entry.value || top;
  const beside = [...own.values()][0]?.path;
  return known(
    {
      directory,
      files,
      ...(typeof named === "string" && named !== "" ? { name: safeText(named, 100) } : {}),
      ...(beside === undefined ? {} : { dotenv: beside }),
      services,
      problems: reader.problems,
    },
    files[0] ?? directory,
  );
}

type Own = ReadonlyMap<string, { readonly path: string; readonly entry: DotenvEntry }>;

/** The name that Compose gives to the project of a file: its directory's, lower-cased, without other characters. */
export function usualProjectName(file: string): string {
  const directory = file.split("/").at(-2) ?? "";
  return directory
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]{1,100}/, "");
}

async function projectVariables({ disk, directory, envFiles, env }: ComposeRequest): Promise<Own> {
  const own = new Map<string, { path: string; entry: DotenvEntry }>();
  for (const file of (envFiles ?? [".env"]).slice(0, MAX_FILES)) {
    const path = disk.absolute(directory, file);
    const read = await disk.readText(path, MAX_ENV_FILE);
    if (!read.ok) continue;
    const entries = dotenv(read.text, (name) => ownOf(env, name) ?? own.get(name)?.entry.value);
    for (const [name, entry] of entries) own.set(name, { path, entry });
  }
  return own;
}

/** A name from a file may be one of a prototype's. */
function ownOf(env: ComposeRequest["env"], name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

interface ReaderInput {
  readonly request: ComposeRequest;
  readonly files: readonly string[];
  readonly own: Own;
  readonly lookup: Lookup;
}

class ProjectReader {
  readonly #input: ReaderInput;
  readonly #envFiles = new Map<string, Promise<ComposeText>>();
  readonly problems: string[] = [];

  constructor(input: ReaderInput) {
    this.#input = input;
  }

  note(problem: string): void {
    if (this.problems.length < 20) this.problems.push(safeText(problem, 200));
  }

  async service(name: string, draft: ServiceDraft): Promise<ComposeService> {
    const { scalars, command, entrypoint, isExtended } = draft;
    if (isExtended) this.note(`services.${name}.extends was not followed`);
    const image = this.#scalar(scalars.image);
    const containerName = this.#scalar(scalars.container_name);
    const user = this.#scalar(scalars.user);
    const networkMode = this.#scalar(scalars.network_mode);
    return {
      name,
      ...(image === undefined ? {} : { image }),
      ...(containerName === undefined ? {} : { containerName }),
      ...(user === undefined ? {} : { user }),
      ...(networkMode === undefined ? {} : { networkMode }),
      command: this.#words(command),
      entrypoint: this.#words(entrypoint),
      ...(command === undefined ? {} : { commandAt: this.#place(command) }),
      ...(scalars.network_mode === undefined ? {} : { networkModeAt: this.#place(scalars.network_mode) }),
      files: draft.files.map((index) => this.#input.files[index] ?? ""),
      ports: this.#ports(draft.ports),
      volumes: this.#volumes(draft.volumes),
      environment: await this.#environment(draft),
      isExtended,
    };
  }

  #text(template: string): string {
    const { text, problem } = interpolate(template, this.#input.lookup);
    if (problem !== undefined) this.note(`a value cannot be read: ${problem}`);
    return text;
  }

  #scalar(told: Told<string> | undefined): string | undefined {
    return told === undefined ? undefined : safeText(this.#text(told.value), 300);
  }

  #place({ file, line }: Told<unknown>): ComposePlace {
    const path = this.#input.files[file] ?? "";
    return line === undefined ? { path } : { path, line };
  }

  /** Whoever writes a token on a command line wrote it into the file, too. */
  #words(told: Told<string | readonly string[]> | undefined): readonly string[] {
    if (told === undefined) return [];
    const { value } = told;
    const templates = typeof value === "string" ? shellWords(value) : value;
    const { salt } = this.#input.request;
    let hides = false;
    return templates.map((template) => {
      const { used } = interpolate(template, this.#input.lookup);
      const text = this.#text(template);
      const option = /^--?[\w-]{1,60}/.exec(text)?.[0] ?? "";
      const isHidden = hides || used.some((name) => SECRET_NAME.test(name));
      hides = SECRET_NAME.test(option) && !text.includes("=");
      if (isHidden) return new Secret(text, salt).fingerprint;
      const equals = text.indexOf("=");
      if (equals > 0 && SECRET_NAME.test(text.slice(0, equals)))
        return `${safeText(text.slice(0, equals), 100)}=${new Secret(text.slice(equals + 1), salt).fingerprint}`;
      return safeText(text, 1000);
    });
  }

  #ports(drafts: ServiceDraft["ports"]): readonly ComposePort[] {
    const found = new Map<string, ComposePort>();
    for (const told of drafts) {
      const { short, address, published, target, protocol } = told.value;
      const parts =
        short === undefined
          ? {
              address: address === undefined ? "" : this.#text(address),
              published: published === undefined ? "" : this.#text(published),
              target: target === undefined ? "" : this.#text(target),
              protocol: protocol === undefined ? "tcp" : this.#text(protocol),
            }
          : portParts(this.#text(short));
      if (parts === undefined) continue;
      for (const [host, inside] of pairs(parts.published, parts.target)) {
        const port: ComposePort = {
          address: safeText(parts.address === "" ? "0.0.0.0" : parts.address, 60),
          ...(host === undefined ? {} : { published: host }),
          target: inside,
          protocol: safeText(parts.protocol, 10),
          at: this.#place(told),
        };
        if (found.size < MAX_PORTS)
          found.set(`${port.address} ${host ?? ""} ${inside} ${port.protocol}`, port);
      }
    }
    return [...found.values()];
  }

  /** One for each path in the container: a later file's wins. */
  #volumes(drafts: ServiceDraft["volumes"]): readonly ComposeVolume[] {
    const found = new Map<string, ComposeVolume>();
    for (const { value } of drafts) {
      const volume = value.short === undefined ? this.#longVolume(value) : this.#shortVolume(value.short);
      if (volume !== undefined && volume.target !== "") found.set(volume.target, volume);
    }
    return [...found.values()];
  }

  #shortVolume(short: string): ComposeVolume | undefined {
    // A drive letter of Windows has a colon of its own.
    const text = safeText(this.#text(short), 1000);
    const drive = /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0;
    const [rest = "", ...more] = text.slice(drive).split(":");
    const source = text.slice(0, drive) + rest;
    const [target, mode = ""] = more;
    if (target === undefined) return { type: "volume", target: source, readOnly: false };
    return { ...this.#volumeSource(source), target, readOnly: mode.split(",").includes("ro") };
  }

  #longVolume({ type, source, target, readOnly }: ServiceDraft["volumes"][number]["value"]): ComposeVolume {
    const at = target === undefined ? "" : safeText(this.#text(target), 300);
    const from = source === undefined ? undefined : safeText(this.#text(source), 300);
    const named = from === undefined ? {} : { source: from };
    if (type === "bind" && from !== undefined)
      return { type: "bind", source: this.#onHost(from), target: at, readOnly: readOnly === true };
    return {
      type: type === "volume" ? "volume" : "other",
      ...named,
      target: at,
      readOnly: readOnly === true,
    };
  }

  #volumeSource(source: string): Pick<ComposeVolume, "type" | "source"> {
    return /^[./~]|^[A-Za-z]:[\\/]/.test(source)
      ? { type: "bind", source: this.#onHost(source) }
      : { type: "volume", source };
  }

  #onHost(path: string): string {
    const { directory, disk } = this.#input.request;
    if (path === "~" || path.startsWith("~/")) return disk.absolute(disk.homedir, path.slice(2));
    return /^[A-Za-z]:[\\/]/.test(path) ? path : disk.absolute(directory, path);
  }

  /** `environment` wins over `env_file`, a later file over an earlier one. */
  async #environment({ environment, envFiles }: ServiceDraft): Promise<ReadonlyMap<string, ComposeVariable>> {
    const { directory, disk, salt } = this.#input.request;
    const found = new Map<string, ComposeVariable>();
    for (const { value } of envFiles.slice(0, MAX_FILES)) {
      const path = disk.absolute(directory, this.#text(value.path));
      const read = await this.#envFile(path);
      if (!read.ok) {
        if (value.required) this.note(`${path}: ${inEnglish(read.detail)}`);
        continue;
      }
      for (const [name, entry] of dotenv(read.text, this.#input.lookup, value.raw))
        found.set(name, {
          value: new Secret(entry.value, salt),
          source: { from: "env-file", path, line: entry.line, variable: name },
        });
    }
    for (const [name, told] of environment) {
      const variable = this.#variable(name, told);
      if (variable === undefined) found.delete(name);
      else found.set(name, variable);
    }
    return found;
  }

  /** Services share them; each is read once. */
  #envFile(path: string): Promise<ComposeText> {
    const before = this.#envFiles.get(path);
    if (before !== undefined) return before;
    const read =
      this.#envFiles.size < MAX_ENV_FILES
        ? this.#input.request.disk.readText(path, MAX_ENV_FILE)
        : Promise.resolve<ComposeText>({ ok: false, reason: "not-asked", detail: say("unread-many") });
    this.#envFiles.set(path, read);
    return read;
  }

  #variable(name: string, told: Told<string | undefined>): ComposeVariable | undefined {
    const { salt } = this.#input.request;
    if (told.value === undefined) {
      // Without a value the variable is taken over; one that is not there is not passed on.
      const value = this.#input.lookup(name);
      return value === undefined
        ? undefined
        : { value: new Secret(value, salt), source: this.#sourceOf(name, told) };
    }
    const { used } = interpolate(told.value, this.#input.lookup);
    const whole = wholeReference(told.value);
    // A value that is made of several parts is the Compose file's.
    const one = whole !== undefined && used.includes(whole) ? whole : undefined;
    return {
      value: new Secret(this.#text(told.value), salt),
      source:
        one === undefined
          ? { from: "compose-file", ...this.#place(told), variable: name }
          : this.#sourceOf(one, told),
    };
  }

  #sourceOf(variable: string, told: Told<unknown>): ComposeSource {
    const { own, request } = this.#input;
    const entry = own.get(variable);
    if (ownOf(request.env, variable) !== undefined || entry === undefined)
      return { from: "shell", ...this.#place(told), variable };
    return { from: "dotenv", path: entry.path, line: entry.entry.line, variable };
  }
}

/** `[IP:][HOST:]CONTAINER[/PROTOCOL]`, an address of IPv6 in brackets. */
function portParts(text: string) {
  const match =
    /^(?:(\[[0-9A-Fa-f:.%]{2,60}\]|[\d.]{7,15}|localhost):)?(?:([\d-]{0,11}):)?([\d-]{1,11})(?:\/([a-z]{1,10}))?$/.exec(
      text.trim(),
    );
  if (match === null) return undefined;
  const [, address = "", published = "", target = "", protocol = "tcp"] = match;
  return { address: address.replace(/^\[|\]$/g, ""), published, target, protocol };
}

/** Ports of a range one by one; a host's port is absent where none is given. */
function pairs(published: string, target: string): readonly (readonly [number | undefined, number])[] {
  const inside = rangeOf(target);
  const outside = rangeOf(published);
  if (inside.length === 0) return [];
  if (outside.length === 0) return inside.map((port) => [undefined, port]);
  return inside.map((port, at) => [outside[at] ?? outside[0], port]);
}

function rangeOf(text: string): readonly number[] {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const first = Number(from);
  const last = Number(to);
  if (!(first > 0 && last < 65_536 && last >= first)) return [];
  return Array.from({ length: Math.min(last - first + 1, 100) }, (_, at) => first + at);
}

/** Blanks, both quotes, backslash, as Compose splits a command that is one text. */
function shellWords(text: string): readonly string[] {
  const out: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length && out.length < 500; at += 1) {
    const char = text[at] ?? "";
    if (char === "\\" && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word = (word ?? "") + (text[at] ?? "");
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else word = (word ?? "") + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  return word === undefined ? out : [...out, word];
}
