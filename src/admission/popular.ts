import type { AdmissionInput } from "../core/connection.ts";
import type { Step } from "../core/finding.ts";
import { admit } from "./admit.ts";
import { applySteps, keyStatus, startupProblem } from "./try-remedy.ts";

/** Advice that articles and threads repeat for every refusal, whether it helps there or not. */
export type PopularId = "allow-insecure-auth" | "disable-device-auth" | "trust-peer" | "allow-every-origin";

export interface PopularAdvice {
  readonly id: PopularId;
  /**
   * `unknown-key`: `config set` refuses it. `ignored`: accepted, and nothing reads it. `no-start`: the gateway does
   * not start with it. `no-effect`: the connection is refused as before. `other-gate`: refused at another one, before or behind it.
   */
  readonly verdict: "admits" | "unknown-key" | "ignored" | "no-start" | "no-effect" | "other-gate";
  /** The gate at which it ends, with `no-effect` and `other-gate`. */
  readonly refusedAt?: string;
}

/**
 * What each piece of popular advice would do for this refused connection. Empty for one that is admitted.
 * @throws {ReleaseError}
 */
export function popularAdvice(input: AdmissionInput): readonly PopularAdvice[] {
  const now = admit(input);
  if (now.outcome === "admitted") return [];
  return adviceSteps(input).map(([id, step]) => {
    const status = keyStatus(input.release, step.key);
    if (status === "unknown-key") return { id, verdict: "unknown-key" };
    if (status === "retired") return { id, verdict: "ignored" };
    const after = applySteps(input, [step]);
    const starts = startupProblem(input.release, after.config) === undefined;
    if (!starts && startupProblem(input.release, input.config) === undefined)
      return { id, verdict: "no-start" };
    const { outcome, gate = "unknown", reason } = admit(after);
    if (outcome === "admitted") return { id, verdict: "admits" };
    const same = gate === now.gate && reason === now.reason;
    return { id, verdict: same ? "no-effect" : "other-gate", refusedAt: gate };
  });
}

type SetStep = Step & { readonly do: "config.set" };

function adviceSteps({ config, connection }: AdmissionInput): readonly (readonly [PopularId, SetStep])[] {
  const set = (key: string, value: SetStep["value"]): SetStep => ({ do: "config.set", key, value });
  const trusted = config.gateway?.trustedProxies ?? [];
  return [
    ["allow-insecure-auth", set("gateway.controlUi.allowInsecureAuth", true)],
    ["disable-device-auth", set("gateway.controlUi.dangerouslyDisableDeviceAuth", true)],
    ["trust-peer", set("gateway.trustedProxies", [...trusted, connection.remoteAddress])],
    ["allow-every-origin", set("gateway.controlUi.allowedOrigins", ["*"])],
  ];
}
