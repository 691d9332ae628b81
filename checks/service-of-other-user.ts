import { defineCheck } from "../src/core/check.ts";
import { say } from "../src/core/saying.ts";
import { args } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { served, serviceOf } from "./lib/service.ts";

/**
 * A system unit without `User=`, or a service that was installed with sudo, runs as root with root's openclaw.json,
 * devices and token; what the user configures, approves and reads beside it is of a gateway that does not run.
 */
export default defineCheck({
  id: "service-of-other-user",
  code: "OPD309",
  title: "The gateway runs as the user whose configuration is used",
  severity: "error",
  needs: [],
  wants: ["deployment"],
  diagnose({ wanted }) {
    const service = serviceOf(wanted.deployment);
    const { runsAs: user, configOf: owner, name } = service ?? {};
    if (service === undefined || user === undefined || owner === undefined || user === owner) return [];
    return [
      {
        confidence: "certain",
        evidence: [served(service, say("service-of-other-user", { user, owner }))],
        args: args({ user, owner, unit: name }),
        remedies: [
          { id: "look-as-owner", risk: "none", steps: [human("look-as-owner", { user })] },
          {
            id: "run-as-config-owner",
            risk: "restart",
            steps: [
              human(service.by === "systemd" && service.user !== true ? "unit-user" : "service-as-owner", {
                owner,
                unit: name,
              }),
              { do: "gateway.restart", afresh: true },
              { do: "gateway.status" },
            ],
          },
        ],
      },
    ];
  },
});
