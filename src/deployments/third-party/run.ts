import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Severity } from "../../core/finding.ts";
import { isObject, parseBoundedJson } from "../../core/json.ts";
import { type Saying, say } from "../../core/saying.ts";
import { createScrubber, safeQuote } from "../../core/scrub.ts";
import { safeText } from "../../core/text.ts";
import type { ThirdPartyFinding, ThirdPartyInput, ThirdPartyResult } from "../../core/third-party.ts";
import { builtFile } from "../built-file.ts";
import { Pieces } from "../byte-pieces.ts";
import { endsWithUs, signalGroup } from "../child-processes.ts";
import { mayRead } from "../path-trust.ts";
import { nodeWorld } from "../world.ts";
import type { LocatedCheck } from "./locate.ts";

/** Bounds of one check. */
export interface CheckBounds {
  readonly timeoutMs: number;
  /** Of the whole process; looked at where the system shows it (Linux), the values' heap has its own everywhere. */
  readonly megabytes: number;
  readonly answerBytes: number;
}

export const BOUNDS: CheckBounds = { timeoutMs: 30_000, megabytes: 384, answerBytes: 262_144 };
const HEAP_MB = 128;
const LOOK_MS = 100;
const PAGE_BYTES = 4096;
/** Of what it says, characters. */
const MAX_TEXT = 500;
const MAX_FINDINGS = 50;

/**
 * Runs one check in a process of its own: no environment, no other file than its own, no program, no thread (Node's
 * permissions, 20 to 24), and no way to us but one answer, which is data. The network is not closed to it: what it is
 * given has no secrets. Never throws; whatever it does is a result.
 */
export async function runCheck(
  check: LocatedCheck,
  input: ThirdPartyInput,
  { signal, bounds = BOUNDS }: { readonly signal: AbortSignal; readonly bounds?: CheckBounds },
): Promise<ThirdPartyResult> {
  const account = await accountFor(check);
  if ("why" in account) return crashed(check.from, account.why);
  const ended = await inProcess(check, JSON.stringify(input), signal, bounds, account);
  return "why" in ended ? crashed(check.from, ended.why) : resultOf(check.from, ended.text);
}

/** As whom a check runs, and how it is loaded. */
interface Account {
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** A file's own text, where that user may not read it by its path. */
  readonly source?: string;
}

/** Nobody's, on every Linux; it has no files and no processes of its own. */
const NOBODY = 65_534;
/** Bytes of a check that is one file. */
const MAX_SOURCE = 4 * 1024 * 1024;

/**
 * Root's check runs as nobody: whoever may signal every process and use every socket of the machine is not kept from it
 * by Node. One that is a single file is handed over where nobody may not read it; a package has to be readable to all.
 */
async function accountFor({ entry, reads }: LocatedCheck): Promise<Account | { readonly why: Saying }> {
  if (process.getuid?.() !== 0) return {};
  const ids = { uid: NOBODY, gid: NOBODY };
  const world = nodeWorld();
  const unread = (path: string) => ({ why: say("check-not-for-nobody", { path: safeText(path, 300) }) });
  if (!(await mayRead(world, process.execPath, NOBODY))) return unread(process.execPath);
  if (await mayRead(world, entry, NOBODY)) return { ids };
  if (reads !== entry) return unread(reads);
  const text = await world.readText(entry, MAX_SOURCE);
  return text.ok && !text.truncated ? { ids, source: text.text } : unread(entry);
}

