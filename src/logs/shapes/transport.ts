import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";

/** `connect ECONNREFUSED 127.0.0.1:18789` and its like, of a gateway's address or in a gateway's words. */
export const socketError: Shape = {
  name: "socket-error",
  hints: ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "socket hang up"],
  read(line) {
    const match =
      /(?:connect )?(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH)\b[^"',)]{0,120}|socket hang up/.exec(
        line.text,
      );
    if (match === null) return undefined;
    // Gateways also log failures of providers and channels; those are not ours.
    const ours =
      /gateway|18789|\bws\b|wss?:\/\/|openclaw/i.test(line.text) ||
      /^(?:Error: )?connect ECONNREFUSED/.test(line.text);
    if (!ours) return undefined;
    const target = /\b(wss?:\/\/[^\s"')]{1,200})/.exec(line.text)?.[1];
    return clientError(line, { from: "cli", message: match[0], gate: "transport", target });
  },
};

/** `curl: (52) Empty reply from server`, (7) refused, (56) reset, (35) TLS */
export const curl: Shape = {
  name: "curl",
  hints: ["curl: ("],
  read(line) {
    const match = /curl: \((\d{1,2})\) .{1,200}$/.exec(line.text);
    return match === null
      ? undefined
      : clientError(line, { from: "http", message: match[0], gate: "transport" });
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
