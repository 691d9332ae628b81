import type { Admission, AdmissionConfig, AdmissionInput } from "../core/connection.ts";
import type { JsonValue, Remedy, Step } from "../core/finding.ts";
import { admit } from "./admit.ts";
import { rulesFor } from "./releases.ts";
import { keyStatus, startupProblem } from "./startup.ts";

export { type KeyStatus, keyStatus, startupProblem } from "./startup.ts";

/**
 * The input as it is after these steps. `config.set` and `config.unset` change the config, `device.approve`
 * gives the device the role and the scopes that it asks for, everything else leaves the input alone. A key
 * that the release does not know is not set: its own `config set` refuses it too.
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
    default:
      return input;
  }
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