function inProcess(
  { entry, reads }: LocatedCheck,
  input: string,
  signal: AbortSignal,
  { timeoutMs, megabytes, answerBytes }: CheckBounds,
  { ids, source }: Account,
): Promise<{ readonly text: string } | { readonly why: Saying }> {
  const worker = fileURLToPath(builtFile("check-worker.js"));
  // 20 has the first name, 22.13 and later the second.
  const permission = process.allowedNodeEnvironmentFlags.has("--permission")
    ? "--permission"
    : "--experimental-permission";
  const reading = [`--allow-fs-read=${reads === entry ? entry : `${reads}/`}`];
  const words = [
    permission,
    ...reading,
    `--max-old-space-size=${HEAP_MB}`,
    // Not by its path, which somebody else may not read.
    "--input-type=module",
    "--eval",
    readFileSync(worker, "utf8"),
    "--",
    source === undefined ? pathToFileURL(entry).href : "-",
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, {
      env: {},
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore", "pipe"],
      ...ids,
    });
    const { pid } = child;
    const forget = pid === undefined ? undefined : endsWithUs(pid);
    const kept = new Pieces();
    let length = 0;
    let why: Saying | undefined;
    const end = (because: Saying): void => {
      why ??= because;
      if (pid !== undefined) signalGroup(pid, "SIGKILL");
    };
    const onAbort = (): void => end(say("interrupted"));
    const timer = setTimeout(
      () => end(say("check-took-longer", { seconds: Math.round(timeoutMs / 1000) })),
      timeoutMs,
    );
    const look = setInterval(async () => {
      if (pid !== undefined && (await residentOf(pid)) > megabytes * 1_048_576)
        end(say("check-memory", { megabytes }));
    }, LOOK_MS);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    const answer = child.stdio[3] as Readable;
    answer.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > answerBytes) end(say("check-too-much", { count: answerBytes }));
      else kept.add(chunk);
    });
    answer.on("error", () => undefined);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify({ input, source }));
    const finish = (detail: string, isWell = false): void => {
      clearTimeout(timer);
      clearInterval(look);
      signal.removeEventListener("abort", onAbort);
      if (pid !== undefined) signalGroup(pid, "SIGKILL");
      forget?.();
      const text = kept.take().toString("utf8");
      // It may have written there itself, and died.
      if (why === undefined && (text === "" || !isWell)) why = say("check-ended", { detail });
      resolve(why === undefined ? { text } : { why });
    };
    child.on("error", ({ message }) => finish(message));
    child.on("close", (code, name) => finish(name ?? `exit ${code}`, code === 0));
  });
}

/** Bytes of memory that a process has; 0 where nobody tells. */
async function residentOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, "latin1").catch(() => "");
  return Number(text.split(" ")[1] ?? 0) * PAGE_BYTES;
}

const scrub = createScrubber();
const said = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? safeQuote(value, scrub, MAX_TEXT) : undefined;

/** The answer of a stranger: of a known form, bounded, printable, or it is none. */
function resultOf(from: string, text: string): ThirdPartyResult {
  const answer = parseBoundedJson(text);
  if (!isObject(answer)) return crashed(from, say("check-not-the-form"));
  if (answer.kind === "threw")
    return crashed(
      from,
      say("check-threw", { detail: (said(answer.detail) ?? "?").replaceAll(MODULE_PATH, "") }),
    );
  const { id: given, value } = answer;
  const id = typeof given === "string" && /^[a-z0-9][a-z0-9-]{0,79}$/.test(given) ? { id: given } : {};
  if (Array.isArray(value)) {
    const findings = value.slice(0, MAX_FINDINGS).map(findingOf);
    // Neither one too many nor one that is half a finding is left out in silence.
    if (value.length > MAX_FINDINGS || findings.some((one) => one === undefined))
      return { ...crashed(from, say("check-not-the-form")), ...id };
    const whole = findings.filter((one) => one !== undefined);
    return { from, ...id, verdict: whole.length === 0 ? "healthy" : "found", findings: whole };
  }
  if (isObject(value) && (value.verdict === "not-applicable" || value.verdict === "undetermined")) {
    const why = said(value.why);
    return {
      from,
      ...id,
      verdict: value.verdict,
      ...(why === undefined ? {} : { why: say("check-says", { detail: why }) }),
      findings: [],
    };
  }
  return { ...crashed(from, say("check-not-the-form")), ...id };
}

/** Where its file lies is nobody's business. */
const MODULE_PATH = /file:\/\/\/[^\s'"]{0,400}\//g;

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

function findingOf(value: unknown): ThirdPartyFinding | undefined {
  if (!isObject(value)) return undefined;
  const severity = SEVERITIES.find((one) => one === value.severity);
  const title = said(value.title);
  const message = said(value.message);
  const fixHint = said(value.fixHint);
  if (severity === undefined || title === undefined || message === undefined) return undefined;
  return { severity, title, message, ...(fixHint === undefined ? {} : { fixHint }) };
}

function crashed(from: string, why: Saying): ThirdPartyResult {
  return { from, verdict: "crashed", why, findings: [] };
}
