import { isObject } from "../core/json.ts";
import { type ComposeYaml, OVERRIDE, RESET } from "./yaml.ts";

/**
 * A service of one Compose file, variables not replaced yet, or of several merged as Compose merges them: what a
 * later file says wins, lists are appended but for `command` and `entrypoint`, an environment is merged by name.
 */
export interface ServiceDraft {
  readonly scalars: Readonly<Record<ScalarKey, Told<string> | undefined>>;
  readonly command?: Told<string | readonly string[]>;
  readonly entrypoint?: Told<string | readonly string[]>;
  readonly ports: readonly Told<PortDraft>[];
  readonly volumes: readonly Told<VolumeDraft>[];
  /** `undefined` value: taken from where Compose is started. */
  readonly environment: ReadonlyMap<string, Told<string | undefined>>;
  readonly envFiles: readonly Told<EnvFileDraft>[];
  /** It takes more from another service or file. */
  readonly isExtended: boolean;
  /** Indexes of the files that have it. */
  readonly files: readonly number[];
}

export type ScalarKey = (typeof SCALARS)[number];
const SCALARS = ["image", "container_name", "user", "network_mode"] as const;

/** A value, and which file says so. */
export interface Told<T> {
  readonly value: T;
  /** Index of the file. */
  readonly file: number;
  /** From 1. */
  readonly line?: number;
}

/** Everything as text: a variable may stand for any of it. */
export interface PortDraft {
  /** `127.0.0.1:18789:18789/tcp`, or the parts. */
  readonly short?: string;
  readonly address?: string;
  readonly published?: string;
  readonly target?: string;
  readonly protocol?: string;
}

export interface VolumeDraft {
  readonly short?: string;
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
  readonly readOnly?: boolean;
}

export interface EnvFileDraft {
  readonly path: string;
  readonly required: boolean;
  readonly raw: boolean;
}

const MAX_SERVICES = 200;
const MAX_ITEMS = 200;
const MAX_VARIABLES = 500;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/;

/** The services of files in their order, merged; names that no service can have are left out. */
export function mergedServices(files: readonly ComposeYaml[]): ReadonlyMap<string, ServiceDraft> {
  const services = new Map<string, ServiceDraft>();
  for (const [index, yaml] of files.entries()) {
    const { services: told } = yaml.value;
    if (!isObject(told)) continue;
    for (const [name, raw] of Object.entries(told).slice(0, MAX_SERVICES)) {
      if (!NAME.test(name)) continue;
      const fresh = raw === RESET || (isObject(raw) && isObject(raw[OVERRIDE]));
      const before = fresh ? undefined : services.get(name);
      if (raw === RESET) services.delete(name);
      else if (before !== undefined || services.size < MAX_SERVICES)
        services.set(name, merged(before ?? EMPTY, unwrapped(raw).value, { yaml, index, name }));
    }
  }
  return services;
}

const EMPTY: ServiceDraft = {
  scalars: { image: undefined, container_name: undefined, user: undefined, network_mode: undefined },
  ports: [],
  volumes: [],
  environment: new Map(),
  envFiles: [],
  isExtended: false,
  files: [],
};

interface Place {
  readonly yaml: ComposeYaml;
  readonly index: number;
  readonly name: string;
}

