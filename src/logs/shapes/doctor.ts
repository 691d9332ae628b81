import type { ClientErrorEvent } from "../../core/log-event.ts";
import { uuid } from "../keys.ts";
import type { Shape } from "../line.ts";
import { clientError } from "./client-error.ts";

/**
 * What `openclaw doctor` says of a request that waits (`core/doctor/device-pairing`; measured on 2026.7.1, shipped code of
 * 2026.9.6), printed or as JSON: the gateway made it when it refused that device.
 *
 * `Pending device pairing request ID for LABEL (DEVICE). Review with …`
 */
export const doctorWaits: Shape = {
  name: "doctor-waits",
  hints: ["Pending device ", "Pending role upgrade ", "Pending scope upgrade "],
  read(line) {
    const match =
      /\bPending (device pairing request|device repair|role upgrade|scope upgrade) ([0-9a-f-]{36}) for (\S{1,80})/.exec(
        line.text,
      );
    const requestId = uuid(match?.[2]);
    if (match === null || requestId === undefined) return undefined;
    return clientError(line, {
      from: WHO[match[3] ?? ""] ?? "unknown",
      message: "pairing required",
      gate: "pairing",
      requestId,
      why: WHY[match[1] ?? ""] ?? "not-paired",
    });
  },
};

/** Why the gateway refused, by what is pending; a repair is of a device that it takes for a new one. */
const WHY: Readonly<Record<string, string>> = {
  "role upgrade": "role-upgrade",
  "scope upgrade": "scope-upgrade",
};

const WHO: Readonly<Record<string, ClientErrorEvent["from"]>> = {
  "openclaw-control-ui": "page",
  cli: "cli",
};
