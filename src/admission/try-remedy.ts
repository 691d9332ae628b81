import type { Admission, AdmissionConfig, AdmissionInput } from "../core/connection.ts";
import type { JsonValue, Remedy, Step } from "../core/finding.ts";
import { isObject } from "../core/json.ts";
import { compareReleases } from "../core/release.ts";
import { isSeen, type SeenDo } from "../core/step.ts";
import { admit } from "./admit.ts";
import { hostName } from "./hosts.ts";
import { browserDevice, isSecureContext } from "./page.ts";
import { rulesFor } from "./releases.ts";
import { keyStatus, type StartupProblem, startupProblem } from "./startup.ts";

export { type KeyStatus, keyStatus, type StartupProblem, startupProblem } from "./startup.ts";

/**
 * The input as it is after these steps. `config.set` and `config.unset` change the config, `device.approve`
 * gives the device the role and the scopes that it asks for, a link, a tunnel, a credential and an upgrade change
 * the connection; everything else leaves the input alone. A key that the release does not know is not set: its
 * own `config set` refuses it too.
 */
export function applySteps(input: AdmissionInput, steps: readonly Step[]): AdmissionInput {
  let result = input;
  for (const step of steps) result = applyStep(result, step);
  return result;
}

type Applied<D extends SeenDo> = (
  input: AdmissionInput,
  step: Extract<Step, { readonly do: D }>,
) => AdmissionInput;

/** What each step makes of the input. */
const APPLIED: { readonly [D in SeenDo]: Applied<D> } = {
  "config.set": (input, { key, value }) => {
    if (keyStatus(input.release, key) === "unknown-key") return input;
    const next = { ...input, config: changed(input.config, key, value), start: "later" } as const;
    return key === "gateway.tailscale.mode" && value === "serve" ? servedByGateway(next) : next;
  },
  "config.unset": (input, { key }) => ({
    ...input,
    config: changed(input.config, key, undefined),
    start: "later",
  }),
  // What the running process wrote into its config counts from then on.
  "gateway.restart": (input) => ({ ...input, start: "later" }),
  "device.approve": (input) => approved(input),
  "dashboard.link": (input) => throughLink(input),
  "ssh.tunnel": (input, { port }) => throughTunnel(input, port),
  "proxy.write": (input, { site }) => throughProxy(input, site?.domain),
  "proxy.edit": (input) => throughWholeProxy(input),
  "tailscale.status": (input, { name }) => throughServe(input, name ?? "gateway.tailnet.ts.net"),
  "token.generate": (input) => withNewToken(input),
  // The device has to ask again.
  "device.remove": (input) => withDevice(input, { state: "unpaired" }),
  // What it shows is put into the page.
  "token.show": (input) => withCredential(input),
  human: (input, step) => byPerson(input, step),
};

function applyStep(input: AdmissionInput, step: Step): AdmissionInput {
  return isSeen(step) ? APPLIED[step.do](input, step as never) : input;
}

/** From 2026.8.1 the link carries a bootstrap credential: the device arrives approved, and without a token. */
function throughLink(input: AdmissionInput): AdmissionInput {
  if (compareReleases(input.release, "2026.8.1") < 0) return input;
  const { connection } = input;
  const device = { state: "paired", approvedScopes: connection.scopes } as const;
  return { ...input, connection: { ...connection, auth: "valid", device } };
}

/** The end of a tunnel is a connection from 127.0.0.1 (measured: rig path ssh-tunnel), and a page there is a secure context. */
function throughTunnel(input: AdmissionInput, port: number): AdmissionInput {
  const { connection } = input;
  const host = `127.0.0.1:${port}`;
  const device = connection.device.state === "absent" ? ({ state: "unpaired" } as const) : connection.device;
  return {
    ...input,
    connection: {
      ...connection,
      remoteAddress: "127.0.0.1",
      headers: { host, origin: `http://${host}` },
      device,
    },
  };
}

