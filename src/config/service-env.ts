import { Secret } from "../core/secret.ts";

/** Variables that a service unit or an env file sets. Every value is held as a `Secret`, whatever it is. */
export interface ServiceEnv {
  readonly values: Readonly<Record<string, Secret>>;
  /** Paths of `EnvironmentFile=`, without the leading `-`, as written. */
  readonly files: readonly string[];
  /** The words of `ExecStart=`, secrets in them included: not to be shown. */
  readonly exec: readonly string[];
}

const MAX_LINES = 5000;

/**
 * `Environment=`, `EnvironmentFile=` and `ExecStart=` of a systemd unit. Later assignments win, an empty
 * `Environment=` forgets the earlier ones, as systemd does it.
 */
export function unitEnv(text: string, salt: string): ServiceEnv {
  let values: Record<string, Secret> = {};
  let files: string[] = [];
  let exec: readonly string[] = [];
  for (const line of joinedLines(text)) {
    const match = /^(Environment|EnvironmentFile|ExecStart)\s*=(.*)$/.exec(line.trim());
    if (!match) continue;
    const rest = (match[2] ?? "").trim();
    if (match[1] === "EnvironmentFile") {
      if (rest === "") files = [];
      else files.push(rest.replace(/^-/, "").trim());
    } else if (match[1] === "ExecStart") {
      if (rest !== "") exec = words(rest.replace(/^[-@:+!|]+/, ""));
    } else if (rest === "") {
      values = {};
    } else {
      for (const word of words(rest)) assign(values, word, salt);
    }
  }
  return { values, files: files.slice(0, 20), exec };
}

/** `NAME=value` lines of an environment file or a `.env`: comments, `export`, and quotes are understood. */
export function fileEnv(text: string, salt: string): Readonly<Record<string, Secret>> {
  const values: Record<string, Secret> = {};
  for (const raw of text.split(/\r?\n/).slice(0, MAX_LINES)) {
    const line = raw.trim().replace(/^export\s+/, "");
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const equals = line.indexOf("=");
    if (equals <= 0) continue;
    const value = unquote(line.slice(equals + 1).trim());
    assign(values, `${line.slice(0, equals).trim()}=${value}`, salt);
  }
  return values;
}

/** `EnvironmentVariables` of a launchd property list in XML. */
export function plistEnv(text: string, salt: string): Readonly<Record<string, Secret>> {
  const values: Record<string, Secret> = {};
  const start = text.indexOf("<key>EnvironmentVariables</key>");
  if (start === -1) return values;
  const end = text.indexOf("</dict>", start);
  const dict = text.slice(start, end === -1 ? start + 100_000 : end);
  const pair = /<key>([^<]{1,200})<\/key>\s{0,200}<string>([^<]{0,8192})<\/string>/g;
  for (const match of dict.matchAll(pair))
    assign(values, `${match[1] ?? ""}=${xmlText(match[2] ?? "")}`, salt);
  return values;
}

function assign(values: Record<string, Secret>, pair: string, salt: string): void {
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals));
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) || Object.keys(values).length >= 500) return;
  values[name] = new Secret(pair.slice(equals + 1), salt);
}

function joinedLines(text: string): string[] {
  const lines: string[] = [];
  let open = "";
  for (const line of text.split(/\r?\n/).slice(0, MAX_LINES)) {
    if (line.endsWith("\\")) {
      open += `${line.slice(0, -1)} `;
      continue;
    }
    lines.push(open + line);
    open = "";
  }
  if (open !== "") lines.push(open);
  return lines.filter((line) => !/^\s*[#;]/.test(line));
}

/** Splits as systemd does: blanks, both quotes, backslash. */
function words(text: string): string[] {
  const out: string[] = [];
  let word = "";
  let started = false;
  let quote = "";
  for (let i = 0; i < text.length && out.length < 500; i += 1) {
    const char = text[i] ?? "";
    if (char === "\\" && quote !== "'" && i + 1 < text.length) {
      i += 1;
      word += text[i] ?? "";
      started = true;
    } else if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      started = true;
    } else if (/\s/.test(char)) {
      if (started || word !== "") out.push(word);
      word = "";
      started = false;
    } else {
      word += char;
    }
  }
  if (started || word !== "") out.push(word);
  return out;
}

function unquote(value: string): string {
  const quote = value[0];
  if (quote === '"' || quote === "'") {
    const end = value.indexOf(quote, 1);
    return end === -1 ? value.slice(1) : value.slice(1, end);
  }
  const comment = value.search(/\s#/);
  return comment === -1 ? value : value.slice(0, comment).trimEnd();
}

function xmlText(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
