import { DEFAULT_PORT } from "../core/default-port.ts";
import type { Deployment } from "../core/facts.ts";
import type { JsonValue, Step } from "../core/finding.ts";
import { atLeast } from "../core/release.ts";
import { kindOfStep } from "../core/step.ts";
import { safeText } from "../core/text.ts";
import type { WorkloadEngine } from "../core/workload.ts";
import { KINDS } from "./index.ts";
import type { CommandContext, CommandLines } from "./kind.ts";
import { type Dialect, type Line, lineOf, outputBehind, PLACEHOLDERS, type Word, words } from "./line.ts";
import { safeLine } from "./safe-names.ts";

export interface PrintedStep {
  readonly step: Step;
  /** The exact shell line; absent when a person has to do the step. */
  readonly command?: string;
  /** Words of `command` that the user still has to fill in, as they stand there: `<container>`. */
  readonly placeholders?: readonly string[];
}

/** Every step as the exact line for this deployment and release. No secret is ever in a line. */
export function commandsFor(
  steps: readonly Step[],
  deployment: Deployment,
  context: CommandContext = {},
): PrintedStep[] {
  const there = { ...context, ...clusterContext(deployment) };
  return steps.map((step) => {
    const line = isHeld(step, deployment)
      ? undefined
      : LINES[step.do](step as never, KINDS[deployment.kind].commands(deployment.names, there), there);
    if (line === undefined || line.inexact) return { step };
    const placeholders = PLACEHOLDERS.filter((one) => line.placeholders.includes(one));
    const command = line.text;
    return placeholders.length === 0 ? { step, command } : { step, command, placeholders };
  });
}

/** The line that runs OpenClaw's own command with these words there. */
export function openclawLine(
  args: readonly string[],
  deployment: Deployment,
  context: CommandContext = {},
): string {
  return KINDS[deployment.kind].commands(deployment.names, context).cli(words(...args)).text;
}

/** How a step is typed; `undefined`: a person does it, or this program alone. */
type LineFor<D extends Step["do"]> = (
  step: Extract<Step, { readonly do: D }>,
  there: CommandLines,
  context: CommandContext,
) => Line | undefined;

/** Every kind of step. A new one does not compile until it is here. */
const LINES: { readonly [D in Step["do"]]: LineFor<D> } = {
  "config.set": (step, there, context) =>
    there.editConfig ?? configLine(settingWords(step, there.dialect, context), there),
  // What the release does not start with, its `config unset` refuses too; its own doctor takes it out.
  "config.unset": ({ key, refused }, there) =>
    there.editConfig ??
    configLine(refused === true ? words("doctor", "--fix") : exactly("config", "unset", key), there),
  "device.list": (_step, there, context) => deviceLine(words("devices", "list"), there, context),
  "device.approve": ({ requestId }, there, context) =>
    deviceLine([...words("devices", "approve"), requestWord(requestId)], there, context),
  "device.reject": ({ requestId }, there, context) =>
    deviceLine([...words("devices", "reject"), requestWord(requestId)], there, context),
  // Not in 2026.2.17, there in 2026.2.19 (shipped code; run 2026.2.1 and 2026.3.13).
  "device.remove": ({ deviceId }, there, context) =>
    atLeast(context.release, "2026.2.19") === false
      ? undefined
      : deviceLine([...words("devices", "remove"), deviceWord(deviceId)], there, context),
  // `--json` is what prints the one-time link without a desktop (2026.8.1, 2026.9.6; unknown option before).
  "dashboard.link": ({ json }, there, { release }) =>
    there.cli(
      json && atLeast(release, "2026.8.1") === true
        ? words("dashboard", "--json", "--no-open")
        : words("dashboard", "--no-open"),
    ),
  // Before 2026.8.1 the dashboard link carries the token; since then only `auth-token` shows it, on a terminal.
  "token.show": (_step, there, { release }) =>
    atLeast(release, "2026.8.1") === true
      ? there.cli(words("gateway", "auth-token", "--show"), { terminal: true })
      : there.cli(words("dashboard", "--no-open")),
  "doctor.fix": (_step, there) => there.cli(words("doctor", "--fix"), { config: true }),
  "gateway.start": (_step, there) => there.start,
  "gateway.restart": ({ afresh }, there) => (afresh === true ? there.afresh : undefined) ?? there.restart,
  "service.reinstall": (_step, there) => there.cli(words("gateway", "install", "--force")),
  "gateway.status": (_step, there) => there.status,
  // Prints `2026.2.1` or `OpenClaw 2026.9.6 (commit)`; every release has it.
  "version.show": (_step, there) => there.cli(words("--version")),
  "logs.show": (_step, there) => there.logs,
  "device.rotate": ({ deviceId, role }, there, context) => {
    const named = [...words("devices", "rotate", "--device"), deviceWord(deviceId)];
    const of = words("--role", /^[a-z]{1,40}$/.test(role) ? role : "operator");
    return deviceLine([...named, ...of], there, context);
  },
  // Writes it into the config, and sets the mode to `token` (2026.2.1 to 2026.9.6).
  "token.generate": (_step, there) =>
    there.cli(words("doctor", "--generate-gateway-token"), { config: true }),
  "tailscale.serve": (_step, there) => there.tailscale,
  "tailscale.status": (_step, there) => there.tailnet,
  "proxy.write": proxyLine,
  "proxy.edit": () => undefined,
  "proxy.reload": () => undefined,
  "ssh.tunnel": ({ port }, there) => there.tunnel(port),
  "compose.up": ({ service }, there) => there.recreate?.(service),
  // A secret goes from one file into another; no line may show it.
  "token.copy": () => undefined,
  "compose.edit": () => undefined,
  "page.open": () => undefined,
  human: () => undefined,
};

