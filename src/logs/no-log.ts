import { isObject, parseBoundedJson } from "../core/json.ts";
import type { Chunk } from "./lines.ts";

/** What people name instead of a log, and what says nothing as one. */
export type NoLog =
  | "empty"
  | "compressed"
  | "binary"
  | "config"
  | "compose"
  | "inspect"
  | "manifest"
  | "env"
  | "json";

/** Bytes from the beginning that tell what a file is. */
const HEAD = 64 * 1024;

/** A word of a log or a ticket: then it is one, whatever it begins with. */
const LOG =
  /closed before connect|disconnected \(\d{4}\)|\[(?:ws|gateway|reload)\]|"subsystem"|gateway closed \(|pairing required/;

/**
 * Whether a source is something else than a log, from its first bytes. A config that is pasted into a ticket has words
 * around it, so it is a ticket; UTF-16 has zero bytes, and a mark before them.
 */
export function noLogIn(first: Uint8Array): NoLog | undefined {
  if (first.length === 0) return "empty";
  const head = first.subarray(0, HEAD);
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte);
  if (
    starts(0x1f, 0x8b) ||
    starts(0x50, 0x4b, 3, 4) ||
    starts(0x28, 0xb5, 0x2f, 0xfd) ||
    starts(0xfd, 0x37, 0x7a) ||
    starts(0x42, 0x5a, 0x68)
  )
    return "compressed";
  const marked = starts(0xff, 0xfe) || starts(0xfe, 0xff);
  if (!marked && head.filter((byte) => byte === 0).length > head.length / 50) return "binary";
  const text = new TextDecoder().decode(head);
  if (text.trim() === "") return "empty";
  if (LOG.test(text)) return undefined;
  const code = text
    .replace(/^\uFEFF/, "")
    .replace(/^(?:\s{1,80}|\/\/[^\n]{0,400}\n|#[^\n]{0,400}\n){1,200}/, "");
  if (
    code.startsWith("{") &&
    /(?:^|^\{)\s{0,40}["']?(?:gateway|agents|channels|models)["']?\s{0,8}:\s{0,8}\{/m.test(code)
  )
    return "config";
  if (code.startsWith("[") && /"(?:HostConfig|NetworkSettings)"\s{0,8}:/.test(code)) return "inspect";
  if (/^services:\s{0,80}$/m.test(code) && /^\s{1,40}(?:image|build|command|ports):/m.test(code))
    return "compose";
  if (isManifest(code)) return "manifest";
  if (first.length <= HEAD && isDocument(code)) return "json";
  return isEnvironment(code) ? "env" : undefined;
}

/** An object of Kubernetes, or a list of them, in YAML or JSON. */
function isManifest(code: string): boolean {
  const key = (name: string) =>
    new RegExp(`^[\\s{,-]{0,40}"?${name}"?\\s{0,8}:\\s{0,8}"?[A-Za-z]`, "m").test(code);
  return key("apiVersion") && key("kind");
}

/** Fields of a line of a JSON log, whoever writes it. */
const LINE = [
  "0",
  "_meta",
  "error",
  "type",
  "code",
  "reason",
  "time",
  "timestamp",
  "ts",
  "level",
  "msg",
  "message",
  "log",
];

/** One JSON value that is no line of a log; several of them, one a line, are a log. */
function isDocument(code: string): boolean {
  if (!/^[[{]/.test(code)) return false;
  const value = parseBoundedJson(code);
  if (Array.isArray(value)) return true;
  return isObject(value) && !LINE.some((name) => Object.hasOwn(value, name));
}

/** Nothing but `NAME=value`, as in an env file. */
function isEnvironment(code: string): boolean {
  const lines = code.split(/\r?\n/, 400).filter((line) => !/^\s{0,80}(?:#|$)/.test(line));
  return lines.length > 0 && lines.every((line) => /^(?:export )?[A-Z][A-Z0-9_]{1,80}=/.test(line));
}

/** The chunks of a log; of anything else none, and `tell` hears what it is. */
export async function* onlyLog(
  chunks: AsyncIterable<Chunk> | Iterable<Chunk>,
  tell: (what: NoLog) => void,
): AsyncGenerator<Chunk> {
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && chunk.length === 0) continue;
    const what = isFirst ? noLogIn(bytesOf(chunk)) : undefined;
    isFirst = false;
    if (what !== undefined) {
      tell(what);
      return;
    }
    yield chunk;
  }
  if (isFirst) tell("empty");
}

/** Only the head is looked at. */
function bytesOf(chunk: Chunk): Uint8Array {
  return typeof chunk === "string" ? new TextEncoder().encode(chunk.slice(0, HEAD)) : chunk;
}
