import { safeText } from "../core/text.ts";
import type { World } from "./world.ts";

/** What a Compose file says of OpenClaw, as far as its plain form can be read. */
export interface ComposeSigns {
  /** Name of the file, in the directory that it was looked for in. */
  readonly file: string;
  /** Service that runs the gateway. */
  readonly service: string;
  /** Service that runs the CLI, when there is one. */
  readonly cliService?: string;
  /** `container_name` of the gateway's service. */
  readonly container?: string;
  /** Host addresses of its published ports; `0.0.0.0` where none is given. */
  readonly publishedOn: readonly string[];
}

/** In the order in which Compose looks. */
const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"] as const;
const MAX_LINES = 5000;

/** The Compose file of the working directory, if it is one of an OpenClaw gateway. */
export async function readComposeFile(world: World): Promise<ComposeSigns | undefined> {
  for (const file of NAMES) {
    const read = await world.readText(`${world.cwd.replace(/\/$/, "")}/${file}`, 524_288);
    // Compose takes the first that exists, whatever is in it.
    if (read.ok) return composeSigns(read.text, file);
  }
  return undefined;
}

interface Service {
  readonly name: string;
  readonly lines: string[];
}

/**
 * Finds the gateway's and the CLI's service by image, command and name. Only block style is read, which is what
 * every Compose file seen has; a file in another style gives nothing rather than a guess.
 */
export function composeSigns(text: string, file: string): ComposeSigns | undefined {
  const services = servicesOf(text);
  const ours = services.filter(({ name, lines }) => isOurs(name, lines));
  const gateway =
    ours.find(({ lines }) => runsGateway(lines)) ??
    ours.find(({ name }) => /gateway/.test(name)) ??
    ours.find(({ name, lines }) => !isCli(name, lines));
  if (gateway === undefined) return undefined;
  const cli = ours.find((service) => service !== gateway && isCli(service.name, service.lines));
  const container = scalarOf(gateway.lines, "container_name");
  return {
    file,
    service: gateway.name,
    ...(cli === undefined ? {} : { cliService: cli.name }),
    ...(container !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/.test(container) ? { container } : {}),
    publishedOn: publishedOn(gateway.lines),
  };
}

function servicesOf(text: string): readonly Service[] {
  const services: Service[] = [];
  let inside = false;
  let indent: number | undefined;
  for (const raw of text.split(/\r?\n/).slice(0, MAX_LINES)) {
    const line = raw.trimEnd();
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const depth = line.length - line.trimStart().length;
    if (depth === 0) {
      inside = /^services:\s{0,20}(?:#|$)/.test(line);
      continue;
    }
    if (!inside) continue;
    indent ??= depth;
    const name = /^["']?([A-Za-z0-9][A-Za-z0-9._-]{0,100})["']?:\s{0,20}(?:#.{0,500}|&[\w-]{1,50})?$/.exec(
      line.trim(),
    )?.[1];
    if (depth === indent && name !== undefined) services.push({ name, lines: [] });
    else if (depth > indent) services.at(-1)?.lines.push(line);
    if (services.length > 200) break;
  }
  return services;
}

function isOurs(name: string, lines: readonly string[]): boolean {
  if (/(?:openclaw|clawdbot|moltbot)/i.test(name)) return true;
  return /(?:openclaw|clawdbot|moltbot)/i.test(scalarOf(lines, "image") ?? "");
}

function runsGateway(lines: readonly string[]): boolean {
  const from = lines.findIndex((line) => /^\s+(?:command|entrypoint):/.test(line));
  if (from === -1) return false;
  const depth = (line: string): number => line.length - line.trimStart().length;
  const own = depth(lines[from] ?? "");
  const end = lines.findIndex(
    (line, index) => index > from && depth(line) <= own && !line.trimStart().startsWith("-"),
  );
  const block = lines.slice(from, end === -1 ? undefined : end).join(" ");
  return /(?:^|[\s"',[-])gateway(?:[\s"',\]]|$)/.test(block);
}

function isCli(name: string, lines: readonly string[]): boolean {
  return /(?:^|[-_])cli(?:[-_]|$)/.test(name) || /^service:/.test(scalarOf(lines, "network_mode") ?? "");
}

function scalarOf(lines: readonly string[], key: string): string | undefined {
  for (const line of lines) {
    const match = /^\s{1,40}([a-z_]{1,40}):\s{1,20}(\S.{0,300})$/.exec(line);
    if (match?.[1] === key)
      return (match[2] ?? "")
        .replace(/\s#.*$/, "")
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2");
  }
  return undefined;
}

/** `"127.0.0.1:18789:18789"` is open on loopback only; without an address a port is open on all of them. */
function publishedOn(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => /^\s+ports:\s{0,20}$/.test(line));
  if (from === -1) return [];
  const found = new Set<string>();
  for (const line of lines.slice(from + 1, from + 50)) {
    const item = /^\s+-\s{1,10}["']?([^"'#\s]{1,200})/.exec(line)?.[1];
    if (item === undefined) break;
    const address = /^(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]{2,45}\]):/
      .exec(item)?.[1]
      ?.replace(/^\[|\]$/g, "");
    found.add(safeText(address ?? "0.0.0.0", 60));
  }
  return [...found];
}