/** Stands for a name that nobody said yet. */
const SOME_DOMAIN = "claw.example.com";

/**
 * A proxy on the gateway's host hands the page over from 127.0.0.1, with the client's address as the only forwarded
 * one. Without a domain the step stands for the whole remedy: the proxy is trusted and its origin allowed.
 */
function throughProxy(input: AdmissionInput, said: string | undefined): AdmissionInput {
  const domain = said ?? SOME_DOMAIN;
  const moved = atOrigin(input, domain, {
    "x-forwarded-for": clientOf(input.connection),
    "x-forwarded-proto": "https",
    "x-forwarded-host": domain,
  });
  if (said !== undefined) return moved;
  const { trustedProxies = [], controlUi } = input.config.gateway ?? {};
  const trusted = changed(moved.config, "gateway.trustedProxies", [...trustedProxies, "127.0.0.1"]);
  const origins = [...(controlUi?.allowedOrigins ?? []), `https://${domain}`];
  const key = "gateway.controlUi.allowedOrigins";
  const known = keyStatus(input.release, key) !== "unknown-key";
  return { ...moved, config: known ? changed(trusted, key, origins) : trusted };
}

/** The page where it is, handed over with everything that its proxy kept back. */
function throughWholeProxy(input: AdmissionInput): AdmissionInput {
  const { connection } = input;
  const { origin } = connection.headers;
  if (origin === undefined) return input;
  const [, scheme = "https", host = ""] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  const forwarded = {
    "x-forwarded-for": clientOf(connection),
    "x-forwarded-proto": scheme,
    "x-forwarded-host": host,
  };
  const headers = { ...connection.headers, host, ...forwarded };
  return { ...input, connection: { ...connection, remoteAddress: "127.0.0.1", headers } };
}

/** The gateway's own Serve hands the page over with the tailnet's name of the user, whom it asks the daemon about. */
function throughServe(input: AdmissionInput, name: string): AdmissionInput {
  const served = atOrigin(input, name, {
    "x-forwarded-for": "100.64.0.2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": name,
    "tailscale-user-login": "user",
  });
  // A page at another origin brings no token; from 2026.4.25 that is what lets the user's name count.
  return { ...served, connection: { ...served.connection, auth: "missing" } };
}

/** The gateway's own Serve hands the page that comes by it already over with the user's name. */
function servedByGateway(input: AdmissionInput): AdmissionInput {
  const { connection } = input;
  const { host = "" } = connection.headers;
  if (!hostName(host).endsWith(".ts.net")) return input;
  const headers = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": host,
    "tailscale-user-login": "user",
    ...connection.headers,
  };
  return { ...input, connection: { ...connection, headers } };
}

/** A page at another origin has a secure context there and none of the device that it has here. */
function atOrigin(input: AdmissionInput, host: string, forwarded: Readonly<Record<string, string>>) {
  const { connection } = input;
  const origin = `https://${host}`;
  const device = connection.headers.origin === origin ? connection.device : ({ state: "unpaired" } as const);
  const headers = { host, origin, ...forwarded };
  return { ...input, connection: { ...connection, remoteAddress: "127.0.0.1", headers, device } };
}

function clientOf({ headers, remoteAddress }: AdmissionInput["connection"]): string {
  const [first = ""] = (headers["x-forwarded-for"] ?? "").split(",");
  return first.trim() || remoteAddress;
}

/** Nobody has it yet. */
function withNewToken(input: AdmissionInput): AdmissionInput {
  const config = changed(input.config, "gateway.auth.token", "generated");
  const { sends: _, ...connection } = input.connection;
  return { ...input, config, connection: { ...connection, auth: "missing" } };
}

function withDevice(input: AdmissionInput, device: AdmissionInput["connection"]["device"]): AdmissionInput {
  const { connection } = input;
  return connection.device.state === "absent" ? input : { ...input, connection: { ...connection, device } };
}

