import { isLoopbackIp, isPrivateOrLoopbackIp, parseIp } from "../core/address.ts";

/** The name in a Host header, without port and brackets, in lower case. */
export function hostName(host: string | undefined): string {
  const text = (host ?? "").trim().toLowerCase();
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end !== -1) return text.slice(1, end);
  }
  if (parseIp(text)?.family === 6) return text;
  const colon = text.indexOf(":");
  return colon === -1 ? text : text.slice(0, colon);
}

/** `localhost`, or a loopback literal of any spelling; from 2026.3.x on with a dot at the end, too. */
export function isLoopbackName(name: string, trailingDot = false): boolean {
  if (trailingDot && name === "localhost.") return true;
  return name === "localhost" || isLoopbackIp(parseIp(name));
}

/** A loopback name or a private address literal; other names are not looked up. */
export function isPrivateName(name: string): boolean {
  return name === "localhost" || isPrivateOrLoopbackIp(parseIp(name));
}

export interface ParsedOrigin {
  readonly origin: string;
  /** Host with a port that is not the scheme's default. */
  readonly host: string;
  readonly name: string;
}

/** Scheme, host and optional port, nothing behind: what 2026.7.33 and later take for an Origin. */
const BARE_ORIGIN = /^[a-z][a-z0-9+.-]{0,40}:\/\/[^/?#\\]{1,300}\/?$/i;

/** `undefined` for an Origin that is missing, `null`, or no URL. */
export function parseOrigin(raw: string | undefined, strict: boolean): ParsedOrigin | undefined {
  const text = (raw ?? "").trim();
  if (text === "" || text === "null" || text.length > 2000) return undefined;
  if (strict && !BARE_ORIGIN.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (strict && (url.username !== "" || url.password !== "" || url.host === "")) return undefined;
  const opaque = url.origin === "null";
  const origin = opaque && strict ? `${url.protocol}//${url.host}` : url.origin;
  return {
    origin: origin.toLowerCase(),
    host: url.host.toLowerCase(),
    name: stripBrackets(url.hostname.toLowerCase()),
  };
}

function stripBrackets(name: string): string {
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}
