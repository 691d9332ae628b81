import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";
import { speakerIn } from "./speaker.ts";

/** What Chromium says of an answer that is no upgrade, and what the `ws` client of the CLI says. */
const ANSWERED =
  /(?:during WebSocket handshake: )?Unexpected (?:response code|server response): (\d{3})|during WebSocket handshake: (?:'Upgrade'|'Connection'|Incorrect 'Sec-|Invalid status line)[^\n]{0,80}|HTTP\/\d(?:\.\d)? (426) Upgrade Required/;

/** Firefox's words for any failure before the socket is open. */
const FIREFOX = /can.t establish a connection to the server at (wss:\/\/[^\s"'\u201d]{1,200})/;

/** An upgrade that was answered with something else, or of which the browser names no reason at all behind TLS. */
export const upgrade: Shape = {
  name: "upgrade",
  hints: [
    "Unexpected response code: ",
    "Unexpected server response: ",
    "during WebSocket handshake: ",
    "426 Upgrade Required",
    "establish a connection to the server at wss",
    "WebSocket connection to 'wss",
    'WebSocket connection to "wss',
    "WebSocket connection to wss",
  ],
  read(line) {
    const { text } = line;
    const target = /\b(wss?:\/\/[^\s"')\u201d]{1,200})/.exec(text)?.[1];
    const answered = ANSWERED.exec(text);
    const from = text.includes("server response") ? "cli" : text.includes("HTTP/") ? "http" : "page";
    if (answered !== null) {
      const status = Number(answered[1] ?? answered[2] ?? Number.NaN);
      const known = Number.isNaN(status) ? {} : { httpStatus: status };
      // From 2026.8.1 a 403 is the gateway's own answer to a proxy that it does not trust.
      if (status === 403)
        return clientError(line, { from, message: answered[0], target, ...known, gate: "proxy-attribution" });
      return clientError(line, {
        from,
        message: answered[0],
        target,
        ...known,
        gate: "transport",
        why: "not-upgraded",
      });
    }
    const bare = /WebSocket connection to ['"]?wss:\/\/[^\s'"]{1,200}['"]? failed:?\s{0,3}$/.test(text);
    if (!bare && !FIREFOX.test(text)) return undefined;
    return clientError(line, {
      from,
      message: text.slice(0, 300),
      target,
      gate: "transport",
      why: "socket-failed",
    });
  },
};

/** The page of a proxy that has nobody behind it, as curl or the browser shows it: a line of its own. */
const NOBODY =
  /^(?:HTTP\/\d(?:\.\d)? |<(?:h1|title)>)?(50[234])[: ] ?(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)(?:<\/(?:h1|title)>)?\.?$|^(?:no healthy upstream|upstream connect error or disconnect.{0,200}|no available server)$/i;

/** `502 Bad Gateway` of nginx, `no healthy upstream` of Envoy, `no available server` of Traefik. */
export const nobodyBehind: Shape = {
  name: "nobody-behind",
  hints: ["50", "upstream", "no available server"],
  needles: [
    ...["ad Gateway", "AD GATEWAY", "ervice Unavailable", "E UNAVAILABLE", "y Unavailable", "Y UNAVAILABLE"],
    ...["ateway Time", "ATEWAY TIME", "o healthy upstream", "upstream connect error", "o available server"],
    ...["502 bad gateway", "502: bad gateway", "503 service unavailable", "503: service unavailable"],
    ...["503 service temporarily", "504 gateway time", "504: gateway time"],
  ],
  read(line) {
    const match = NOBODY.exec(line.text);
    if (match === null || line.form === "json") return undefined;
    const httpStatus = match[1] === undefined ? 503 : Number(match[1]);
    return clientError(line, {
      from: "http",
      message: match[0],
      gate: "transport",
      why: "not-openclaw",
      httpStatus,
    });
  },
};

/** What somebody tells of a socket that ends at a proxy: its login page, or that nothing arrives at the gateway. */
const STOPPED =
  /\b(?:upgrade|handshake|web ?socket|socket|wss?)\b[^.]{0,60}\b(?:never|not|does(?:n['’]t| not)|did(?:n['’]t| not))\b[^.]{0,20}\b(?:reach\w{0,3}|arriv\w{0,3}|get(?:s|ting)? (?:to|through)|make it)\b|(?:升级|握手|websocket|ws 连接)[^。]{0,30}(?:没有?到|未到|到不了|没能到)达?[^。]{0,4}网关/i;
const LOGIN =
  /\b(30[1278]|401)\b[^.]{0,80}\b(?:login|log-in|sso|sign[- ]?in|access|auth\w{0,5}) ?(?:page|portal|screen|wall|prompt)?\b|(?:重定向|跳转)[^。]{0,30}(?:登录|认证|SSO)|\b(?:redirects?|redirected)\b[^.]{0,60}\b(?:login|sso|sign[- ]?in)\b/i;
/** Products that ask for a login in front of what they pass on. */
const GATEKEEPER =
  /\b(?:cloudflare|zero ?trust|access|authelia|authentik|oauth2-proxy|keycloak|pomerium|traefik|caddy|nginx|azure (?:ad|app) proxy|iap|vercel|coolify|reverse proxy)\b|反向代理|反代/i;

export const stopped: Shape = {
  name: "stopped",
  hints: [
    "each",
    "rrive",
    "et to",
    "ets to",
    "et through",
    "ake it",
    "网关",
    "login",
    "Login",
    "SSO",
    "sso",
    "ign-in",
    "ign in",
    "登录",
    "认证",
  ],
  needles: [],
  read(line) {
    const text = line.text.slice(0, 1000);
    // A log's own line is no tale, and who quotes an error of the gateway tells of that.
    if (line.form === "json" || line.base.at !== undefined || /^\[[a-z]/.test(text)) return undefined;
    const login = GATEKEEPER.test(text) ? LOGIN.exec(text) : null;
    if (login === null && !STOPPED.test(text)) return undefined;
    const status = login?.[1] === undefined ? undefined : Number(login[1]);
    return clientError(line, {
      from: speakerIn(text) ?? "unknown",
      message: text.slice(0, 300),
      gate: "transport",
      why: "not-upgraded",
      httpStatus: status,
    });
  },
};
