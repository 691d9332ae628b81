import { type Unknown, unknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import type { StateDirectory } from "../../core/workload.ts";
import { listening } from "../listeners.ts";
import type { ReadOutcome, World } from "../world.ts";
import type { KubeApi } from "./api.ts";
import { KubeError } from "./error.ts";
import type { PodContainer } from "./exec.ts";
import { kubeFailure } from "./failure.ts";
import { codeOf, type PodPlace, type PodReader, podReader, podWorld, type Self } from "./files.ts";
import type { NamespaceReader } from "./read.ts";

export const NOT_RUNNING: Unknown = unknown("absent", say("kube-not-running"), "--config PATH");

/** A look into the gateway's container, or why there is none. */
export type Inside =
  | { readonly reader: PodReader; readonly self: Self; readonly why?: undefined }
  | { readonly reader?: undefined; readonly self?: undefined; readonly why: Unknown };

/** A WebSocket's exec is a `get` for older API servers, and a `create` as well for newer ones. */
export const EXEC = ["get", "create"] as const;

export async function lookInside(
  api: KubeApi,
  rights: NamespaceReader,
  target: PodContainer,
  isUp: boolean,
): Promise<Inside> {
  const denied = await rights.may(EXEC, "pods/exec");
  if (denied !== undefined) return { why: denied };
  if (!isUp) return { why: NOT_RUNNING };
  const reader = podReader(api, target);
  try {
    return { reader, self: await reader.self() };
  } catch (error) {
    reader.close();
    const what = `kubectl exec ${target.pod}`;
    if (error instanceof KubeError) return { why: kubeFailure(error, what, api.cluster.secrets) };
    const args = { cluster: what, detail: codeOf(error) ?? say("no-answer-at-all") };
    return { why: unknown("failed", say("kube-no-program", args), "--config PATH") };
  }
}

/** Owners of the state directory and of the config, as the container sees them. */
export async function ownersIn(
  world: World,
  stateDir: string,
  configPath: string,
): Promise<Pick<StateDirectory, "owner" | "configOwner">> {
  const ownerAt = async (path: string) => {
    const info = await world.info(path);
    const { uid, gid, mode } = info ?? {};
    return uid === undefined || gid === undefined || mode === undefined
      ? undefined
      : { uid, gid, mode: mode & 0o777 };
  };
  const [owner, configOwner] = await Promise.all([ownerAt(stateDir), ownerAt(configPath)]);
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(configOwner === undefined ? {} : { configOwner }),
  };
}

/** Whether somebody listens on a port of the pod, whose containers share their network; `false` where that is not seen. */
export async function listensIn(reader: PodReader, port: number): Promise<boolean> {
  const world = podWorld(reader, { env: {}, homedir: "/", cwd: "/" });
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => world.readText(path, MAX_SOCKETS)),
  );
  return tables.some((table) => table.ok && listening(table.text, port).length > 0);
}

/** Bytes of a table of sockets. */
const MAX_SOCKETS = 1_048_576;
/** Bytes of a table of routes. */
const MAX_ROUTES = 65_536;
/** `RTF_UP`, and `RTF_HOST` of a route to one address (include/uapi/linux/route.h). */
const [UP, HOST] = [0x1, 0x4];

/** Ranges that the container has routes to, without the default one: `Iface Destination Gateway Flags … Mask` in hexadecimal. */
export async function networksIn(world: World): Promise<readonly string[]> {
  const table = await world.readText("/proc/net/route", MAX_ROUTES);
  if (!table.ok) return [];
  const found = table.text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [, to = "", , flagged = "", , , , mask = ""] = line.trim().split(/\s+/);
      if (!/^[\dA-F]{8}$/i.test(to) || !/^[\dA-F]{8}$/i.test(mask)) return [];
      const flags = Number.parseInt(flagged, 16);
      const bits = octets(mask)
        .map((one) => one.toString(2).padStart(8, "0"))
        .join("");
      const length = bits.indexOf("0");
      if ((flags & UP) === 0 || (flags & HOST) !== 0 || length < 1 || bits.includes("01")) return [];
      return [`${octets(to).join(".")}/${length}`];
    });
  return [...new Set(found)].slice(0, 20);
}

/** The kernel writes addresses as numbers of its own byte order: little-endian wherever a gateway runs. */
function octets(hex: string): readonly number[] {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** A container of which nothing but one file is known: what its ConfigMap says. */
export function oneFileWorld(path: string, text: string, place: PodPlace): World {
  const absent = { ok: false, reason: "absent", detail: say("unread-absent") } as const;
  const bytes = Buffer.from(text, "utf8");
  const read = async (asked: string, maxBytes: number): Promise<ReadOutcome> =>
    asked === path
      ? { ok: true, text: bytes.subarray(0, maxBytes).toString("utf8"), truncated: bytes.length > maxBytes }
      : absent;
  return {
    platform: "linux",
    tmpdir: "/tmp",
    ...place,
    interfaces: () => [],
    readText: read,
    readBytes: async (asked, maxBytes) =>
      asked === path
        ? { ok: true, bytes: bytes.subarray(0, maxBytes), truncated: bytes.length > maxBytes }
        : absent,
    exists: async (asked) => asked === path,
    list: async () => [],
    link: async () => undefined,
    info: async () => undefined,
    async *stream(asked, start, end) {
      if (asked === path) yield bytes.subarray(start, end);
    },
  };
}
