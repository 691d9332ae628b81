import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Listed } from "../src/deployments/docker/find.ts";

/** A container as a test describes it; what is not named is as upstream's image has it. */
export interface FakeContainer {
  readonly id?: string;
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly exitCode?: number;
  readonly restarts?: number;
  readonly user?: string;
  readonly tty?: boolean;
  readonly networkMode?: string;
  /** `18789/tcp` to `127.0.0.1:18789`. */
  readonly ports?: Readonly<Record<string, string>>;
  readonly mounts?: readonly {
    readonly source: string;
    readonly at: string;
    /** `bind` when absent. */
    readonly kind?: string;
    readonly readOnly?: boolean;
  }[];
  /** Path to text; a directory is there because something is in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Path to where it points. */
  readonly links?: Readonly<Record<string, string>>;
  /** Of the files. */
  readonly uid?: number;
  /** Its address on its network; 172.18.0.2 when absent. */
  readonly address?: string;
  /** Laid over these parts of what inspecting it gives. */
  readonly inspect?: Readonly<Partial<Record<"State" | "Config" | "HostConfig", object>>>;
  /** The log as the engine sends it. */
  readonly log?: Uint8Array;
  /** What a follower is sent piece by piece; the answer stays open afterwards. */
  readonly followed?: AsyncIterable<Uint8Array>;
}

export interface FakeEngine {
  readonly socket: string;
  /** `GET /containers/json` …, in order. */
  readonly calls: readonly string[];
  /** Settles once no answer is open. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface FakeEngineOptions {
  readonly containers?: readonly FakeContainer[];
  /** What `GET /info` says. */
  readonly info?: () => object;
  /** Paths that are answered with this status, as a filtering proxy does it. */
  readonly refused?: { readonly status: number; readonly paths: RegExp };
}