function withCredential(input: AdmissionInput): AdmissionInput {
  const { sends: _, ...connection } = input.connection;
  return { ...input, connection: { ...connection, auth: "valid" } };
}

/** What a person does that the gateway sees. */
function byPerson(input: AdmissionInput, { message, args }: Step & { readonly do: "human" }): AdmissionInput {
  if (message === "paste-token" || message === "enter-password") return withCredential(input);
  // From 2026.4.25 that is what lets the name that Serve hands over count.
  if (message === "page-without-token")
    return { ...input, connection: { ...input.connection, auth: "missing" } };
  if (message === "find-origin") return withOwnOrigin(input);
  const release = args?.release;
  return message === "upgrade" && typeof release === "string" ? upgraded(input, release) : input;
}

/** Where the page is opened is looked up and allowed. */
function withOwnOrigin(input: AdmissionInput): AdmissionInput {
  const { config, connection } = input;
  const { headers } = connection;
  const origin = headers.origin ?? (headers.host === undefined ? SOME_PAGE : `https://${headers.host}`);
  const allowed = config.gateway?.controlUi?.allowedOrigins ?? [];
  return {
    ...input,
    config: changed(config, "gateway.controlUi.allowedOrigins", [...allowed, origin]),
    connection: { ...connection, headers: { ...headers, origin } },
  };
}

const SOME_PAGE = "https://claw.example.test";

/** The newer gateway serves a newer page, which may have a device identity where the old one had none. */
export function upgraded({ config, connection }: AdmissionInput, release: string): AdmissionInput {
  if (connection.device.state !== "absent") return { release, config, connection };
  const state = browserDevice(release, isSecureContext(connection.headers.origin ?? ""));
  return { release, config, connection: { ...connection, device: { state } } };
}

/** The input with its device approved for the role and the scopes that the connection asks for. */
export function approved(input: AdmissionInput): AdmissionInput {
  const { connection } = input;
  const { device, role } = connection;
  if (device.state === "absent") return input;
  const {
    pendingUpgrade: _waiting,
    metadataChanged: _changed,
    pinned: _pinned,
    tokenRevoked: _revoked,
    ...rest
  } = device;
  const { emptyScopesMeanAdmin } = rulesFor(input.release).rules.pairing;
  const asked =
    connection.scopes.length === 0 && emptyScopesMeanAdmin ? ["operator.admin"] : connection.scopes;
  const scopes = [...new Set([...(device.approvedScopes ?? []), ...asked])];
  return {
    ...input,
    connection: {
      ...connection,
      device: { ...rest, state: "paired", approvedRole: role, approvedScopes: scopes },
    },
  };
}

/** What the gateway says of the connection after a remedy; a config with which it does not start refuses everybody. */
export function tryRemedy(input: AdmissionInput, remedy: Remedy): Admission {
  const after = applySteps(input, remedy.steps);
  const problem = startupProblem(after.release, after.config);
  if (problem === undefined || startupProblem(input.release, input.config) !== undefined) return admit(after);
  return notStarted(problem);
}

/** What everybody meets at a gateway that does not start. */
export function notStarted({ why }: StartupProblem): Admission {
  return {
    outcome: "refused",
    reason: "gateway-does-not-start",
    httpStatus: 0,
    closeReason: why,
    autoApproved: false,
  };
}

const MAX_DEPTH = 12;

/** A config with one dotted key set, or removed when `value` is undefined. */
function changed(config: AdmissionConfig, key: string, value: JsonValue | undefined): AdmissionConfig {
  const path = key.split(".", MAX_DEPTH);
  return withKey(config, path, value) as AdmissionConfig;
}

function withKey(node: unknown, path: readonly string[], value: JsonValue | undefined): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = isObject(node) ? node : {};
  if (value === undefined && !Object.hasOwn(object, head)) return node;
  const { [head]: old, ...others } = object;
  const child = withKey(old, rest, value);
  return child === undefined ? others : { ...others, [head]: child };
}
