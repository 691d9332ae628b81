import type { Admission, AdmissionInput } from "../core/connection.ts";
import { attemptOf, type GateRefusal, refused } from "./attempt.ts";
import { deviceProof, missingDevice } from "./gates/device.ts";
import { withDeviceCredentials } from "./gates/device-credentials.ts";
import { copilot, protocol, proxyAttribution, role, schema, uiBuild, worker } from "./gates/entry.ts";
import { origin } from "./gates/origin.ts";
import { pairing } from "./gates/pairing.ts";
import { authenticate, unauthorized } from "./gates/shared-auth.ts";
import { rulesFor } from "./releases.ts";

/** Gates that need no credentials, in the order of all releases (BEHAVIOUR.md 5, rejection order). */
const ENTRY = [proxyAttribution, worker, schema, protocol, role, copilot, origin] as const;

/**
 * Would a gateway of this release with this config let this connection in? Pure and total for every release
 * string of the right form. The gateway is taken to be up: see `startupProblem` for configs it refuses.
 * @throws {ReleaseError} when `input.release` is no OpenClaw version.
 */
export function admit(input: AdmissionInput): Admission {
  const { rules, assumed } = rulesFor(input.release);
  const verdict = decide(attemptOf(rules, input));
  return assumed === undefined ? verdict : { ...verdict, assumed };
}

function decide(attempt: ReturnType<typeof attemptOf>): Admission {
  for (const gate of ENTRY) {
    const refusal = gate(attempt);
    if (refusal !== undefined) return refused(refusal);
  }
  const auth = authenticate(attempt);
  const early: GateRefusal | undefined = missingDevice(attempt, auth) ?? deviceProof(attempt);
  if (early !== undefined) return refused(early);
  const proven = withDeviceCredentials(attempt, auth);
  if (!proven.ok) return refused(unauthorized(attempt, proven));
  const paired = pairing(attempt, proven);
  if (!paired.ok) return refused(paired.refusal);
  const stale = uiBuild(attempt);
  if (stale !== undefined) return { ...refused(stale), autoApproved: paired.autoApproved };
  return { outcome: "admitted", httpStatus: 101, autoApproved: paired.autoApproved };
}
