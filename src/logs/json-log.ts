import { isObject } from "../core/json.ts";
import { parseJson } from "./json.ts";
import type { Meta } from "./line.ts";

export interface JsonLine {
  readonly text: string;
  /** `gateway/ws` … */
  readonly subsystem?: string;
  readonly at?: string;
  readonly meta?: Meta;
}

/**
 * A line of the gateway's JSON file: `{"0":"{\"subsystem\":…}","1":META or text,"2":text,"_meta":…,"time":…}`.
 * With meta the text is in "2", without in "1", without subsystem in "0"; from 5.28 on `message` repeats it.
 * Also its JSON console (`logging.consoleStyle: json`: `{"time":…,"subsystem":…,"message":text,…META}`) and
 * `openclaw logs --json` (`{"type":"log",…,"raw":LINE}`). `undefined`: some other JSON, or none.
 */
export function readJsonLine(line: string): JsonLine | undefined {
  if (!line.startsWith("{")) return undefined;
  const isFile = line.includes('"_meta"') || line.startsWith('{"0":') || line.includes('"1":');
  const isConsole = line.includes('"subsystem"') && line.includes('"message"');
  if (!isFile && !isConsole) return undefined;
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const { raw, message, time } = value;
  // Once: a raw line inside a raw line is nobody's output.
  if (typeof raw === "string" && !raw.includes('"raw"')) return readJsonLine(raw) ?? undefined;
  const at = typeof time === "string" ? { at: time.slice(0, 40) } : {};
  if (typeof value.subsystem === "string" && typeof message === "string") {
    const { time: _, level: __, subsystem: ___, message: ____, ...meta } = value;
    return {
      text: message,
      subsystem: value.subsystem,
      ...at,
      ...(Object.keys(meta).length === 0 ? {} : { meta: scalars(meta) }),
    };
  }
  const parts: string[] = [];
  let meta: Meta | undefined;
  for (const key of ["0", "1", "2", "3"]) {
    const part = value[key];
    if (typeof part === "string") {
      if (!(key === "0" && part.startsWith('{"subsystem"'))) parts.push(part);
    } else if (isObject(part)) {
      meta = { ...meta, ...scalars(part) };
    }
  }
  const text = parts.length > 0 ? parts.join(" ") : typeof message === "string" ? message : "";
  const subsystem = /^\{"subsystem":"([\w./-]{1,80})"\}$/.exec(String(value["0"]))?.[1];
  return {
    text,
    ...at,
    ...(subsystem === undefined ? {} : { subsystem }),
    ...(meta === undefined ? {} : { meta }),
  };
}

/** `{"cause":"pairing-required",…} closed before connect …`: how `openclaw logs` prints a line with meta. */
export function readLeadingMeta(line: string): { meta: Meta; text: string } | undefined {
  if (!line.startsWith("{")) return undefined;
  let end = line.indexOf("} ");
  // The meta is flat: its end is the first or, with a brace in a text, one of the next few.
  for (let attempt = 0; end > 0 && attempt < 4; attempt++) {
    const value = parseJson(line.slice(0, end + 1));
    if (isObject(value)) return { meta: scalars(value), text: line.slice(end + 2) };
    end = line.indexOf("} ", end + 1);
  }
  return undefined;
}

/** Scalar members, bounded: the meta is flat in every release. */
export function scalars(value: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, member] of Object.entries(value).slice(0, 64)) {
    if (typeof member === "string") kept[key] = member.slice(0, 512);
    else if (typeof member === "number" || typeof member === "boolean") kept[key] = member;
  }
  return kept;
}
