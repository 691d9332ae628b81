import { isObject, parseJson } from "./json.ts";
import type { Meta } from "./line.ts";

export interface JsonLine {
  readonly text: string;
  readonly at?: string;
  readonly meta?: Meta;
}

/**
 * A line of the gateway's JSON file: `{"0":"{\"subsystem\":…}","1":META or text,"2":text,"_meta":…,"time":…}`.
 * With meta the text is in "2", without in "1", without subsystem in "0"; from 5.28 on `message` repeats it.
 * `undefined`: some other JSON, or none.
 */
export function readJsonLine(line: string): JsonLine | undefined {
  if (
    !line.startsWith("{") ||
    !(line.includes('"_meta"') || line.includes('{"0":') || line.includes('"1":'))
  ) {
    return undefined;
  }
  const value = parseJson(line);
  if (!isObject(value)) return undefined;
  const parts: string[] = [];
  let meta: Record<string, string | number | boolean> | undefined;
  for (const key of ["0", "1", "2", "3"]) {
    const part = value[key];
    if (typeof part === "string") {
      if (!(key === "0" && part.startsWith('{"subsystem"'))) parts.push(part);
    } else if (isObject(part)) {
      meta = { ...meta, ...scalars(part) };
    }
  }
  const message = value.message;
  const text = parts.length > 0 ? parts.join(" ") : typeof message === "string" ? message : "";
  const at = value.time;
  return {
    text,
    ...(typeof at === "string" ? { at: at.slice(0, 40) } : {}),
    ...(meta === undefined ? {} : { meta }),
  };
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
