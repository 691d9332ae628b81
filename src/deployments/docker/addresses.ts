import { createHash } from "node:crypto";
import { type Fact, known, type Unknown, unknown } from "../../core/fact.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { World } from "../world.ts";
import { usualSockets } from "./sockets.ts";
import { parseSshUrl, type SshAddress } from "./ssh-address.ts";

/** An engine that may answer, and how the user knows it. */
export interface EngineAddress {
  /** `/var/run/docker.sock`, `DOCKER_HOST`, `docker context build`. */
  readonly name: string;
  readonly socket?: string;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: EngineTls;
  readonly ssh?: SshAddress;
}

/** PEM texts. Without `ca` the authorities of this Node are trusted, without `cert` the engine wants none. */
export interface EngineTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The user told Docker not to verify the engine (`SkipTLSVerify`, `DOCKER_TLS`). */
  readonly unverified?: boolean;
}

const MAX_FILE = 262_144;
export const PROVIDE = "--config PATH and --log FILE";

/**
 * Where engines may be, in the order in which `docker` itself looks: DOCKER_HOST, the context, then what the usual
 * sockets are, Podman's CONTAINER_HOST before them. One that Docker was told is the only one.
 */
export async function engineAddresses(world: World): Promise<Fact<readonly EngineAddress[]>> {
  const { env } = world;
  const told = env.DOCKER_HOST?.trim();
  if (told) return one(await parsedHost(world, told, "DOCKER_HOST", await tlsOfEnv(world)));
  const context = await contextName(world);
  if (context !== undefined) return one(await ofContext(world, context));
  const podman = await ofPodman(world);
  const usual: readonly EngineAddress[] =
    world.platform === "win32"
      ? [pipe("docker_engine"), pipe("podman-machine-default")]
      : (await usualSockets(world)).map(({ path }) => ({ name: safeText(path, 200), socket: path }));
  const found = [...(podman?.known === true ? [podman.value] : []), ...usual];
  if (found.length > 0) return known(found, "usual sockets");
  return podman !== undefined && !podman.known ? podman : noEngine();
}

export function noEngine(): Unknown {
  return unknown("absent", say("engine-absent"), PROVIDE);
}

function pipe(name: string): EngineAddress {
  return { name, socket: `//./pipe/${name}` };
}

function one(address: Fact<EngineAddress>): Fact<readonly EngineAddress[]> {
  return address.known ? known([address.value], address.source) : address;
}

function noAddress(name: string): Unknown {
  return unknown("failed", say("engine-address", { engine: name }), PROVIDE);
}

/** What was said of TLS: where its files are, and which of them have to be there. */
interface TlsFiles {
  readonly directory: string;
  readonly unverified: boolean;
  readonly authority: boolean;
}

