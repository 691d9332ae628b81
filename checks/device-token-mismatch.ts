import { defineCheck } from "../src/core/check.ts";
import type { Remedy } from "../src/core/finding.ts";
import { isUnlisted } from "./lib/device-list.ts";
import {
  args,
  explainRefusals,
  isDeviceTokenRefusal,
  saysSharedTokenToo,
  WANTED,
} from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { besideDeviceToken } from "./lib/tell-apart.ts";

/** A client that keeps a device token which the gateway rotated, or no longer has. */
export default defineCheck({
  id: "device-token-mismatch",
  code: "OPD123",
  title: "The client's device token is the gateway's current one",
  severity: "error",
  gate: "shared-auth",
  needs: ["refusals"],
  wants: WANTED,
  diagnose(facts) {
    const both = saysSharedTokenToo(facts);
    return explainRefusals(facts, {
      // A token of a device that the gateway never approved was never one: then the words mean the shared token.
      explains: (refusal) => isDeviceTokenRefusal(refusal) && !(both && isUnlisted(refusal, facts)),
      // Where the words also mean a wrong shared token, the refusal does not tell which of the two it was.
      confidence: () => (both ? "possible" : "certain"),
      args: ({ deviceId }) => args({ deviceId }),
      tellApart: () => besideDeviceToken(facts),
      remedies: ({ client, deviceId, connection }) => [
        rotate({ both, deviceId, role: connection.role }),
        forget(client !== "cli", deviceId),
      ],
    });
  },
});

interface Rotated {
  readonly both: boolean;
  readonly deviceId: string | undefined;
  readonly role: string | undefined;
}

function rotate({ both, deviceId, role }: Rotated): Remedy {
  return {
    id: "rotate-device-token",
    risk: "none",
    steps: [
      ...(both ? [human("compare-shared-token")] : []),
      { do: "device.list" },
      deviceId === undefined
        ? human("rotate-device-token", { role })
        : { do: "device.rotate", deviceId, role: role ?? "operator" },
    ],
  };
}

function forget(page: boolean, deviceId: string | undefined): Remedy {
  return {
    id: "remove-device",
    risk: "none",
    steps: [
      deviceId === undefined ? human("remove-device") : { do: "device.remove", deviceId },
      ...(page ? [human("forget-device")] : []),
      human("connect-anew"),
    ],
  };
}
