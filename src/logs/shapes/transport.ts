import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";

/** Words of sockets and browsers, and the state in the words of a probe's `Reach`. */
const STATES: readonly (readonly [RegExp, string])[] = [
  [
    /ECONNREFUSED|ERR_CONNECTION_REFUSED|refused to connect|[Cc]onnection refused|actively refused|\b10061\b|拒绝了我们的连接请求/,
    "refused",
  ],
  [/ERR_EMPTY_RESPONSE|[Ee]mpty reply\b|didn[’']t send any data|未发送任何数据/, "empty-reply"],
  // Firefox and Safari name no error.
  [/can[’']t (?:establish a connection|connect) to the server|无法建立到.{1,80}服务器的连接/, "refused"],
  [/Failed to connect to \S{1,253} port \d/, "refused"],
  [/[Pp]ort \d{1,5} is not listening/, "refused"],
  [
    /ECONNRESET|ERR_CONNECTION_(?:RESET|CLOSED)|socket hang up|[Cc]onnection (?:was )?reset\b|连接被重置|连接已重置/,
    "reset",
  ],
  // What PowerShell's curl says.
  [/[Uu]nderlying connection was closed|基础连接已经关闭/, "reset"],
  [/ENOTFOUND|EAI_AGAIN|ERR_NAME_NOT_RESOLVED/, "dns"],
  [/ETIMEDOUT|EHOSTUNREACH|ERR_CONNECTION_TIMED_OUT|ERR_ADDRESS_UNREACHABLE/, "timeout"],
  [
    /ERR_(?:SSL|CERT|TLS)_[A-Z_]{1,40}|CERT_HAS_EXPIRED|SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    "tls",
  ],
];

/** The state that a text names, or `undefined`. */
export function stateOf(text: string): string | undefined {
  return STATES.find(([words]) => words.test(text))?.[1];
}

/** Rare enough to be searched among the bytes of a long log as they are. */
const WORDS = [
  ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "socket hang up"],
  ...["refused to connect", "onnection refused", "onnection reset", "onnection was reset"],
  ...["onnection was closed", "mpty reply", "连接被重置", "连接已重置", "基础连接已经关闭"],
  ...["actively refused", "拒绝了我们的连接请求", "t send any data", "未发送任何数据", "服务器的连接"],
  ...["is not listening", "CERT_HAS_EXPIRED", "SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
];

/** `connect ECONNREFUSED 127.0.0.1:18789`, `net::ERR_CONNECTION_REFUSED` and their like, where a gateway is meant. */
export const socketError: Shape = {
  name: "socket-error",
  hints: [...WORDS, "ERR_", "10061", "to the server", "ailed to connect to"],
  needles: [
    ...WORDS,
    ...["ERR_CONNECTION_", "ERR_EMPTY_RESPONSE", "ERR_NAME_NOT_RESOLVED", "ERR_ADDRESS_UNREACHABLE"],
    ...[
      "ERR_SSL_",
      "ERR_CERT_",
      "ERR_TLS_",
      "onnection to the server",
      "t connect to the server",
      "Failed to connect to",
    ],
  ],
  read(line) {
    const { text } = line;
    const state = STATES.find(([words]) => words.test(text));
    if (state === undefined) return undefined;
    // A gateway's own log tells of providers and channels, too: there only its own address counts.
    const logged = line.form === "json" || /^\[(?!openclaw\])[a-z]/.test(text);
    const ours =
      /18789|wss?:\/\//.test(text) ||
      (!logged && /gateway|openclaw|localhost|127\.0\.0\.1|\[::1\]|^connect E/i.test(text)) ||
      // Of a published port people write without its number.
      (!logged &&
        (state[1] === "reset" || state[1] === "empty-reply") &&
        /\bcontainer\b|\bdocker\b|\bbrowser\b|浏览器|容器|宿主机|nderlying|基础连接/i.test(text));
    if (!ours || isElsewhere(text)) return undefined;
    const target = /\b(wss?:\/\/[^\s"')]{1,200})/.exec(text)?.[1];
    const from = /ERR_|refused to connect|to the server|t send any data|[拒未无]/.test(text)
      ? "page"
      : isHttp(text)
        ? "http"
        : "cli";
    const message =
      /(?:connect |net::)?\b(?:E[A-Z_]{5,30})\b[^"',)]{0,120}/.exec(text)?.[0] ?? state[0].exec(text)?.[0];
    return clientError(line, { from, message: message ?? text, gate: "transport", why: state[1], target });
  },
};

/** Ports of programs that people run beside a gateway: Ollama, LM Studio, databases, Chrome's debugger, Qdrant. */
const OTHER_PORT = /(?::| port )(?:443|1234|3306|5432|6333|6379|9222|11434|27017)\b/;

/** Named by its address: another program's, or a host of the Internet on its usual port. */
function isElsewhere(text: string): boolean {
  return OTHER_PORT.test(text) && !text.includes("18789");
}

function isHttp(text: string): boolean {
  return /\bcurl\b|https?:\/\/|nderlying|基础连接/.test(text);
}

/** Exit codes of curl. */
const CURL: Readonly<Record<string, string>> = {
  6: "dns",
  7: "refused",
  28: "timeout",
  35: "tls",
  52: "empty-reply",
  56: "reset",
  60: "tls",
};

/** `curl: (52) Empty reply from server` */
export const curl: Shape = {
  name: "curl",
  hints: ["curl: ("],
  read(line) {
    const match = /curl: \((\d{1,2})\) .{1,200}$/.exec(line.text);
    // Other codes are no trouble of the connection: 22 is an HTTP status.
    const why = CURL[match?.[1] ?? ""];
    if (match === null || why === undefined || isElsewhere(match[0])) return undefined;
    return clientError(line, { from: "http", message: match[0], gate: "transport", why });
  },
};

/** An HTTP error body: `{"error":{"message":"…","type":"proxy_attribution_required"}}` (403, 8.1 on) */
export const httpBody: Shape = {
  name: "http-body",
  hints: ["proxy_attribution_required", "lient attribution is required", '"type":"unauthorized"'],
  read(line) {
    const { text } = line;
    if (/proxy_attribution_required|client attribution is required/i.test(text)) {
      const said = /"message"\s?:\s?"([^"]{1,400})"/.exec(text)?.[1];
      return clientError(line, {
        from: "http",
        message:
          said ?? /Proxy client attribution is required\.?/.exec(text)?.[0] ?? "proxy_attribution_required",
        gate: "proxy-attribution",
        httpStatus: 403,
      });
    }
    if (!/"error"\s?:\s?\{[^}]{0,300}"type":"unauthorized"/.test(text)) return undefined;
    return clientError(line, { from: "http", message: "Unauthorized", gate: "shared-auth", httpStatus: 401 });
  },
};
