// Does to a real gateway what a remedy says, and meets it again as the same browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import JSON5 from "json5";
import { type Case, PATHS, pageAttempt, visit } from "./cases.ts";
import { newDevice, type Outcome, OWNER_SCOPES } from "./rig/client.ts";
import type { DocumentRemedy } from "./rig/doctor.ts";
import type { Gateway, GatewayConfig } from "./rig/gateway.ts";
import type { Site } from "./rig/site.ts";

/** A remedy, taken apart into what it changes. */
interface Plan {
  /** Config keys to set, or to remove where the value is undefined. */
  readonly edits: readonly (readonly [key: string, value: unknown])[];
  /** Request id to approve; null where the user looks it up. */
  readonly approve?: string | null;
  readonly link: boolean;
  readonly tunnel: boolean;
  readonly token: boolean;
}

export type Applied =
  | { readonly outcome: Outcome; readonly changedConfig: boolean }
  | { readonly notApplied: string };

/** Splits a printed line into words: single and double quotes, no expansions. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (const character of line) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The arguments of OpenClaw's own CLI in a line, wherever it runs; undefined for another program. */
export function openclawArguments(line: string): string[] | undefined {
  const words = shellWords(line);
  // Upstream's Compose file has a service whose entrypoint is the CLI.
  const service = words[0] === "docker" ? words.indexOf("openclaw-cli") : -1;
  if (service >= 0) return words.slice(service + 1);
  const program = words.findIndex((word, index) => {
    if (/(?:^|\/)openclaw$/.test(word)) return words[index - 1] !== "-n";
    return /\.(?:m?js)$/.test(word) && /(?:^|\/)node$/.test(words[index - 1] ?? "");
  });
  return program < 0 ? undefined : words.slice(program + 1);
}

function planOf(remedy: DocumentRemedy): Plan | string {
  const edits: [string, unknown][] = [];
  let approve: string | null | undefined;
  let [link, tunnel, token] = [false, false, false];
  for (const command of remedy.commands ?? []) {
    const args = openclawArguments(command);
    if (args === undefined) {
      if (/^(?:ssh -N -L|kubectl .*port-forward) /.test(`${command} `)) tunnel = true;
      else if (!/^(?:docker|systemctl|tail|journalctl|kubectl)\b/.test(command))
        return `another program: ${command}`;
      continue;
    }
    const [group, verb, ...rest] = args;
    if (group === "config" && verb === "set" && rest[0] !== undefined)
      edits.push([rest[0], parsedValue(rest[1] ?? "")]);
    else if (group === "config" && verb === "unset" && rest[0] !== undefined)
      edits.push([rest[0], undefined]);
    else if (group === "devices" && verb === "approve")
      approve = rest[0] === undefined || rest[0].startsWith("<") ? null : rest[0];
    else if (group === "dashboard" && args.includes("--json")) link = true;
    else if (group === "dashboard" || (group === "gateway" && verb === "auth-token")) token = true;
    else if (group === "devices" || group === "logs") continue;
    else if (group === "gateway" && (verb === "restart" || verb === "--force" || verb === "status")) continue;
    else return `not a step of ours: ${command}`;
  }
  const nothing = edits.length === 0 && approve === undefined && !link && !tunnel && !token;
  if (nothing) return "only a person can do it";
  if (edits.some(([key]) => key === "gateway.tailscale.mode")) return "needs Tailscale";
  return { edits, ...(approve === undefined ? {} : { approve }), link, tunnel, token };
}

function parsedValue(text: string): unknown {
  try {
    return JSON5.parse(text);
  } catch {
    return text;
  }
}

function edited(config: GatewayConfig, edits: Plan["edits"]): GatewayConfig {
  const copy = structuredClone(config) as Record<string, unknown>;
  for (const [key, value] of edits) {
    const parts = key.split(".");
    const last = parts.pop() ?? "";
    let holder = copy;
    for (const part of parts) {
      const next = holder[part];
      if (typeof next === "object" && next !== null) holder = next as Record<string, unknown>;
      else {
        const made: Record<string, unknown> = {};
        holder[part] = made;
        holder = made;
      }
    }
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy as unknown as GatewayConfig;
}

/** The config that is in force: the gateway writes to its file too. */
export function readConfig(gateway: Gateway): GatewayConfig {
  return JSON.parse(readFileSync(gateway.configPath, "utf8")) as GatewayConfig;
}

/**
 * Applies a remedy and visits again: as the refused browser where its own request gets approved, and otherwise
 * as a browser that the gateway has never seen, so that one remedy does not help the next.
 * Config changes stay: the caller puts the situation back.
 */
export async function applyRemedy(
  site: Site,
  one: Case,
  remedy: DocumentRemedy,
  refusedDevice: string,
): Promise<Applied> {
  const { gateway } = site;
  const plan = planOf(remedy);
  if (typeof plan === "string") return { notApplied: plan };
  if (plan.edits.length > 0) await gateway.reconfigure(edited(readConfig(gateway), plan.edits));
  const changedConfig = plan.edits.length > 0;
  const device = typeof plan.approve === "string" ? refusedDevice : newDevice();
  if (plan.link) return { outcome: await visitWithLink(site, one), changedConfig };
  const tried: Case = {
    path: plan.tunnel ? "loopback" : one.path,
    credentials: plan.token ? "right" : one.credentials,
  };
  const first = await visit(site, tried, device);
  if (plan.approve === undefined || first.admitted) return { outcome: first, changedConfig };
  // An exact id that the doctor printed is taken at its word; otherwise the user finds it in `devices list`.
  const requestId = plan.approve ?? first.requestId;
  if (requestId === undefined) return { outcome: first, changedConfig };
  const approved = await gateway.cli(["devices", "approve", requestId]);
  assert.equal(approved.code, 0, `devices approve ${requestId}\n${approved.stdout}${approved.stderr}`);
  return { outcome: await visit(site, tried, device), changedConfig };
}

async function visitWithLink({ gateway, client }: Site, one: Case): Promise<Outcome> {
  const printed = await gateway.cli(["dashboard", "--json", "--no-open"]);
  const { browserUrl } = JSON.parse(printed.stdout.slice(printed.stdout.indexOf("{"))) as {
    browserUrl: string;
  };
  const bootstrapToken = new URLSearchParams(new URL(browserUrl).hash.slice(1)).get("bootstrapToken");
  assert.ok(bootstrapToken, "the link has no bootstrap token");
  const path = PATHS[one.path];
  const attempt = pageAttempt(gateway, path, "missing", newDevice());
  const agent = path.from === "gateway" ? gateway.agent : client;
  return agent.connect({ ...attempt, scopes: OWNER_SCOPES, auth: { bootstrapToken } });
}
