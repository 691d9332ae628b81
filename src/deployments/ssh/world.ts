import { locateConfig } from "../../config/locate.ts";

import { whyUnknown } from "../../core/fact.ts";
import { say } from "../../core/saying.ts";
import type { OpenedFile } from "../input.ts";
import { journalWords } from "../service-journal.ts";
import {
  type BytesOutcome,
  type FileInfo,
  type ServiceUnit,
  type StoreReadings,
  type Told,
  textIn,
  type Unread,
  type World,
} from "../world.ts";
import type { Asks } from "./asks.ts";
import { type Frame, framesOf } from "./frames.ts";
import { sshFailure } from "./problem.ts";
import { Records } from "./records.ts";
import { GATHER, type Look, lineScript, lookScript, MAX_NAMES, pieceScript, storeScript } from "./scripts.ts";
import { storeReadingsIn } from "./store-readings.ts";

/** A look at a slow machine with many processes, and at large files over a slow line. Milliseconds. */
const LOOK_MS = 30_000;
/** Of one answer. */
const MAX_ANSWER = 48 * 1024 * 1024;
/** Of a file of which not more is asked for. */
const USUAL = 262_145;
/** Enough to tell whether a file may be read. */
const A_BIT = 2;
/** Questions of one look at a machine; something asks for ever new paths when there are more. */
const MAX_QUESTIONS = 100;
const MAX_PATH = 2000;

/**
 * Another machine through its shell, as it was at one moment: what was told once is not asked for again. What is asked
 * for at the same time is one question.
 * @throws {SshError} the machine does not answer.
 */
export async function openSshWorld(host: Asks, name: string): Promise<World> {
  const world = new SshWorld(host, name);
  await world.gather();
  return worldOf(world);
}

/** The same machine, asked anew for everything; of processes it tells nothing. */
export function freshSshWorld(of: World, host: Asks, name: string): World {
  const world = new SshWorld(host, name, true);
  const { platform, env, homedir, tmpdir, cwd, uid = -1 } = of;
  return worldOf(Object.assign(world, { platform, env, homedir, tmpdir, cwd, uid }));
}

/** Whoever lets less be read takes the world apart. */
function worldOf(world: SshWorld): World {
  const { platform, env, homedir, tmpdir, cwd, uid } = world;
  return {
    platform,
    env,
    homedir,
    tmpdir,
    cwd,
    ...(uid < 0 ? {} : { uid }),
    interfaces: () => world.interfaces(),
    readText: (...asked) => world.readText(...asked),
    readBytes: (...asked) => world.readBytes(...asked),
    exists: (path) => world.exists(path),
    list: (...asked) => world.list(...asked),
    link: (path) => world.link(path),
    info: (path) => world.info(path),
    journal: (unit) => world.journal(unit),
    told: (of) => world.told(of),
    storeReadings: (...asked) => world.storeReadings(...asked),
    stream: (...asked) => world.stream(...asked),
  };
}

interface Interface {
  readonly name: string;
  readonly address: string;
  readonly internal: boolean;
}

class SshWorld {
  platform = "linux";
  env: Readonly<Record<string, string>> = {};
  homedir = "/";
  tmpdir = "/tmp";
  cwd = "/";
  uid = -1;
  readonly #host: Asks;
  readonly #name: string;
  readonly #isFresh: boolean;
  #records = new Records();
  #interfaces: readonly Interface[] = [];
  #told = new Map<Told, string>();
  #questions = 0;
  #waiting = new Map<string, number>();
  #next: Promise<void> | undefined;
  /** The machine does not answer any more. */
  #lost: Unread | undefined;

  /** `isFresh`: what was told counts for the question that it answers alone. */
  constructor(host: Asks, name: string, isFresh = false) {
    this.#host = host;
    this.#name = name;
    this.#isFresh = isFresh;
  }

  /** @throws {SshError} */
  async gather(): Promise<void> {
    const frames = await this.#ask(GATHER);
    const texts = new Map(frames.map(({ head, body }) => [head, body.toString("utf8")]));
    const line = (head: string): string => texts.get(head)?.trim() ?? "";
    this.platform = PLATFORMS[line("os")] ?? safeLower(line("os"));
    this.uid = /^\d{1,10}$/.test(line("uid")) ? Number(line("uid")) : -1;
    this.homedir = absolute(texts.get("home")) ?? "/";
    this.cwd = absolute(line("cwd")) ?? "/";
    this.tmpdir = absolute(texts.get("tmp")) ?? "/tmp";
    const env = variables(texts.get("env") ?? "");
    this.env = { ...env, PATH: texts.get("path") ?? "" };
    this.#interfaces = interfacesIn(texts.get("addresses") ?? "");
    for (const each of ["ufw", "nft", "serve", "tailnet"] as const)
      this.#told.set(each, texts.get(each) ?? "");
    for (const frame of frames) this.#records.add(frame);
    this.#processes(texts);
    await this.#look(this.#likely());
  }

