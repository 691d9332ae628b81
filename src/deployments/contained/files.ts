import { ChangeError } from "../../core/change.ts";
import { whyUnknown } from "../../core/fact.ts";
import { isObject } from "../../core/json.ts";
import { say } from "../../core/saying.ts";
import { safeText } from "../../core/text.ts";
import type { ExactFile, NewFile, Traits } from "../atomic-file.ts";
import type { ContainerExec } from "./exec.ts";
import { REPLACE, SWEEP, TRAITS } from "./scripts.ts";

const TIMEOUT_MS = 30_000;
const never = new AbortController().signal;

/** Removes what a doctor that was killed left beside the file; never fails. */
export async function sweepInside(exec: ContainerExec, user: string, path: string): Promise<void> {
  await exec
    .run(["node", "-e", SWEEP, "--", path], { user, signal: never, timeoutMs: TIMEOUT_MS })
    .catch(() => undefined);
}

/** By the Node of a container that runs; nothing tells where it does not. */
export async function traitsInside(
  exec: ContainerExec,
  user: string,
  path: string,
): Promise<Traits | undefined> {
  const outcome = await exec.run(["node", "-e", TRAITS, "--", path], {
    user,
    signal: never,
    timeoutMs: TIMEOUT_MS,
  });
  if (!outcome.known || outcome.value.exitCode !== 0) return undefined;
  const answer = parsedLine(outcome.value.stdout);
  if (answer === undefined || !("names" in answer) || !("attributes" in answer)) return undefined;
  const { names, attributes } = answer;
  const isTold = attributes === "none" || attributes === "some" || attributes === "unknown";
  return typeof names === "number" && isTold ? { names, attributes } : undefined;
}

function parsedLine(stdout: string): object | undefined {
  try {
    const value: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly done?: "replaced" | "stale";
  readonly code?: string;
}

/**
 * Makes the file `next`, or removes it, if its SHA-256 still is `expected`: as its owner, who may write where the gateway
 * itself writes; root may lack the right in a locked container.
 * @throws {ChangeError} it cannot be done; the file is as it was.
 */
export async function replaceInside(
  exec: ContainerExec,
  path: string,
  next: NewFile | undefined,
  expected: string | undefined,
  owner: Pick<ExactFile, "uid" | "gid"> | undefined,
): Promise<"replaced" | "stale"> {
  const own = owner === undefined ? "" : `${owner.uid}:${owner.gid}`;
  let answer: Answer = {};
  // Root after that, where the directory is another's.
  for (const user of owner?.uid === 0 ? [own] : [own, "0:0"]) {
    answer = await replaceAs(exec, user, path, next, expected);
    if (answer.done !== undefined) return answer.done;
    if (answer.code !== "EACCES" && answer.code !== "EPERM") break;
  }
  throw ofCode(answer.code, path);
}

async function replaceAs(
  exec: ContainerExec,
  user: string,
  path: string,
  next: NewFile | undefined,
  expected: string | undefined,
): Promise<Answer> {
  const { mode = 0, uid = 0, gid = 0, content } = next ?? {};
  const numbers = [content === undefined ? -1 : content.length, mode, uid, gid].map(String);
  const outcome = await exec.run(["node", "-e", REPLACE, "--", path, expected ?? "", ...numbers], {
    user,
    signal: never,
    timeoutMs: TIMEOUT_MS,
    ...(content === undefined ? {} : { input: content }),
  });
  if (!outcome.known) throw new ChangeError(outcome.reason, whyUnknown(outcome));
  return answerOf(outcome.value.stdout) ?? { code: `exit ${outcome.value.exitCode}` };
}

function answerOf(stdout: string): Answer | undefined {
  const value = parsedLine(stdout);
  if (value === undefined) return undefined;
  if ("done" in value && (value.done === "replaced" || value.done === "stale")) return { done: value.done };
  return "code" in value && typeof value.code === "string" ? { code: value.code } : undefined;
}

/** In the words of the files of this machine. */
export function ofCode(code: string | undefined, path: string): ChangeError {
  switch (code) {
    case "EBUSY":
      return new ChangeError("denied", say("single-file", { path: shown(path) }));
    case "EROFS":
      return new ChangeError("denied", say("read-only-system", { path: shown(path) }));
    case "EROMODE":
      return new ChangeError("denied", say("read-only", { path: shown(path) }));
    case "ESPECIAL":
      return special(path);
    case "EACCES":
    case "EPERM":
      return new ChangeError("denied", say("no-permission-owner", { path: shown(path) }));
    case "ENOENT":
    case "ENOTDIR":
      return new ChangeError("absent", say("no-such-path", { path: shown(path) }));
    default:
      return new ChangeError(
        "failed",
        say("file-error", {
          path: shown(path),
          ...(code === undefined ? {} : { error: safeText(code, 60) }),
        }),
      );
  }
}

export function readOnly(path: string, mode: number): ChangeError {
  return new ChangeError("denied", say("read-only-mode", { path: shown(path), mode: mode.toString(8) }));
}

export function special(path: string): ChangeError {
  return new ChangeError("denied", say("special-bits", { path: shown(path) }));
}

export function shown(path: string): string {
  return safeText(path, 200);
}
