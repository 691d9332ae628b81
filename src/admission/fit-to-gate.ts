import type { AdmissionConfig, AdmissionInput } from "../core/connection.ts";
import type { Refusal } from "../core/facts.ts";
import { admit } from "./admit.ts";

/** Gates in the order of 2026.2.2 and later that come after the origin's. */
const AFTER_ORIGIN: ReadonlySet<Refusal["gate"]> = new Set([
  "device-identity",
  "device-signature",
  "rate-limit",
  "shared-auth",
  "pairing",
]);

/**
 * The config of a gateway that nobody read, as far as a refusal shows it. A connection that was refused at a later
 * gate has passed the earlier ones. So its proxy is trusted and its origin allowed, where the model asks for that.
 */
export function fitToGate(
  { release, config, connection }: AdmissionInput,
  gate: Refusal["gate"],
): AdmissionConfig {
  if (!AFTER_ORIGIN.has(gate) && gate !== "origin") return config;
  let fitted = config;
  if (admit({ release, config: fitted, connection }).gate === "proxy-attribution") {
    fitted = { gateway: { ...fitted.gateway, trustedProxies: [connection.remoteAddress] } };
  }
  const { origin } = connection.headers;
  if (origin === undefined || !AFTER_ORIGIN.has(gate)) return fitted;
  if (admit({ release, config: fitted, connection }).gate === "origin") {
    const controlUi = { ...fitted.gateway?.controlUi, allowedOrigins: [origin] };
    fitted = { gateway: { ...fitted.gateway, controlUi } };
  }
  return fitted;
}
