import type { AdmissionInput } from "../../src/core/connection.ts";
import { type Fact, knownValue } from "../../src/core/fact.ts";
import type { Refusal } from "../../src/core/facts.ts";
import type { Remedy } from "../../src/core/finding.ts";
import type { LogDigest, SettingEvent } from "../../src/core/log-event.ts";
import { compareReleases } from "../../src/core/release.ts";
import { isLoopback } from "./addresses.ts";
import { type GateFacts, releaseOf, remoteOf } from "./explain-refusals.ts";
import { human } from "./remedies.ts";

/** What a check of the way to the gateway reads beside `WANTED`. */
export type LoggedFacts = GateFacts & { readonly wanted: { readonly logs: Fact<LogDigest> } };

/** `gateway.auth.mode` trusted-proxy: reasons of 2026.2.17 (first release with the mode) to 2026.9.6 begin so. */
const REASON = "trusted_proxy_";

/** A refusal that only a gateway in trusted-proxy mode gives. */
export function isProxyLoginRefusal({ gate, reason }: Refusal): boolean {
  return gate === "shared-auth" && reason?.startsWith(REASON) === true;
}

/** The last value that a line names for a setting; the config's own word goes before it. */
export function settingOf(facts: LoggedFacts, key: SettingEvent["key"]): string | undefined {
  const config = knownValue(facts.wanted.config);
  if (config !== undefined && key.startsWith("gateway.")) {
    const { auth, tailscale } = config.effective.gateway ?? {};
    const set = key === "gateway.auth.mode" ? auth?.mode : tailscale?.mode;
    // A part of a config says nothing of what it does not have.
    if (set !== undefined) return set;
  }
  const named = knownValue(facts.wanted.logs)?.events.findLast(
    (event): event is SettingEvent => event.type === "setting" && event.key === key,
  );
  return named?.value;
}

/** The config says so, or a line, or the gateway's own refusals do. */
export function isTrustedProxyMode(facts: LoggedFacts): boolean {
  const mode = settingOf(facts, "gateway.auth.mode");
  if (mode !== undefined) return mode === "trusted-proxy";
  return facts.refusals.some(isProxyLoginRefusal);
}

/** Whether a refused connection came with a proxy's headers; `undefined` when what was seen does not tell. */
export function cameThroughProxy({ connection, client, from }: Refusal): boolean | undefined {
  const { headers } = connection;
  if (headers?.["x-forwarded-for"] !== undefined) return true;
  if (client === "cli" || client === "node") return false;
  // The gateway's own line names the forwarded address wherever there is one.
  return from === "log" && headers?.host !== undefined && connection.remoteAddress !== undefined
    ? false
    : undefined;
}

/** The connection as a proxy hands it over that names a user: what no log line shows. */
export function signedOn(input: AdmissionInput): AdmissionInput {
  const settings = input.config.gateway?.auth?.trustedProxy ?? {};
  const { userHeader, requiredHeaders, allowUsers } = settings;
  const user = Array.isArray(allowUsers) && typeof allowUsers[0] === "string" ? allowUsers[0] : "user";
  const names = [userHeader, ...(Array.isArray(requiredHeaders) ? requiredHeaders : [])].filter(
    (name): name is string => typeof name === "string",
  );
  const added = Object.fromEntries(names.map((name) => [name.toLowerCase(), user]));
  const { connection } = input;
  return { ...input, connection: { ...connection, headers: { ...added, ...connection.headers } } };
}

/** From 2026.4.27, but for 2026.5.12, a client beside the gateway may use a password (measured: 9.6). */
export function takesLocalPassword(facts: GateFacts): boolean | undefined {
  const release = releaseOf(facts);
  if (release === undefined) return undefined;
  return release !== "2026.5.12" && compareReleases(release, "2026.4.27") >= 0;
}

/** In this mode the CLI that is to approve has no way in of its own until the gateway has a password for it. */
export function needsPasswordFirst(facts: GateFacts): boolean {
  const auth = knownValue(facts.wanted.config)?.effective.gateway?.auth;
  const set = auth?.password !== undefined && auth.password !== null;
  return !set && takesLocalPassword(facts) !== false;
}

export function localPassword(): Remedy {
  return {
    id: "set-local-password",
    risk: "restart",
    steps: [human("set-local-password"), { do: "gateway.restart", afresh: true }],
  };
}

/** Back to a shared token: browsers get in with it, and the proxy's identity no longer counts. */
export function tokenMode(then: "gateway.restart" | "gateway.start" = "gateway.restart"): Remedy {
  return {
    id: "use-token-mode",
    risk: "restart",
    steps: [
      { do: "config.set", key: "gateway.auth.mode", value: "token" },
      human("token-behind-proxy"),
      { do: then },
    ],
  };
}

export function isFromLoopback(refusal: Refusal, facts: GateFacts): boolean {
  const remote = remoteOf(refusal, facts);
  return remote !== undefined && isLoopback(remote);
}
