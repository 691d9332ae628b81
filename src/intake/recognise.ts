import { isObject, parseBoundedJson } from "../core/json.ts";

/** What a text is besides a log or somebody's words. */
export type DocumentKind =
  | "config"
  | "compose"
  | "env"
  | "docker-inspect"
  | "kubernetes"
  | "devices"
  | "doctor"
  | "systemd"
  | "har"
  | "bundle"
  | "report";

/** Everything that an input can be said to be. */
export type InputKind =
  | DocumentKind
  | "log"
  | "text"
  | "empty"
  | "binary"
  | "not-recognised"
  | "unread-archive";

/** Characters of a document; more is a log, or nothing that is read whole. */
export const MAX_DOCUMENT = 16 * 1024 ** 2;

interface Recogniser {
  readonly as: DocumentKind;
  /** `value`: the text as JSON, `undefined` where it is none. `name`: of its file. */
  is(text: string, value: unknown, name: string): boolean;
}

/** In the order in which they are tried. */
const RECOGNISERS: readonly Recogniser[] = [
  { as: "bundle", is: (_, value) => isObject(value) && value.kind === "openclaw-pairing-doctor-bundle" },
  {
    as: "report",
    is: (_, value) =>
      isObject(value) && isObject(value.tool) && value.tool.name === "openclaw-pairing-doctor",
  },
  { as: "har", is: (_, value) => isObject(value) && isObject(value.log) && Array.isArray(value.log.entries) },
  {
    as: "kubernetes",
    is: (text, value) =>
      isObject(value)
        ? typeof value.apiVersion === "string" && typeof value.kind === "string"
        : (isYaml(text) && /^apiVersion:\s{0,8}\S/m.test(text) && /^kind:\s{0,8}[A-Z]/m.test(text)) ||
          isDescription(text),
  },
  { as: "docker-inspect", is: (_, value) => listOf(value).some(isContainer) },
  {
    as: "doctor",
    is: (_, value) =>
      isObject(value) &&
      Array.isArray(value.findings) &&
      (value.findings.some((one) => isObject(one) && typeof one.checkId === "string") ||
        "checksRun" in value),
  },
  { as: "devices", is: (text, value) => isDevices(value) || DEVICE_TABLE.test(text) },
  {
    as: "config",
    is: (text, value) => (isObject(value) ? isConfig(value) : isConfigText(text) || isConfigYaml(text)),
  },
  {
    as: "compose",
    is: (text, value) =>
      isObject(value)
        ? isObject(value.services) && Object.values(value.services).some(isService)
        : isYaml(text) &&
          /^services:\s{0,80}$/m.test(text) &&
          /^\s{1,40}(?:image|build|command|ports):/m.test(text),
  },
  { as: "systemd", is: (text) => isSystemd(text) },
  { as: "env", is: (text, _, name) => isEnv(text, name) },
];