/** A command to the gateway itself. No secret stands in the line: the shell takes it from the configuration. */
function deviceLine(
  args: readonly Word[],
  there: CommandLines,
  { viaLoopback, port = DEFAULT_PORT }: CommandContext,
): Line {
  if (viaLoopback === undefined || there.dialect === "windows") return there.cli(args);
  const all = [...args, ...words("--url", `ws://127.0.0.1:${port}`, `--${viaLoopback}`)];
  const secret = words("config", "get", `gateway.auth.${viaLoopback}`);
  return (
    there.cliWithOutput?.(all, secret) ?? outputBehind(there.cli(all), there.cli(secret, { config: true }))
  );
}

/** The ConfigMap that openclaw.json is, or is made of at each start. */
function madeOf(engine: WorkloadEngine): string | undefined {
  const source = "configMap" in engine ? engine.configMap : undefined;
  return source?.taken === "mounted" || source?.taken === "each-start" ? source.name : undefined;
}

function clusterContext({ workload }: Deployment): Pick<CommandContext, "configMap" | "replicas"> {
  if (workload === undefined) return {};
  const configMap = madeOf(workload.engine);
  const replicas = "replicas" in workload.engine ? workload.engine.replicas?.wanted : undefined;
  return {
    ...(configMap === undefined ? {} : { configMap }),
    ...(replicas === undefined ? {} : { replicas }),
  };
}

/** What writes a config that its mount keeps from being replaced fails there (EBUSY, EROFS; run 2026.3.13). */
function isHeld(step: Step, { workload }: Deployment): boolean {
  const { configAlone, configReadOnly } = workload?.stateDir ?? {};
  if (configAlone !== true && configReadOnly !== true) return false;
  // The object that it is of is changed instead.
  if (workload !== undefined && madeOf(workload.engine) !== undefined) return false;
  return kindOfStep(step).writesConfig === true;
}

/** The proxy's file is this program's to write or to print, wherever the gateway runs. */
function proxyLine(
  { site, path }: Extract<Step, { readonly do: "proxy.write" }>,
  there: CommandLines,
): Line | undefined {
  if (path !== undefined && safeLine(path) !== path) return undefined;
  return lineOf(
    [
      ...words("pairing-doctor", "fix", "--remedy", "https-proxy", "--domain"),
      ...(site === undefined ? [{ placeholder: "<domain>" } as const] : words(safeLine(site.domain))),
      ...(site?.proxy === "nginx" ? words("--proxy", "nginx") : []),
      ...(path === undefined ? [] : words("--proxy-file", path)),
    ],
    there.dialect,
  );
}

function configLine(args: readonly Word[] | undefined, there: CommandLines): Line | undefined {
  return args === undefined ? undefined : there.cli(args, { config: true });
}

/** The words as they are; none where a terminal could not show one as it is, as the command would mean another. */
function exactly(...texts: readonly string[]): readonly Word[] | undefined {
  return texts.every((text) => safeText(text, LONGEST) === text) ? words(...texts) : undefined;
}

function settingWords(
  { key, value }: Extract<Step, { readonly do: "config.set" }>,
  dialect: Dialect,
  context: CommandContext,
): readonly Word[] | undefined {
  if (key === "gateway.controlUi.allowedOrigins" && !areOrigins(value)) return undefined;
  const said = valueText(value, dialect);
  if (said === undefined) return undefined;
  const { text, parsed } = said;
  // Every release tries JSON5 first and falls back to the raw string; the flag turns a typo into an error.
  // 2026.2.1 knows `--json` only, 2026.3.13 to 2026.9.6 call it an alias of `--strict-json`.
  const flag =
    !parsed || dialect === "windows"
      ? []
      : [atLeast(context.release, "2026.3.13") === true ? "--strict-json" : "--json"];
  return exactly("config", "set", key, text, ...flag);
}

/** What stands in the config already is a stranger's text in a ticket: only origins are repeated in a command. */
function areOrigins(value: JsonValue): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (one) =>
        typeof one === "string" &&
        (one === "*" || (ORIGIN.test(one) && URL.canParse(one.replace(/\*/g, "x")))),
    )
  );
}

/** A scheme and a host, perhaps with a port. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.*_[\]:-]+\/?$/i;

/** `parsed`: the text has to be read as JSON to mean the value. */
function valueText(value: JsonValue, dialect: Dialect): { text: string; parsed: boolean } | undefined {
  if (typeof value === "boolean" || typeof value === "number" || value === null)
    return { text: JSON.stringify(value), parsed: false };
  if (
    typeof value === "string" &&
    BARE_STRING.test(value) &&
    !/^(?:true|false|null|NaN|Infinity)$/.test(value)
  )
    return { text: value, parsed: false };
  const text = JSON.stringify(value);
  if (dialect !== "windows") return { text, parsed: true };
  // JSON5's single quotes survive cmd.exe and PowerShell; a value with a quote in it would become another.
  if (text.includes("'") || text.includes('\\"')) return undefined;
  return { text: text.replaceAll('"', "'"), parsed: true };
}

const BARE_STRING = /^[A-Za-z/][A-Za-z0-9._:/@-]{0,200}$/;

/** Characters of a word in a command. */
const LONGEST = 4000;

function requestWord(requestId: string | undefined): Word {
  // Ids come from logs: an odd one could be an option or worse.
  return requestId !== undefined && /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(requestId)
    ? { text: requestId }
    : { placeholder: "<requestId>" };
}

function deviceWord(deviceId: string): Word {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(deviceId)
    ? { text: deviceId }
    : { placeholder: "<deviceId>" };
}