  told(of: Told): string {
    return this.#told.get(of) ?? "";
  }

  interfaces(): readonly Interface[] {
    return this.#interfaces;
  }

  async readText(path: string, maxBytes: number, allows?: Allows) {
    return textIn(await this.readBytes(path, maxBytes, allows));
  }

  async readBytes(path: string, maxBytes: number, allows?: Allows): Promise<BytesOutcome> {
    const record = await this.#content(path, maxBytes);
    const { info, content, opened } = record;
    if (typeof content === "object") {
      if (allows !== undefined && !(await allows(this.#openedFile(path, opened)))) return DENIED;
      const truncated = content.bytes.length > maxBytes;
      return { ok: true, bytes: content.bytes.subarray(0, maxBytes), truncated };
    }
    if (this.#lost !== undefined && info === undefined) return this.#lost;
    if (content === "denied" || info === "denied") return DENIED;
    if (typeof info === "object") return { ok: false, reason: "failed", detail: say("unread-irregular") };
    return ABSENT;
  }

  async exists(path: string): Promise<boolean> {
    const { info, link } = await this.#meta(path);
    return typeof info === "object" || (info === "denied" && link !== undefined);
  }

  async list(path: string, max: number): Promise<readonly string[]> {
    if (path === "/proc") return (this.#records.get("/proc")?.names ?? []).slice(0, max);
    return ((await this.#content(path, 1)).names ?? []).slice(0, max);
  }

  async link(path: string): Promise<string | undefined> {
    return (await this.#meta(path)).link?.target;
  }

  async info(path: string): Promise<FileInfo | undefined> {
    const { info } = await this.#meta(path);
    return typeof info === "object" ? info : undefined;
  }

  async *stream(path: string, start: number, end: number, allows?: Allows): AsyncIterable<Uint8Array> {
    if (end <= start || !isPlain(path)) return;
    const { opened } = await this.#content(path, 1);
    if (allows !== undefined && !(await allows(this.#openedFile(path, opened))))
      throw Object.assign(new Error("not allowed"), { code: "EACCES" });
    const frames = await this.#ask(pieceScript(path, start, end - start));
    const body = frames.find(({ head }) => head === "B")?.body;
    if (body !== undefined) yield body;
  }

  /** A database with its log in one question, so that little comes in between. */
  async storeReadings(path: string, header: number, most: number): Promise<StoreReadings | undefined> {
    if (!isPlain(path)) return undefined;
    const bound = Math.min(most, MAX_ANSWER / 2);
    return storeReadingsIn(await this.#ask(storeScript(path, header, bound + 1)), { path, header, bound });
  }

  async journal(unit: ServiceUnit): Promise<Uint8Array | undefined> {
    const words = this.platform === "linux" ? journalWords(unit) : undefined;
    if (words === undefined) return undefined;
    const frames = await this.#ask(lineScript(words)).catch(() => []);
    const body = frames.find(({ head }) => head === "B")?.body;
    return body === undefined || body.length < 2 ? undefined : body;
  }

  // ---- what is known already, and what has to be asked

  async #meta(path: string) {
    const at = plain(path);
    const isKnown = this.#isSettled(at) || this.#records.get(at)?.info !== undefined;
    if (isKnown && !this.#isFresh) return this.#records.get(at) ?? {};
    if (isPlain(at)) await this.#want(at, A_BIT);
    return this.#records.get(at) ?? {};
  }

  async #content(path: string, maxBytes: number) {
    const at = plain(path);
    const { info, content, names } = this.#records.get(at) ?? {};
    const isEnough =
      typeof content === "object"
        ? content.bytes.length < content.asked || content.asked > maxBytes
        : content === "denied" || names !== undefined || info === "absent" || info === "denied";
    if (this.#isFresh ? isPlain(at) : !isEnough && !this.#isSettled(at))
      await this.#want(at, Math.max(USUAL, maxBytes + 1));
    return this.#records.get(at) ?? {};
  }

  /** What is not told of processes is not asked one by one; nor is what no path can be. */
  #isSettled(path: string): boolean {
    if (!isPlain(path)) return true;
    if (/^\/proc(?:\/|$)/.test(path) && !/^\/proc\/\d{1,10}\/root\//.test(path)) return true;
    return this.#isKnownAbsent(path);
  }

  /** A directory on the way is not there, or was listed without the name. */
  #isKnownAbsent(path: string): boolean {
    for (let at = path; at !== "/" && at !== ""; ) {
      const name = at.slice(at.lastIndexOf("/") + 1);
      const parent = at.slice(0, at.lastIndexOf("/")) || "/";
      const { info, names = [], isListed } = this.#records.get(parent) ?? {};
      if (info === "absent") return true;
      if (isListed === true && names.length < MAX_NAMES && !names.includes(name)) return true;
      at = parent;
    }
    return false;
  }

  /** Asked for together with whatever else is asked for in this turn. */
  #want(path: string, bytes: number): Promise<void> {
    this.#waiting.set(path, Math.max(bytes, this.#waiting.get(path) ?? 0));
    this.#next ??= new Promise<void>((resolve) => setTimeout(resolve, 1)).then(async () => {
      const looks = [...this.#waiting].map(([each, most]) => ({ path: each, bytes: most }));
      this.#waiting = new Map();
      this.#next = undefined;
      await this.#look(looks).catch((error: unknown) => {
        const why = sshFailure(error, this.#name);
        this.#lost = { ok: false, reason: why.reason, detail: whyUnknown(why) };
      });
    });
    return this.#next;
  }

  async #look(looks: readonly Look[]): Promise<void> {
    const asked = looks.filter(({ path }) => isPlain(path));
    if (asked.length === 0) return;
    if (!this.#isFresh && (this.#lost !== undefined || this.#questions >= MAX_QUESTIONS)) return;
    const frames = await this.#ask(lookScript(asked));
    if (this.#isFresh) [this.#records, this.#lost] = [new Records(), undefined];
    for (const frame of frames) this.#records.add(frame);
    for (const { path, bytes } of asked) this.#records.settle(path, bytes);
  }

  async #ask(script: string): Promise<readonly Frame[]> {
    this.#questions += 1;
    const { answer, mark } = await this.#host.ask(script, { timeoutMs: LOOK_MS, maxBytes: MAX_ANSWER });
    return framesOf(answer, mark);
  }

  // ---- what is likely to be asked for

  /** Listings of `/proc`, as the files there would give them. */
  #processes(texts: ReadonlyMap<string, string>): void {
    const pids = (texts.get("pids") ?? "")
      .trim()
      .split(/\s+/)
      .filter((pid) => /^\d{1,10}$/.test(pid));
    this.#note("D /proc", pids.join("\n"));
    for (const line of (texts.get("exes") ?? "").split("\n")) {
      const [, path, target] = /^(\/proc\/\d{1,10}\/exe) (\/.{1,1000})$/.exec(line) ?? [];
      if (path !== undefined && target !== undefined) this.#note(`L ${path}`, target);
    }
    const descriptors = new Map<string, string[]>();
    for (const line of (texts.get("fds") ?? "").split("\n")) {
      const [, directory, number, target] =
        /^(\/proc\/\d{1,10}\/fd): (\d{1,10}) (socket:\[\d{1,20}\])$/.exec(line) ?? [];
      if (directory === undefined || number === undefined || target === undefined) continue;
      descriptors.set(directory, [...(descriptors.get(directory) ?? []), number]);
      this.#note(`L ${directory}/${number}`, target);
    }
    for (const [directory, numbers] of descriptors) this.#note(`D ${directory}`, numbers.join("\n"));
  }

  #note(head: string, body: string): void {
    this.#records.add({ head, body: Buffer.from(body) });
  }

  /** What the reading of a gateway begins with, by the environments that it may have. */
  #likely(): readonly Look[] {
    const found = new Map<string, number>();
    const want = (path: string | undefined, bytes: number): void => {
      if (path !== undefined && isPlain(path) && found.size < 300) found.set(plain(path), bytes);
    };
    const environments: { env: Readonly<Record<string, string>>; pid?: string }[] = [{ env: this.env }];
    const network = (pid: string) => this.#records.get(`/proc/${pid}/ns/net`)?.link?.target;
    for (const pid of this.#records.get("/proc")?.names ?? []) {
      // What is in another network, as in a container, is not the gateway of this machine's addresses.
      if (network(pid) !== undefined && network(pid) !== network("self")) continue;
      const content = this.#records.get(`/proc/${pid}/environ`)?.content;
      const env = typeof content === "object" ? variables(content.bytes.toString("utf8")) : undefined;
      if (env !== undefined && environments.length < 10) environments.push({ env, pid });
    }
    for (const { env, pid } of environments) {
      const cwd = pid === undefined ? this.cwd : this.#records.get(`/proc/${pid}/cwd`)?.link?.target;
      const { candidates, stateDir } = locateConfig({
        env,
        homedir: env.HOME ?? this.homedir,
        platform: this.platform,
        ...(cwd === undefined ? {} : { cwd }),
      });
      for (const candidate of candidates) want(candidate.configPath, USUAL);
      for (const name of ["devices/pending.json", "devices/paired.json", ".env"])
        want(`${stateDir}/${name}`, USUAL);
      want(`${stateDir}/state/openclaw.sqlite`, 0);
      for (const directory of (env.PATH ?? "").split(":").slice(0, 15))
        if (directory.startsWith("/")) want(`${directory}/openclaw`, 0);
      if (pid === undefined) continue;
      const node = this.#records.get(`/proc/${pid}/exe`)?.link?.target;
      want(node, 0);
      want(node?.replace(/\/bin\/node$/, "/lib/node_modules/openclaw/package.json"), USUAL);
      for (const directory of this.#installed(pid)) {
        want(`${directory}/package.json`, USUAL);
        want(`${directory}/openclaw.mjs`, 0);
      }
    }
    for (const directory of ["/tmp/openclaw", `/tmp/openclaw-${this.uid}`]) {
      const names = this.#records.get(directory)?.names ?? [];
      for (const name of [...names].sort().slice(-6)) want(`${directory}/${name}`, 2);
    }
    return [...found].map(([path, bytes]) => ({ path, bytes }));
  }

  #installed(pid: string): readonly string[] {
    const content = this.#records.get(`/proc/${pid}/cmdline`)?.content;
    const words = typeof content === "object" ? content.bytes.toString("utf8").split("\0") : [];
    return words.slice(0, 5).flatMap((word) => {
      const inside = /^(\/.{0,500})\/(?:openclaw\.mjs|dist\/(?:index|entry)\.m?js)$/.exec(word)?.[1];
      return inside === undefined ? [] : [inside];
    });
  }

  #openedFile(path: string, opened: { readonly path?: string; readonly info?: FileInfo } = {}): OpenedFile {
    const uid = opened.info?.uid ?? -1;
    return {
      path: opened.path ?? path,
      uid,
      isOwnWay: () => this.#isOwnWay(path, opened.path, uid),
    };
  }

  /** No link on the way is of somebody who does not own what was opened. */
  async #isOwnWay(path: string, opened: string | undefined, uid: number): Promise<boolean> {
    let at = "";
    const left = plain(path).split("/").reverse();
    for (let links = 0; left.length > 0; ) {
      const name = left.pop() ?? "";
      if (name === "" || name === ".") continue;
      if (name === "..") {
        at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
        continue;
      }
      const { link } = await this.#meta(`${at}/${name}`);
      if (link === undefined) {
        at = `${at}/${name}`;
        continue;
      }
      links += 1;
      if (links > 40 || (this.uid === 0 && link.owner !== 0 && link.owner !== uid)) return false;
      if (link.target.startsWith("/")) at = "";
      left.push(...link.target.split("/").reverse());
    }
    return opened === undefined || opened === at;
  }
}

type Allows = Parameters<World["readText"]>[2];

const ABSENT: Unread = { ok: false, reason: "absent", detail: say("unread-absent") };
const DENIED: Unread = { ok: false, reason: "denied", detail: say("unread-denied") };

const PLATFORMS: Readonly<Record<string, string>> = { Linux: "linux", Darwin: "darwin", FreeBSD: "freebsd" };

function safeLower(text: string): string {
  return /^[A-Za-z0-9_.-]{1,40}$/.test(text) ? text.toLowerCase() : "unknown";
}

/** No path of a file that we are to look at has a line end or another control character in it. */
function isPlain(path: string): boolean {
  return path.startsWith("/") && path.length <= MAX_PATH && !/\p{Cc}/u.test(path);
}

function plain(path: string): string {
  const short = path.replace(/\/{2,}/g, "/");
  return short.length > 1 ? short.replace(/\/$/, "") : short;
}

function absolute(path: string | undefined): string | undefined {
  const found = path?.replace(/\n$/, "") ?? "";
  return isPlain(found) ? plain(found) : undefined;
}

function variables(text: string): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const pair of text.split("\0").slice(0, MAX_NAMES)) {
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals));
    if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) env[name] = pair.slice(equals + 1);
  }
  return env;
}

/** Of `ip -o addr`, else of `ifconfig -a`. */
function interfacesIn(text: string): readonly Interface[] {
  const found: Interface[] = [];
  let name = "";
  for (const line of text.split("\n").slice(0, 2000)) {
    const [, own, address] =
      /^\d{1,6}: (\S{1,60}?)(?:@\S{1,60})?\s+inet6? ([0-9a-fA-F.:]{2,45})[/ ]/.exec(line) ?? [];
    if (own !== undefined && address !== undefined) {
      found.push({ name: own, address, internal: own === "lo" });
      continue;
    }
    name = /^([A-Za-z0-9._-]{1,60}):? /.exec(line)?.[1]?.replace(/:$/, "") ?? name;
    const other = /^\s+inet6? (?:addr:)?\s?([0-9a-fA-F.:]{2,45})/.exec(line)?.[1];
    if (other !== undefined && name !== "")
      found.push({ name, address: other, internal: /^lo\d*$/.test(name) });
  }
  return found.slice(0, 200);
}