async function parsedHost(
  world: World,
  text: string,
  name: string,
  tls: TlsFiles | undefined,
): Promise<Fact<EngineAddress>> {
  const named = /^npipe:\/\/(\/.{1,300})$/.exec(text)?.[1];
  const socket = /^unix:\/\/(\/.{1,300})$/.exec(text)?.[1] ?? named?.replace(/^\/{2,4}/, "//");
  if (socket !== undefined) return known({ name, socket }, name);
  if (text.startsWith("ssh://")) {
    const ssh = parseSshUrl(text);
    return ssh === undefined ? noAddress(name) : known({ name, ssh }, name);
  }
  const tcp =
    /^(tcp|https?):\/\/(\[[0-9a-fA-F:.]{2,60}\]|[^/:?#@\s]{1,253})(?::(\d{1,5}))?\/?$/.exec(text) ??
    // Docker takes a bare HOST:PORT as tcp.
    /^()(\[[0-9a-fA-F:.]{2,60}\]|[A-Za-z0-9.-]{1,253}):(\d{1,5})$/.exec(text);
  const port = Number(tcp?.[3] ?? 1);
  if (tcp?.[2] === undefined || port < 1 || port > 65_535) return noAddress(name);
  const secure = tls !== undefined || tcp[1] === "https";
  const address = {
    name,
    host: tcp[2].replace(/^\[|\]$/g, ""),
    port: tcp[3] === undefined ? (secure ? 2376 : 2375) : port,
  };
  if (!secure) return known(address, name);
  const files = tls === undefined ? {} : await certificates(world, tls);
  if (files === undefined) return unknown("failed", say("engine-certificates", { engine: name }), PROVIDE);
  return known({ ...address, tls: files }, name);
}

/** Undefined: a file that has to be there is not, or half of a pair. */
async function certificates(world: World, tls: TlsFiles): Promise<EngineTls | undefined> {
  const read = async (file: string): Promise<string | undefined> => {
    const found = await world.readText(`${tls.directory}/${file}`, MAX_FILE);
    return found.ok ? found.text : undefined;
  };
  const [ca, cert, key] = await Promise.all(["ca.pem", "cert.pem", "key.pem"].map(read));
  if ((cert === undefined) !== (key === undefined)) return undefined;
  if (ca === undefined && tls.authority && !tls.unverified) return undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(tls.unverified ? { unverified: true } : {}),
  };
}

/** Any text switches them on, `0` too (Docker CLI). */
async function tlsOfEnv(world: World): Promise<TlsFiles | undefined> {
  const { DOCKER_TLS_VERIFY: verify, DOCKER_TLS: unverified, DOCKER_CERT_PATH: directory } = world.env;
  if (!verify && !unverified) return undefined;
  return { directory: directory || configDirectory(world), unverified: !verify, authority: true };
}

async function contextName(world: World): Promise<string | undefined> {
  const named =
    world.env.DOCKER_CONTEXT || textAt(await jsonFile(world, "config.json"), "currentContext") || "default";
  return named === "default" ? undefined : named;
}

/** `docker context`: its files are under the SHA-256 of its name (Docker CLI). */
async function ofContext(world: World, context: string): Promise<Fact<EngineAddress>> {
  const name = `docker context ${safeText(context, 60)}`;
  const id = createHash("sha256").update(context).digest("hex");
  const meta = await jsonFile(world, `contexts/meta/${id}/meta.json`);
  if (meta === undefined) return unknown("absent", say("engine-context", { engine: name }), PROVIDE);
  const endpoint = objectAt(objectAt(meta, "Endpoints"), "docker");
  const host = textAt(endpoint, "Host")?.trim();
  if (host === undefined || host === "") return noAddress(name);
  const directory = `${configDirectory(world)}/contexts/tls/${id}/docker`;
  const unverified = objectAt(endpoint, "SkipTLSVerify") === true;
  const files = (await world.list(directory, 10)).some((file) => file.endsWith(".pem"));
  return parsedHost(
    world,
    host,
    name,
    files || unverified ? { directory, unverified, authority: false } : undefined,
  );
}

/** Podman's own variables for a remote engine. Its ssh:// names the socket there, and maybe a key. */
async function ofPodman(world: World): Promise<Fact<EngineAddress> | undefined> {
  const { CONTAINER_HOST: host, CONTAINER_SSHKEY: identity } = world.env;
  if (!host?.trim()) return undefined;
  const name = "CONTAINER_HOST";
  const address = await parsedHost(world, host.trim(), name, undefined);
  if (!address.known || address.value.ssh === undefined) return address;
  const ssh: SshAddress = {
    ...address.value.ssh,
    program: "podman",
    ...(identity?.startsWith("/") ? { identity } : {}),
  };
  return known({ name, ssh }, name);
}

function configDirectory(world: World): string {
  return world.env.DOCKER_CONFIG || `${world.homedir}/.docker`;
}

async function jsonFile(world: World, file: string): Promise<unknown> {
  const read = await world.readText(`${configDirectory(world)}/${file}`, MAX_FILE);
  return read.ok ? parseBoundedJson(read.text) : undefined;
}

function objectAt(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = objectAt(value, key);
  return typeof found === "string" ? found : undefined;
}