/** An engine's API over a socket of its own: what is read from it, and nothing that changes anything. */
export async function fakeEngine(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  const directory = mkdtempSync(join(tmpdir(), "opd-engine-"));
  const socket = join(directory, "docker.sock");
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    calls.push(`${request.method} ${path}`);
    answer(options, request, response, path);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    calls,
    idle: () => idle(server),
    close: async () => {
      await closed(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function idle(server: Server): Promise<void> {
  for (;;) {
    server.closeIdleConnections();
    const open = await new Promise<number>((resolve) => {
      server.getConnections((_error, count) => resolve(count));
    });
    if (open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function answer(
  { containers = [], refused, info }: FakeEngineOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const one = containerAt(containers, path);
  const [, , what = "", query = ""] = CONTAINER.exec(path) ?? [];
  if (refused?.paths.test(path)) json(refused.status, { message: "Forbidden" });
  else if (request.method !== "GET" && request.method !== "HEAD")
    json(500, { message: "nothing is changed" });
  else if (path.startsWith("/containers/json")) json(200, containers.map(listed));
  else if (path.startsWith("/images/")) json(200, { Id: "sha256:0" });
  else if (path === "/info") json(200, info?.() ?? {});
  else if (path.startsWith("/networks/")) json(200, { IPAM: { Config: [{ Gateway: "172.18.0.1" }] } });
  else if (one === undefined) json(404, { message: "No such container" });
  else if (what === "json") json(200, inspected(one));
  else if (what === "logs" && /(?:^|&)follow=true/.test(query)) void follow(one, response);
  else if (what === "logs") response.end(one.log ?? new Uint8Array());
  else archive(one, /(?:^|&)path=([^&]*)/.exec(query)?.[1] ?? "", request, response);
}

const CONTAINER = /^\/containers\/([^/]+)\/(\w+)\??(.*)$/;

function containerAt(containers: readonly FakeContainer[], path: string): FakeContainer | undefined {
  const key = CONTAINER.exec(path)?.[1];
  if (key === undefined) return undefined;
  return containers.find((container) => idOf(container).startsWith(key) || container.name === key);
}

async function follow({ followed }: FakeContainer, response: ServerResponse): Promise<void> {
  response.writeHead(200);
  response.flushHeaders();
  for await (const piece of followed ?? []) response.write(piece);
}

function archive(one: FakeContainer, path: string, request: IncomingMessage, response: ServerResponse): void {
  const entry = entryAt(one, path);
  if (entry === undefined) {
    response.writeHead(404, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: `Could not find the file ${path}` }));
    return;
  }
  const mode = { file: 0o600, link: 2 ** 27 + 0o777, directory: 2 ** 31 + 0o755 }[entry.kind];
  const stat = {
    name: path,
    size: entry.body.length,
    mode,
    mtime: "2026-11-22T10:00:00Z",
    linkTarget: entry.target,
  };
  response.writeHead(200, {
    "x-docker-container-path-stat": Buffer.from(JSON.stringify(stat)).toString("base64"),
  });
  const uid = one.uid ?? 1000;
  const below = Object.keys(one.files ?? {}).filter((file) => file.startsWith(`${path}/`));
  const inside = below.map((file) => header(file.slice(path.lastIndexOf("/") + 1), "0", 0, uid, ""));
  const whole = entry.kind === "directory" ? Buffer.concat([directory(path, uid), ...inside]) : undefined;
  response.end(request.method === "HEAD" ? undefined : (whole ?? tar(path, entry, uid)));
}

interface Entry {
  readonly kind: "file" | "link" | "directory";
  readonly body: Buffer;
  readonly target: string;
}

function entryAt({ files = {}, links = {} }: FakeContainer, path: string): Entry | undefined {
  const text = files[path];
  if (text !== undefined) return { kind: "file", body: Buffer.from(text, "latin1"), target: "" };
  const target = links[path];
  if (target !== undefined) return { kind: "link", body: Buffer.alloc(0), target };
  const inside = Object.keys(files).some((file) => file.startsWith(`${path}/`));
  return inside ? { kind: "directory", body: Buffer.alloc(0), target: "" } : undefined;
}

/** One entry behind a PAX header, as the engine writes it. */
export function tar(path: string, { kind, body, target }: Entry, uid: number): Buffer {
  const name = path.split("/").at(-1) ?? "";
  const records = Buffer.from("30 mtime=1763800000.123456789\n");
  const type = { file: "0", link: "2", directory: "5" }[kind];
  return Buffer.concat([
    header("PaxHeaders.0/x", "x", records.length, uid, ""),
    padded(records),
    header(name, type, body.length, uid, target),
    padded(body),
    Buffer.alloc(1024),
  ]);
}

function directory(path: string, uid: number): Buffer {
  return header(`${path.split("/").at(-1) ?? ""}/`, "5", 0, uid, "");
}

function header(name: string, type: string, size: number, uid: number, target: string): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at);
  };
  block.write(name, 0);
  octal(type === "5" ? 0o700 : 0o600, 100, 8);
  octal(uid, 108, 8);
  octal(uid, 116, 8);
  octal(size, 124, 12);
  octal(1_763_800_000, 136, 12);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(target, 157);
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A piece of a log without a terminal: 1 is stdout, 2 is stderr. */
export function frame(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

function idOf({ id, name }: FakeContainer): string {
  return (id ?? Buffer.from(name).toString("hex")).padEnd(64, "0").slice(0, 64);
}

const COMMAND = ["node", "dist/index.js", "gateway", "--bind", "lan", "--port", "18789"];

function bindingsOf({ ports = {} }: FakeContainer): readonly (readonly [string, string, string])[] {
  return Object.entries(ports).map(([key, address]) => {
    const colon = address.lastIndexOf(":");
    return [key, address.slice(0, colon), address.slice(colon + 1)];
  });
}

/** As the list of containers has it. */
export function listed(one: FakeContainer): Listed {
  const running = (one.state ?? "running") === "running";
  return {
    Id: idOf(one),
    Names: [`/${one.name}`],
    Image: one.image ?? "ghcr.io/openclaw/openclaw:latest",
    Command: (one.command ?? COMMAND).join(" "),
    Labels: one.labels ?? {},
    State: one.state ?? "running",
    Ports: running
      ? bindingsOf(one).map(([key, IP, port]) => ({
          IP,
          PublicPort: Number(port),
          PrivatePort: Number(key.split("/")[0]),
          Type: "tcp",
        }))
      : [],
    Mounts: (one.mounts ?? []).map(mountOf),
    NetworkSettings: { Networks: networksOf(one) as never },
  };
}

function inspected(one: FakeContainer): unknown {
  const command = one.command ?? COMMAND;
  const running = (one.state ?? "running") === "running";
  const network = one.networkMode ?? "openclaw_default";
  const bindings = Object.fromEntries(
    bindingsOf(one).map(([key, HostIp, HostPort]) => [key, [{ HostIp, HostPort }]]),
  );
  return {
    Id: idOf(one),
    Name: `/${one.name}`,
    Image: "sha256:0",
    Path: command[0],
    Args: command.slice(1),
    RestartCount: one.restarts ?? 0,
    State: {
      Status: one.state ?? "running",
      Running: running,
      Pid: running ? 4242 : 0,
      ExitCode: one.exitCode ?? 0,
      ...one.inspect?.State,
    },
    Config: {
      Image: one.image ?? "ghcr.io/openclaw/openclaw:latest",
      Env: one.env ?? ["HOME=/home/node"],
      Labels: one.labels ?? {},
      User: one.user ?? "node",
      WorkingDir: "/app",
      Tty: one.tty ?? false,
      ...one.inspect?.Config,
    },
    HostConfig: { NetworkMode: network, PortBindings: bindings, ...one.inspect?.HostConfig },
    Mounts: (one.mounts ?? []).map(mountOf),
    NetworkSettings: { Ports: running ? bindings : {}, Networks: networksOf(one) },
  };
}

function mountOf({ source, at, kind = "bind", readOnly }: NonNullable<FakeContainer["mounts"]>[number]) {
  return {
    Type: kind,
    ...(kind === "volume" ? { Name: source } : {}),
    Source: source,
    Destination: at,
    Mode: "",
    RW: readOnly !== true,
    Propagation: "",
  };
}

function networksOf(one: FakeContainer): object {
  const running = (one.state ?? "running") === "running";
  return {
    [one.networkMode ?? "openclaw_default"]: running
      ? { IPAddress: one.address ?? "172.18.0.2", Gateway: "172.18.0.1" }
      : { IPAddress: "", Gateway: "" },
  };
}
