import type { ConnectionAuth } from "../core/connection.ts";
import type { ProbeAttempt } from "../core/facts.ts";
import type { Clean } from "./clean-text.ts";
import type { HandshakeResult } from "./handshake.ts";
import type { JsonRecord } from "./json.ts";
import type { GatewayUrl } from "./url.ts";

const maxDetails = 24;

/** Turns a handshake into the attempt that is reported: bounded, cleaned, without credentials. */
export function attemptOf(
  as: ProbeAttempt["as"],
  shaken: HandshakeResult,
  clean: Clean,
  made: {
    readonly url: GatewayUrl;
    readonly headers: Readonly<Record<string, string>>;
    readonly client: { readonly id: string; readonly mode: string };
    readonly scopes: readonly string[];
    readonly auth: ConnectionAuth;
    readonly device?: "throw-away";
  },
): ProbeAttempt {
  const headers: Record<string, string> = { host: made.url.host };
  for (const [name, value] of Object.entries(made.headers)) headers[name.toLowerCase()] = clean(value, 300);
  const details = shaken.error?.details === undefined ? {} : detailsOf(shaken.error.details, clean);
  const requestId = details.requestId;
  const optional = (key: string, value: string | undefined, max: number) =>
    value === undefined || value === "" ? {} : { [key]: clean(value, max) };
  return {
    as,
    connection: {
      headers,
      client: made.client,
      role: "operator",
      scopes: made.scopes,
      auth: made.auth,
      device: made.device ?? "absent",
    },
    result: shaken.result,
    ...(shaken.httpStatus === undefined ? {} : { httpStatus: shaken.httpStatus }),
    ...optional("errorCode", shaken.error?.code ?? shaken.httpErrorType, 60),
    ...optional("message", shaken.error?.message ?? shaken.failure?.detail, 300),
    ...(typeof details.code === "string" ? { detailCode: details.code } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    ...(shaken.closeCode === undefined ? {} : { closeCode: shaken.closeCode }),
    ...optional("closeReason", shaken.closeReason, 200),
    ...optional("serverVersion", shaken.hello?.serverVersion, 40),
    ...(shaken.hello?.scopes === undefined
      ? {}
      : { grantedScopes: shaken.hello.scopes.map((scope) => clean(scope, 60)) }),
    ...(typeof requestId === "string" ? { requestId } : {}),
  };
}

/** The scalar fields, and short lists of strings joined with commas. */
function detailsOf(details: JsonRecord, clean: Clean): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(details).slice(0, maxDetails)) {
    if (!/^[A-Za-z]\w{0,39}$/.test(key)) continue;
    const name = clean(key, 40);
    if (typeof value === "string") found[name] = clean(value, 200);
    else if (typeof value === "boolean") found[name] = value;
    else if (typeof value === "number" && Number.isFinite(value)) found[name] = value;
    else if (Array.isArray(value) && value.length <= 20 && value.every((item) => typeof item === "string"))
      found[name] = clean(value.join(","), 200);
  }
  return found;
}