function merged(before: ServiceDraft, raw: unknown, place: Place): ServiceDraft {
  if (!isObject(raw)) return before;
  const scalars = Object.fromEntries(
    SCALARS.map((key) => [key, scalarOf(raw, key, place, before.scalars[key])]),
  ) as ServiceDraft["scalars"];
  const command = wordsOf(raw, "command", place, before.command);
  const entrypoint = wordsOf(raw, "entrypoint", place, before.entrypoint);
  return {
    scalars,
    ...(command === undefined ? {} : { command }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ports: appended(raw, "ports", before.ports, place, portOf),
    volumes: appended(raw, "volumes", before.volumes, place, volumeOf),
    environment: environmentOf(raw, place, before.environment),
    envFiles: appended(raw, "env_file", before.envFiles, place, envFileOf),
    isExtended: before.isExtended || raw.extends !== undefined,
    files: [...before.files, place.index],
  };
}

/** Whether a value replaces what the files before say, and the value itself. */
function unwrapped(value: unknown): { readonly value: unknown; readonly replaces: boolean } {
  if (value === RESET) return { value: undefined, replaces: true };
  if (isObject(value) && Object.hasOwn(value, OVERRIDE)) return { value: value[OVERRIDE], replaces: true };
  return { value, replaces: false };
}

function told<T>(value: T, { yaml, index, name }: Place, path: readonly (string | number)[]): Told<T> {
  const line = yaml.lineOf(["services", name, ...path]);
  return { value, file: index, ...(line === undefined ? {} : { line }) };
}

/** As Compose prints a scalar that is no text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function scalarOf(
  raw: Readonly<Record<string, unknown>>,
  key: string,
  place: Place,
  before: Told<string> | undefined,
): Told<string> | undefined {
  const { value, replaces } = unwrapped(raw[key]);
  const text = textOf(value);
  if (text === undefined) return replaces ? undefined : before;
  return told(text, place, [key]);
}

function wordsOf(
  raw: Readonly<Record<string, unknown>>,
  key: string,
  place: Place,
  before: Told<string | readonly string[]> | undefined,
): Told<string | readonly string[]> | undefined {
  const { value, replaces } = unwrapped(raw[key]);
  if (Array.isArray(value)) {
    const words = value.slice(0, MAX_ITEMS).flatMap((word: unknown) => textOf(word) ?? []);
    return told(words, place, [key]);
  }
  const text = textOf(value);
  if (text !== undefined) return told(text, place, [key]);
  return replaces ? undefined : before;
}

/** A list, or one of its items alone. */
function appended<T>(
  raw: Readonly<Record<string, unknown>>,
  key: string,
  before: readonly Told<T>[],
  place: Place,
  read: (item: unknown) => T | undefined,
): readonly Told<T>[] {
  const { value, replaces } = unwrapped(raw[key]);
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const items = list.slice(0, MAX_ITEMS).flatMap((item, at) => {
    const found = read(item);
    return found === undefined ? [] : [told(found, place, Array.isArray(value) ? [key, at] : [key])];
  });
  return [...(replaces ? [] : before), ...items].slice(0, MAX_ITEMS);
}

function portOf(item: unknown): PortDraft | undefined {
  const short = textOf(item);
  if (short !== undefined) return { short };
  if (!isObject(item)) return undefined;
  const parts = { address: "host_ip", published: "published", target: "target", protocol: "protocol" };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, key]) => {
      const text = textOf(item[key]);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function volumeOf(item: unknown): VolumeDraft | undefined {
  if (typeof item === "string") return { short: item };
  if (!isObject(item)) return undefined;
  const { type, source, target, read_only: readOnly } = item;
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof source === "string" ? { source } : {}),
    ...(typeof target === "string" ? { target } : {}),
    ...(readOnly === true ? { readOnly } : {}),
  };
}

function envFileOf(item: unknown): EnvFileDraft | undefined {
  if (typeof item === "string") return { path: item, required: true, raw: false };
  if (!isObject(item) || typeof item.path !== "string") return undefined;
  return { path: item.path, required: item.required !== false, raw: item.format === "raw" };
}

function environmentOf(
  raw: Readonly<Record<string, unknown>>,
  place: Place,
  before: ServiceDraft["environment"],
): ServiceDraft["environment"] {
  const { value, replaces } = unwrapped(raw.environment);
  const found = new Map(replaces ? [] : before);
  const add = (name: string, text: string | undefined, path: readonly (string | number)[]): void => {
    if (found.size < MAX_VARIABLES && name !== "" && name.length <= 200)
      found.set(name, told(text, place, ["environment", ...path]));
  };
  if (Array.isArray(value))
    for (const [at, item] of value.slice(0, MAX_VARIABLES).entries()) {
      const text = textOf(item);
      if (text === undefined) continue;
      const equals = text.indexOf("=");
      if (equals === -1) add(text, undefined, [at]);
      else add(text.slice(0, equals), text.slice(equals + 1), [at]);
    }
  else if (isObject(value))
    for (const [name, item] of Object.entries(value).slice(0, MAX_VARIABLES)) {
      if (item === RESET) found.delete(name);
      else if (item === null) add(name, undefined, [name]);
      else if (textOf(item) !== undefined) add(name, textOf(item), [name]);
    }
  return found;
}
