import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import Docker, { type Container } from "dockerode";
import { oneFile } from "../../src/deployments/docker/one-file.ts";
import { tarEntries } from "../../src/intake/tar.ts";
import { frame } from "../fake-engine.ts";

/**
 * An engine with one container whose files are real ones below `root` (a path inside is the same path here) and whose
 * programs are this machine's, run by whoever runs the test. It answers as dockerd 20.10 does.
 */
export interface ContainerEngine {
  readonly socket: string;
  readonly api: Docker;
  readonly container: Container;
  /** Of the container's files. */
  readonly root: string;
  readonly calls: readonly string[];
  state: StateDirectory;
  /** What is answered when files are put there. */
  refuses: { readonly status: number; readonly message: string } | undefined;
  /** Users of the programs, in their order. */
  readonly users: string[];
  log: string;
  close(): Promise<void>;
}

export interface StateDirectory {
  readonly status: "running" | "exited" | "restarting" | "paused";
  readonly startedAt: string;
  readonly restarts: number;
}

export async function containerEngine(): Promise<ContainerEngine> {
  const directory = mkdtempSync(path.join(tmpdir(), "opd-container-"));
  const root = path.join(directory, "root");
  mkdirSync(root);
  const socket = path.join(directory, "docker.sock");
  const calls: string[] = [];
  const users: string[] = [];
  const execs: Exec[] = [];
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "");
    calls.push(`${request.method} ${url.split("?")[0]}`);
    answer(engine, execs, request, response, url).catch((error: Error) => {
      response.writeHead(500).end(JSON.stringify({ message: error.message }));
    });
  });
  server.on("upgrade", (request, connection: Socket, head: Buffer) => {
    const exec = execs[Number(/^\/exec\/(\d+)\/start/.exec(request.url ?? "")?.[1])];
    connection.write(
      "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
    );
    // The body of the request itself comes first.
    const body = Number(request.headers["content-length"] ?? 0);
    if (exec !== undefined) begin(exec, connection, head, body);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const api = new Docker({ socketPath: socket });
  const engine: ContainerEngine = {
    socket,
    api,
    container: api.getContainer("claw"),
    root,
    calls,
    users,
    state: { status: "running", startedAt: "2026-11-23T01:00:00Z", restarts: 0 },
    refuses: undefined,
    log: "",
    close: async () => {
      for (const { child } of execs) child?.kill("SIGKILL");
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return engine;
}

interface Exec {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  child?: ChildProcess;
  exitCode: number | null;
}

function begin(exec: Exec, connection: Socket, head: Buffer, skip: number): void {
  const [command = "", ...words] = exec.argv;
  const env = { ...process.env, ...Object.fromEntries(exec.env.map((pair) => pair.split(/=(.*)/s))) };
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "pipe"], env });
  exec.child = child;
  let left = skip;
  const take = (chunk: Buffer): void => {
    const rest = chunk.subarray(Math.min(left, chunk.length));
    left -= chunk.length - rest.length;
    if (rest.length > 0) child.stdin.write(rest);
  };
  take(head);
  connection.on("data", take);
  connection.on("end", () => child.stdin.end());
  // As dockerd does it: a client that is gone is the end of the program's input.
  connection.on("close", () => child.stdin.end());
  connection.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.stdout.on("data", (chunk) => connection.write(frame(1, chunk.toString("utf8"))));
  child.stderr.on("data", (chunk) => connection.write(frame(2, chunk.toString("utf8"))));
  child.on("error", () => {
    connection.end(
      frame(1, `OCI runtime exec failed: exec: "${command}": executable file not found in $PATH`),
    );
    exec.exitCode = 126;
  });
  child.on("close", (code) => {
    exec.exitCode ??= code ?? 137;
    connection.end();
  });
}

async function answer(
  engine: ContainerEngine,
  execs: Exec[],
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<void> {
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const { state, refuses, users } = engine;
  const body = await bodyOf(request);
  const exec = /^\/exec\/(\d+)\/json/.exec(url)?.[1];
  if (exec !== undefined) {
    const { exitCode, argv } = execs[Number(exec)] ?? { exitCode: null, argv: [] };
    const ProcessConfig = { entrypoint: argv[0], arguments: argv.slice(1) };
    return json(200, { Running: exitCode === null, ExitCode: exitCode, ProcessConfig });
  }
  if (url.startsWith("/info")) return json(200, { ID: "engine", SystemTime: new Date().toISOString() });
  if (/^\/containers\/claw\/json/.test(url)) return json(200, inspected(state, execs));
  if (/^\/containers\/claw\/logs/.test(url)) {
    response.writeHead(200).end(engine.log === "" ? undefined : frame(1, engine.log));
    return;
  }
  if (/^\/containers\/claw\/exec/.test(url)) {
    if (state.status !== "running") return json(409, { message: "Container claw is not running" });
    const { Cmd, Env = [], User = "" } = JSON.parse(body.toString("utf8"));
    users.push(User);
    execs.push({ argv: Cmd, env: Env, exitCode: null });
    return json(201, { Id: String(execs.length - 1) });
  }
  const started = /^\/containers\/claw\/(start|restart|stop)/.exec(url)?.[1];
  if (started !== undefined) {
    const startedAt = new Date().toISOString();
    engine.state = { ...state, status: started === "stop" ? "exited" : "running", startedAt };
    response.writeHead(204).end();
    return;
  }
  const place = /[?&]path=([^&]*)/.exec(url)?.[1] ?? "";
  if (request.method === "PUT") {
    if (refuses !== undefined) return json(refuses.status, { message: refuses.message });
    await extract(place, body);
    response.writeHead(200).end();
    return;
  }
  const file = archived(place);
  if (file === undefined) return json(404, { message: `Could not find the file ${place}` });
  response.writeHead(200).end(file);
}

function inspected({ status, startedAt, restarts }: StateDirectory, execs: readonly Exec[]): unknown {
  const running = status === "running" || status === "restarting" || status === "paused";
  return {
    Id: "claw",
    Name: "/claw",
    RestartCount: restarts,
    ExecIDs: execs.flatMap(({ exitCode }, id) => (exitCode === null ? [String(id)] : [])),
    State: {
      Status: status,
      Running: running,
      Restarting: status === "restarting",
      Paused: status === "paused",
      ExitCode: status === "exited" ? 1 : 0,
      StartedAt: startedAt,
    },
  };
}

/** A file, or a link as such, as the archive API gives it. */
function archived(place: string): Buffer | undefined {
  try {
    const info = lstatSync(place);
    const name = path.basename(place);
    if (info.isSymbolicLink()) return linkTo(readlinkSync(place), name);
    return oneFile(name, readFileSync(place), { mode: info.mode & 0o7777, uid: info.uid, gid: info.gid });
  } catch {
    return undefined;
  }
}

function linkTo(target: string, name: string): Buffer {
  const archive = oneFile(name, new Uint8Array(), { mode: 0o777, uid: 0, gid: 0 });
  archive.write("2", 156);
  archive.write(target, 157);
  archive.fill(" ", 148, 156);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(sum.toString(8).padStart(6, "0"), 148);
  return archive;
}

async function extract(directory: string, archive: Buffer): Promise<void> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield archive;
  }
  for await (const { name, content, mode, uid, gid } of tarEntries(bytes(), () => archive.length)) {
    const file = path.join(directory, name);
    rmSync(file, { force: true });
    writeFileSync(file, content ?? new Uint8Array());
    if (process.getuid?.() === 0) chownSync(file, uid, gid);
    chmodSync(file, mode);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of request) parts.push(chunk);
  return Buffer.concat(parts);
}
