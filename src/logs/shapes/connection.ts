import { isDenied } from "../denial.ts";
import { clientOf, definedOnly, given, headKeys, integer, releaseOf, uuid, word } from "../keys.ts";
import type { Shape } from "../line.ts";

/** `webchat connected conn=… remote=… client=openclaw-control-ui webchat v2026.3.8 build=…` */
export const connected: Shape = {
  name: "connected",
  hints: [" connected conn="],
  read(line) {
    const at = line.text.indexOf(" connected conn=");
    if (at < 0) return undefined;
    const body = line.text.slice(at + " connected ".length);
    const head = headKeys(body.replace(/ client=.*$/, ""));
    return {
      type: "connected",
      ...line.base,
      ...definedOnly({
        conn: uuid(head.conn),
        remote: head.remote,
        ...clientOf(body),
        build: word(body, "build"),
      }),
    };
  },
};

/** `unauthorized conn=… remote=… client=… reason=token_missing`; from 4.10 on with role, auth, host, ua, guidance. */
export const unauthorized: Shape = {
  name: "unauthorized",
  hints: ["unauthorized conn="],
  read(line) {
    const at = line.text.indexOf("unauthorized conn=");
    if (at < 0) return undefined;
    const body = line.text.slice(at + "unauthorized ".length);
    const reason =
      /(?:^| )reason=(\S{1,80})(?: guidance=| suppressed=|$)/.exec(body) ?? / reason=(\S{1,80})/.exec(body);
    const conn = headKeys(body.replace(/ client=.*$/, ""));
    const later = / host=.*$/.exec(body.slice(0, reason?.index))?.[0] ?? "";
    return {
      type: "unauthorized",
      ...line.base,
      ...definedOnly({
        conn: uuid(conn.conn),
        remote: conn.remote,
        ...clientOf(body),
        auth: word(body, "auth"),
        host: word(later, "host"),
        origin: word(later, "origin"),
        // One word in every release; a line inside of somebody's JSON or sentence has marks behind it.
        reason: given(/^[\w.-]{1,80}/.exec(reason?.[1] ?? "")?.[0]),
        suppressed: integer(word(body.slice((reason?.index ?? 0) + 1), "suppressed")),
      }),
    };
  },
};

/** `protocol mismatch conn=… min=1 max=2 expected=4`, and as a pasted meta `minProtocol:4 … expectedProtocol:5`. */
export const protocolMismatch: Shape = {
  name: "protocol-mismatch",
  hints: ["protocol mismatch"],
  read(line) {
    const at = line.text.indexOf("protocol mismatch");
    if (at < 0) return undefined;
    const body = line.text.slice(at + "protocol mismatch".length);
    const number = (...keys: string[]) => {
      const match = new RegExp(`["']?\\b(?:${keys.join("|")})["']?[=:] ?(\\d{1,4})\\b`).exec(body);
      return integer(match?.[1]);
    };
    const fields = {
      clientMin: number("min", "minProtocol"),
      clientMax: number("max", "maxProtocol"),
      expected: number("expected", "expectedProtocol"),
    };
    if (!body.startsWith(" conn=") && Object.values(fields).every((value) => value === undefined))
      return undefined;
    const head = headKeys(body.trimStart().replace(/ client=.*$/, ""));
    const { client, clientVersion } = clientOf(body);
    return {
      type: "protocol-mismatch",
      ...line.base,
      ...definedOnly({ conn: uuid(head.conn), remote: head.remote, client, clientVersion, ...fields }),
    };
  },
};

/** `handshake timeout conn=… remote=…` */
export const handshakeTimeout: Shape = {
  name: "handshake-timeout",
  hints: ["handshake timeout conn="],
  read(line) {
    const at = line.text.indexOf("handshake timeout conn=");
    if (at < 0) return undefined;
    const head = headKeys(line.text.slice(at + "handshake timeout ".length).replace(/ phase=.*$/, ""));
    return {
      type: "handshake-timeout",
      ...line.base,
      ...definedOnly({ conn: uuid(head.conn), remote: head.remote }),
    };
  },
};

/** `control ui build rejected conn=… clientBuild=legacy gatewayBuild=2026.9.6-release-…; reload required` (8.1 on) */
export const buildRejected: Shape = {
  name: "build-rejected",
  hints: ["build rejected"],
  read(line) {
    const at = line.text.indexOf("build rejected conn=");
    if (at < 0) return isToldRejection(line.text) ? { type: "build-rejected", ...line.base } : undefined;
    const body = line.text.slice(at + "build rejected ".length);
    return {
      type: "build-rejected",
      ...line.base,
      ...definedOnly({
        conn: uuid(word(body, "conn")),
        clientBuild: word(body, "clientBuild"),
        gatewayBuild: word(body, "gatewayBuild")?.replace(/;$/, ""),
      }),
    };
  },
};

/** The page's words for it, in a sentence: "control ui build rejected, reload required". */
function isToldRejection(text: string): boolean {
  const found = /\b(?:control ui )?build rejected\b(?=[^.\n]{0,40}\b(?:reload|refresh)\b)/i.exec(text);
  if (found === null) return false;
  const { index } = found;
  const behind = index + found[0].length;
  return !isDenied(text.slice(Math.max(0, index - 120), index), text.slice(behind, behind + 60), "refusal");
}

/** The release in a build id: `2026.9.6-release-eb377ac59e6c-…`, `2026.8.1-ea806575e645-…`. */
export function buildRelease(build: string | undefined): string | undefined {
  return releaseOf(/^20\d\d\.\d{1,2}\.\d{1,3}/.exec(build ?? "")?.[0]);
}
