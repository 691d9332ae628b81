import type { Admission, AdmissionConfig, AdmissionInput } from "../core/connection.ts";
import type { JsonValue, Remedy, Step } from "../core/finding.ts";
import { compareReleases } from "../core/release.ts";
import { admit } from "./admit.ts";
import { browserDevice, isSecureContext } from "./page.ts";
import { rulesFor } from "./releases.ts";
import { keyStatus, startupProblem } from "./startup.ts";

export { type KeyStatus, keyStatus, startupProblem } from "./startup.ts";

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

function applyStep(input: AdmissionInput, step: Step): AdmissionInput {
  switch (step.do) {
    case "config.set":
      if (keyStatus(input.release, step.key) === "unknown-key") return input;
      return { ...input, config: changed(input.config, step.key, step.value) };
    case "config.unset":
      return { ...input, config: changed(input.config, step.key, undefined) };
    case "device.approve":
      return approved(input);
    case "dashboard.link":
      return throughLink(input);
    case "ssh.tunnel":
      return throughTunnel(input, step.port);
    // What it shows is put into the page.
    case "token.show":
      return withCredential(input);
    case "human":
      return byPerson(input, step);
    default:
      return input;
  }
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

function withCredential(input: AdmissionInput): AdmissionInput {
  return { ...input, connection: { ...input.connection, auth: "valid" } };
}

/** What a person does that the gateway sees. */
function byPerson(input: AdmissionInput, { message, args }: Step & { readonly do: "human" }): AdmissionInput {
  if (message === "paste-token" || message === "enter-password") return withCredential(input);
  const release = args?.release;
  return message === "upgrade" && typeof release === "string" ? upgraded(input, release) : input;
}

/** The newer gateway serves a newer page, which may have a device identity where the old one had none. */
function upgraded({ config, connection }: AdmissionInput, release: string): AdmissionInput {
  if (connection.device.state !== "absent") return { release, config, connection };
  const state = browserDevice(release, isSecureContext(connection.headers.origin ?? ""));
  return { release, config, connection: { ...connection, device: { state } } };
}

/** The input with its device approved for the role and the scopes that the connection asks for. */
export function approved(input: AdmissionInput): AdmissionInput {
  const { connection } = input;
  const { device, role } = connection;
  if (device.state === "absent") return input;
  const { pendingUpgrade: _waiting, metadataChanged: _changed, ...rest } = device;
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
  return {
    outcome: "refused",
    reason: "gateway-does-not-start",
    httpStatus: 0,
    closeReason: problem.why,
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
