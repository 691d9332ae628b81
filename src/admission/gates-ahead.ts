import type { Admission, AdmissionConfig, AdmissionInput, Connection } from "../core/connection.ts";
import { admit } from "./admit.ts";
import { at, strings } from "./attempt.ts";
import { parseOrigin } from "./hosts.ts";
import { approved } from "./try-remedy.ts";

/** More gates than any release has; a mend that does not help ends the walk earlier. */
const MAX_GATES = 12;

/**
 * The refusals that wait behind the first one: each gate is mended in the smallest way (the Origin allowed, the
 * secret right, a device that signs properly, the proxy trusted, the device approved) and the gateway asked
 * again, until it admits. Empty when the connection is admitted, or when nothing waits behind.
 */
export function gatesAhead(input: AdmissionInput): readonly Admission[] {
  const ahead: Admission[] = [];
  const met = new Set<string>();
  let now = admit(input);
  let mended = input;
  while (now.outcome === "refused" && met.size < MAX_GATES) {
    met.add(nameOf(now));
    mended = mend(mended, now);
    now = admit(mended);
    if (now.outcome !== "refused" || met.has(nameOf(now))) break;
    ahead.push(now);
  }
  return ahead;
}

function nameOf({ gate, reason }: Admission): string {
  return `${gate} ${reason}`;
}

function mend(input: AdmissionInput, { gate, reason = "" }: Admission): AdmissionInput {
  switch (gate) {
    case "proxy-attribution":
      return pastAttribution(input);
    case "schema":
      return withConnection(withoutSends(withProof(input)), {
        client: { id: "openclaw-control-ui", mode: "webchat" },
        role: ["", "worker"].includes(input.connection.role) ? "operator" : input.connection.role,
      });
    case "protocol": {
      const { protocol: _range, uiBuild: _build, ...connection } = input.connection;
      return { ...input, connection };
    }
    case "role":
      return withConnection(input, { role: "operator" });
    case "origin":
      return withOriginAllowed(input);
    case "rate-limit":
      return withConnection(input, { earlierFailures: 0 });
    case "shared-auth":
      return withAuth(input, reason);
    case "device-identity":
      if (input.connection.device.state !== "absent")
        return withConnection(withoutSends(input), { auth: "valid" });
      return withConnection(input, { device: { state: "unpaired" } });
    case "device-signature":
      return withProof(input);
    case "pairing":
      if (input.connection.device.state === "absent")
        return approved(withConnection(input, { device: { state: "unpaired" } }));
      return approved(input);
    default:
      return input;
  }
}

function withConnection(input: AdmissionInput, change: Partial<Connection>): AdmissionInput {
  return { ...input, connection: { ...input.connection, ...change } };
}

/** The credentials are then what `auth` says. */
function withoutSends(input: AdmissionInput): AdmissionInput {
  const { sends: _, ...connection } = input.connection;
  return { ...input, connection };
}

type Gateway = NonNullable<AdmissionConfig["gateway"]>;

function withGateway(input: AdmissionInput, change: Partial<Gateway>): AdmissionInput {
  return { ...input, config: { ...input.config, gateway: { ...input.config.gateway, ...change } } };
}

/** The first candidate that gets past the gates that depend on proxies; the last one when none does. */
function firstThatHelps(candidates: readonly [AdmissionInput, ...AdmissionInput[]]): AdmissionInput {
  const past = candidates.find((candidate) => {
    const { gate } = admit(candidate);
    return gate !== "proxy-attribution" && gate !== "shared-auth";
  });
  return past ?? candidates.at(-1) ?? candidates[0];
}

function pastAttribution(input: AdmissionInput): AdmissionInput {
  const candidates = [trustPeer(input), distrustPeer(input), withoutProxy(input)];
  return candidates.find((candidate) => admit(candidate).gate !== "proxy-attribution") ?? input;
}

function trustPeer(input: AdmissionInput): AdmissionInput {
  const trusted = strings(input.config.gateway?.trustedProxies);
  return withGateway(input, { trustedProxies: [...trusted, input.connection.remoteAddress] });
}

function distrustPeer(input: AdmissionInput): AdmissionInput {
  return withGateway(input, { trustedProxies: [] });
}

function withoutProxy(input: AdmissionInput): AdmissionInput {
  const kept = Object.entries(input.connection.headers).filter(([name]) => {
    const lower = name.toLowerCase();
    return !/^(?:forwarded$|x-real-ip$|x-forwarded-|tailscale-)/.test(lower);
  });
  return withConnection(distrustPeer(input), { headers: Object.fromEntries(kept) });
}

function withOriginAllowed(input: AdmissionInput): AdmissionInput {
  const { headers, client } = input.connection;
  if (client.id === "openclaw-browser-copilot")
    return withConnection(input, { headers: { ...headers, origin: SOME_EXTENSION } });
  const parsed = parseOrigin(headers.origin, true);
  const origin = parsed?.origin ?? `http://${headers.host ?? "127.0.0.1"}`;
  const { controlUi } = input.config.gateway ?? {};
  const allowed = [...strings(controlUi?.allowedOrigins), origin];
  return withConnection(withGateway(input, { controlUi: { ...controlUi, allowedOrigins: allowed } }), {
    headers: { ...headers, origin },
  });
}

const SOME_EXTENSION = `chrome-extension://${"a".repeat(32)}`;

function withAuth(input: AdmissionInput, reason: string): AdmissionInput {
  const valid = withConnection(withoutSends(input), { auth: "valid" });
  if (!reason.startsWith("trusted_proxy")) return valid;
  return firstThatHelps([withIdentity(input), withProxyAt(withIdentity(input)), withSharedToken(valid)]);
}

/** A trusted proxy that says who the user is. */
function withIdentity(input: AdmissionInput): AdmissionInput {
  const settings = input.config.gateway?.auth?.trustedProxy;
  const users = strings(at(settings, "allowUsers"));
  const userHeader = at(settings, "userHeader");
  const headers: Record<string, string> = { ...input.connection.headers };
  for (const name of strings(at(settings, "requiredHeaders"))) headers[name.toLowerCase()] ||= "present";
  if (typeof userHeader === "string") headers[userHeader.toLowerCase()] = users[0] ?? "user";
  headers["x-forwarded-for"] ||= CLIENT_BEHIND_PROXY;
  return withConnection(trustPeer(input), { headers, fromGatewayHost: false });
}

/** Documentation addresses: a client on the Internet, a proxy in a container network. */
const CLIENT_BEHIND_PROXY = "203.0.113.1";
const PROXY = "172.18.0.2";

/** The same proxy on a host of its own, for releases that take no identity from loopback. */
function withProxyAt(input: AdmissionInput): AdmissionInput {
  return trustPeer(withConnection(input, { remoteAddress: PROXY }));
}

function withSharedToken(input: AdmissionInput): AdmissionInput {
  return withGateway(input, { auth: { mode: "token", token: true } });
}

function withProof(input: AdmissionInput): AdmissionInput {
  const {
    id: _id,
    nonce: _nonce,
    signature: _signature,
    clockSkewMs: _skew,
    ...device
  } = input.connection.device;
  return withConnection(input, { device });
}
