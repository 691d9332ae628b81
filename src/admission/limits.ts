import { isLoopbackIp } from "../core/address.ts";
import { type Attempt, at } from "./attempt.ts";
import { clientAddress } from "./locality.ts";

/** The gateway counts failures of a client apart: of the shared secret, and of device tokens. */
export type Counter = "shared-secret" | "device-token";

const DEFAULT_MAX_ATTEMPTS = 10;

/**
 * Whether the gateway hears nobody of this client any more because of its earlier failures. Each was a wrong token
 * sent with a device, which counts as a failed device token and, from 2026.4.x on, as a failed shared secret, too.
 */
export function isLocked(attempt: Attempt, counter: Counter): boolean {
  const { connection, rules } = attempt;
  const { earlierFailures = 0 } = connection;
  const { limit } = rules.auth;
  if (earlierFailures === 0 || limit.pages === "never" || !isCounted(attempt)) return false;
  if (counter === "shared-secret" && !limit.tokenOfDeviceCountsAsShared) return false;
  return earlierFailures >= maxAttempts(attempt);
}

/** Pages are counted by address, on loopback by origin; other clients on loopback are spared. */
function isCounted(attempt: Attempt): boolean {
  const { limit } = attempt.rules.auth;
  if (attempt.hasOrigin && limit.pages === "always") return true;
  const configured = at(attempt.gateway, "auth", "rateLimit") !== undefined;
  if (limit.others === "when-configured" && !configured) return false;
  const exempt = at(attempt.gateway, "auth", "rateLimit", "exemptLoopback") !== false;
  return !(exempt && isLoopbackIp(clientAddress(attempt)));
}

function maxAttempts({ gateway }: Attempt): number {
  const set = at(gateway, "auth", "rateLimit", "maxAttempts");
  return typeof set === "number" && set > 0 ? set : DEFAULT_MAX_ATTEMPTS;
}