/** A word of a log or a ticket: then a text that no parser takes is one, whatever it begins with. */
const LOG =
  /closed before connect|disconnected \(\d{4}\)|\[(?:ws|gateway|reload)\]|"subsystem"|gateway closed \(|pairing required/;

/** What a whole text is; `undefined`: a log, a ticket, or nothing that is known. Never throws. */
export function documentKind(text: string, name = ""): DocumentKind | undefined {
  const bare = text.trimStart();
  const value = /^[{[]/.test(bare) ? parseBoundedJson(bare) : undefined;
  if (value === undefined && LOG.test(text)) return DEVICE_ONLY.test(bare) ? "devices" : undefined;
  return RECOGNISERS.find(({ is }) => is(bare, value, name))?.as;
}

/** One of these makes a beginning worth to be read whole. */
export function mayBeDocument(head: string, name: string): boolean {
  const bare = head.replace(/^(?:\s{1,80}|\/\/[^\n]{0,400}\n|#[^\n]{0,400}\n){1,200}/, "");
  return (
    /^[{[]/.test(bare) ||
    /^(?:apiVersion|kind|services|version|name|x-[\w-]{1,40}):/m.test(bare) ||
    /^(?:Pending|Paired) \(\d/.test(bare) ||
    /^Name:\s{2,40}\S.{0,253}\nNamespace:/.test(bare) ||
    isSystemd(bare) ||
    isEnv(bare, name)
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, 1000) : [value];
}

function isContainer(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.Id === "string" &&
    (isObject(value.HostConfig) || isObject(value.NetworkSettings) || isObject(value.State))
  );
}

function isService(value: unknown): boolean {
  return isObject(value) && ("image" in value || "build" in value || "command" in value);
}

const DEVICE_TABLE = /^(?:Pending|Paired) \(\d{1,5}\)\s{0,8}\n[\s>]{0,80}[┌+|│]/m;
const DEVICE_ONLY = /^(?:Pending|Paired) \(\d{1,5}\)/;

/** `devices list --json`, and the two files of a gateway's store. */
function isDevices(value: unknown): boolean {
  if (!isObject(value)) return false;
  const lists = [value.pending, value.paired].filter((list) => Array.isArray(list));
  if (lists.length > 0) return lists.every((list) => list.every((one) => isObject(one) && "deviceId" in one));
  const entries = Object.values(value);
  return (
    entries.length > 0 && entries.every((one) => isObject(one) && "deviceId" in one && "publicKey" in one)
  );
}

const SECTIONS = [
  "agents",
  "channels",
  "models",
  "plugins",
  "tools",
  "skills",
  "session",
  "commands",
  "meta",
  "wizard",
];
const OF_GATEWAY = [
  "port",
  "bind",
  "mode",
  "auth",
  "controlUi",
  "trustedProxies",
  "tailscale",
  "remote",
  "reload",
];

/** With a section of the gateway's, or with two of the others; other programs have a `gateway`, too. */
function isConfig(value: Readonly<Record<string, unknown>>): boolean {
  const { gateway } = value;
  if (isObject(gateway) && Object.keys(gateway).some((key) => OF_GATEWAY.includes(key))) return true;
  return Object.keys(value).filter((key) => SECTIONS.includes(key) && isObject(value[key])).length >= 2;
}

/** JSON5: with comments, without quotes, or with a fault that the gateway met, too. */
function isConfigText(text: string): boolean {
  const code = text.replace(/^(?:\s{1,80}|\/\/[^\n]{0,400}\n|#[^\n]{0,400}\n){1,200}/, "");
  return (
    code.startsWith("{") &&
    /^\s{0,40}["']?(?:gateway|agents|channels|models)["']?\s{0,8}:\s{0,8}\{/m.test(code)
  );
}

/** Begins as YAML does: with a key, a mark or a comment. Somebody's words with a manifest below begin otherwise. */
function isYaml(text: string): boolean {
  const first = text.split("\n", 200).find((line) => line.trim() !== "" && !/^\s{0,40}#/.test(line));
  return first !== undefined && /^(?:---|%YAML|[\w.-]{1,60}:(?:\s{0,8}$|\s\S{1,200}\s{0,8}$)|- )/.test(first);
}

/** The gateway's section as YAML: of a chart's values, or of whoever writes it so. */
function isConfigYaml(text: string): boolean {
  if (!isYaml(text)) return false;
  const section = /^(\s{0,12})gateway:\s{0,8}\n((?:\1\s.{0,2000}\n?){1,200})/m.exec(text)?.[2] ?? "";
  return OF_GATEWAY.some((key) => new RegExp(`^\\s{1,40}${key}:`, "m").test(section));
}

/** `kubectl describe pod`. */
function isDescription(text: string): boolean {
  return /^Name:\s{2,40}\S.{0,253}\nNamespace:\s{1,40}\S/.test(text) && /^Containers:\s{0,8}$/m.test(text);
}

/** `systemctl show`, and a unit file as `systemctl cat` prints it. */
function isSystemd(text: string): boolean {
  const head = text.slice(0, 65_536);
  const properties = /^(?:Id|LoadState|ActiveState|SubState|MainPID|ExecMainStatus|FragmentPath)=/gm;
  if (new Set(head.match(properties)).size >= 2) return true;
  return /^\[Service\]\s{0,8}$/m.test(head) && /^ExecStart\s{0,8}=/m.test(head);
}

/** Assignments and comments alone, of OpenClaw's variables or in a file that is called so. */
function isEnv(text: string, name: string): boolean {
  const lines = text
    .slice(0, 65_536)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  const assigned = lines.filter((line) => /^\s{0,20}(?:export\s{1,8})?[A-Za-z_]\w{0,127}=/.test(line));
  if (assigned.length === 0 || assigned.length < lines.length * 0.9) return false;
  return (
    /(?:^|[/\\.])(?:\.?env(?:\.[\w.-]{1,40})?)$/i.test(name) ||
    assigned.some((line) => /^\s{0,20}(?:export\s{1,8})?(?:OPENCLAW|CLAWDBOT|MOLTBOT)_/.test(line))
  );
}
