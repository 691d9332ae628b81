import { createHash } from "node:crypto";
import type Docker from "dockerode";
import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { safeText } from "../../core/text.ts";
import type { World } from "../world.ts";

/** An engine that may answer, and how the user knows it. */
export interface EngineAddress {
  /** `/var/run/docker.sock`, `DOCKER_HOST`, `docker context build`. */
  readonly name: string;
  readonly socket?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** An engine's API. What is published by it is at `host`, where that is not this machine. */
export interface Engine {
  readonly name: string;
  readonly api: Docker;
  readonly host?: string;
}

/** One call to the engine; the listing of thousands of containers takes a second. Milliseconds. */
const CALL_MS = 10_000;
const MAX_FILE = 262_144;
const PROVIDE = "--config PATH and --log FILE";

/**
 * Where engines may be, in the order in which `docker` itself looks: DOCKER_HOST, the context, the usual sockets
 * (Docker Engine, Docker Desktop, OrbStack, Colima, rootless, Podman). One that was named is the only one.
 */
export async function engineAddresses(world: World): Promise<Fact<readonly EngineAddress[]>> {
  const { env } = world;
  if (env.DOCKER_HOST) {
    const tls = /^(?:1|true|yes)$/i.test(env.DOCKER_TLS_VERIFY ?? "");
    const directory = env.DOCKER_CERT_PATH ?? `${world.homedir}/.docker`;
    return one(await parsedHost(world, env.DOCKER_HOST, "DOCKER_HOST", tls ? directory : undefined));
  }
  const context = await contextName(world);
  if (context !== undefined) return one(await ofContext(world, context));
  if (world.platform === "win32")
    return known([{ name: "docker_engine", socket: "//./pipe/docker_engine" }], "Docker Desktop");
  const runtime = env.XDG_RUNTIME_DIR;
  const home = world.homedir;
  const usual = [
    "/var/run/docker.sock",
    `${home}/.docker/run/docker.sock`,
    `${home}/.orbstack/run/docker.sock`,
    `${home}/.colima/default/docker.sock`,
    ...(runtime === undefined ? [] : [`${runtime}/docker.sock`, `${runtime}/podman/podman.sock`]),
    "/run/podman/podman.sock",
  ];
  const found: EngineAddress[] = [];
  for (const socket of usual)
    if (await world.exists(socket)) found.push({ name: safeText(socket, 200), socket });
  return found.length > 0 ? known(found, "usual sockets") : noEngine();
}

/** The API behind an address. Loads dockerode, which is large, so only here. */
export async function connectEngine(address: EngineAddress): Promise<Engine> {
  const { default: Engine } = await import("dockerode");
  const { socket, host, port, tls } = address;
  // dockerode fills what is not named from DOCKER_HOST, so everything is named.
  const api = new Engine({
    socketPath: socket,
    host,
    port,
    protocol: tls === undefined ? "http" : "https",
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    timeout: CALL_MS,
  });
  const here = host === undefined || host === "localhost" || /^127\./.test(host) || host === "::1";
  return { name: address.name, api, ...(here ? {} : { host }) };
}

export function noEngine(): Unknown {
  return unknown("absent", "no container engine was found", PROVIDE, { message: "engine-absent" });
}

/** Why a call failed, each cause in its own words. `what`: the engine, or what was asked of it. */
export function engineFailure(error: unknown, what: string): Unknown {
  const { code, statusCode } = fieldsOf(error);
  const args = { engine: safeText(what, 200) };
  if (statusCode === 403 || statusCode === 401 || statusCode === 405)
    return unknown("denied", `${args.engine}: a proxy in front of the engine does not allow it`, PROVIDE, {
      message: "engine-filtered",
      args,
    });
  if (code === "EACCES" || code === "EPERM")
    return unknown("denied", `${args.engine}: no permission on the engine's socket`, PROVIDE, {
      message: "engine-denied",
      args,
    });
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTFOUND")
    return unknown("absent", `${args.engine}: no engine answers there`, PROVIDE, {
      message: "engine-down",
      args,
    });
  const detail = safeText(statusCode === undefined ? (code ?? "no answer") : `HTTP ${statusCode}`, 80);
  return unknown("failed", `${args.engine}: the engine did not answer as expected (${detail})`, PROVIDE, {
    message: "engine-failed",
    args: { ...args, detail },
  });
}

/** HTTP status of dockerode's errors, or the code of the system's. */
export function fieldsOf(error: unknown): { readonly code?: string; readonly statusCode?: number } {
  if (typeof error !== "object" || error === null) return {};
  return {
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    ...("statusCode" in error && typeof error.statusCode === "number"
      ? { statusCode: error.statusCode }
      : {}),
  };
}

function one(address: Fact<EngineAddress>): Fact<readonly EngineAddress[]> {
  return address.known ? known([address.value], address.source) : address;
}

async function parsedHost(
  world: World,
  text: string,
  name: string,
  tlsDirectory: string | undefined,
): Promise<Fact<EngineAddress>> {
  const pipe = /^npipe:\/\/(\/.{1,300})$/.exec(text)?.[1];
  const socket = /^unix:\/\/(\/.{1,300})$/.exec(text)?.[1] ?? pipe?.replace(/^\/{2,4}/, "//");
  if (socket !== undefined) return known({ name, socket }, name);
  if (text.startsWith("ssh://"))
    return unknown("not-asked", `${name} is ssh://, which is not read from here`, PROVIDE, {
      message: "engine-ssh",
      args: { engine: name },
    });
  const tcp = /^(tcp|https?):\/\/(\[[0-9a-fA-F:.]{2,60}\]|[^/:?#@\s]{1,253})(?::(\d{1,5}))?\/?$/.exec(text);
  if (tcp?.[2] === undefined)
    return unknown("failed", `${name} is no address of an engine`, PROVIDE, {
      message: "engine-address",
      args: { engine: name },
    });
  const secure = tlsDirectory !== undefined || tcp[1] === "https";
  const address = {
    name,
    host: tcp[2].replace(/^\[|\]$/g, ""),
    port: Number(tcp[3] ?? (secure ? 2376 : 2375)),
  };
  if (tlsDirectory === undefined) return known(address, name);
  const files = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((file) => world.readText(`${tlsDirectory}/${file}`, MAX_FILE)),
  );
  const [ca, cert, key] = files.map((file) => (file.ok ? file.text : undefined));
  if (ca === undefined || cert === undefined || key === undefined)
    return unknown("failed", `${name}: its TLS certificates cannot be read`, PROVIDE, {
      message: "engine-certificates",
      args: { engine: name },
    });
  return known({ ...address, tls: { ca, cert, key } }, name);
}

async function contextName(world: World): Promise<string | undefined> {
  const named = world.env.DOCKER_CONTEXT ?? textAt(await jsonFile(world, "config.json"), "currentContext");
  return named === undefined || named === "" || named === "default" ? undefined : named;
}

/** `docker context`: its files are under the SHA-256 of its name (Docker CLI). */
async function ofContext(world: World, context: string): Promise<Fact<EngineAddress>> {
  const name = `docker context ${safeText(context, 60)}`;
  const id = createHash("sha256").update(context).digest("hex");
  const meta = await jsonFile(world, `contexts/meta/${id}/meta.json`);
  const host = textAt(objectAt(objectAt(meta, "Endpoints"), "docker"), "Host");
  if (host === undefined)
    return unknown("failed", `${name} is no address of an engine`, PROVIDE, {
      message: "engine-address",
      args: { engine: name },
    });
  const directory = `${configDirectory(world)}/contexts/tls/${id}/docker`;
  return parsedHost(world, host, name, (await world.exists(`${directory}/cert.pem`)) ? directory : undefined);
}

function configDirectory(world: World): string {
  return world.env.DOCKER_CONFIG ?? `${world.homedir}/.docker`;
}

async function jsonFile(world: World, file: string): Promise<unknown> {
  const read = await world.readText(`${configDirectory(world)}/${file}`, MAX_FILE);
  if (!read.ok) return undefined;
  try {
    return JSON.parse(read.text);
  } catch {
    return undefined;
  }
}

function objectAt(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = objectAt(value, key);
  return typeof found === "string" ? found : undefined;
}
