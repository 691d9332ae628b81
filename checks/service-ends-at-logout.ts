import { defineCheck } from "../src/core/check.ts";
import { type Fact, knownValue } from "../src/core/fact.ts";
import type { Occurrence } from "../src/core/finding.ts";
import type { LogDigest } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { say } from "../src/core/saying.ts";
import { args } from "./lib/explain-refusals.ts";
import { human } from "./lib/remedies.ts";
import { served, serviceOf } from "./lib/service.ts";

/**
 * A user's own manager ends some seconds after that user's last session, and takes its services with it; the next login
 * starts them again (run: systemd 252, 2026.9.6). Whoever is at the machine itself may want it so; on a server the
 * gateway is gone as soon as nobody is signed in.
 */
export default defineCheck({
  id: "service-ends-at-logout",
  code: "OPD308",
  title: "The gateway's service goes on after the last logout",
  severity: "warning",
  needs: [],
  wants: ["deployment", "host", "logs"],
  diagnose({ wanted }) {
    const service = serviceOf(wanted.deployment);
    if (service === undefined) return told(wanted.logs);
    if (service.lingers !== false) return [];
    const isServer =
      knownValue(wanted.deployment)?.traits.unattended === true ||
      knownValue(wanted.host)?.sshSession === true;
    if (!isServer) return [];
    const { name, runsAs: user } = service;
    return [
      {
        confidence: "certain",
        evidence: [served(service, say("service-no-linger", { name: `${name}.service`, user: user ?? "" }))],
        args: args({ user, unit: `${name}.service` }),
        remedies: [{ id: "enable-linger", risk: "none", steps: [human("enable-linger", { user })] }],
      },
    ];
  },
});

/** Somebody tells of it, and nothing of the gateway's host was seen. */
function told(logs: Fact<LogDigest>): readonly Occurrence[] {
  const said = (knownValue(logs)?.events ?? []).filter(
    (event) => event.type === "aside" && event.about === "ends-at-logout",
  );
  if (said.length === 0) return [];
  return [
    {
      severity: "error",
      variant: "told",
      confidence: "likely",
      evidence: said.slice(-2).map(evidenceOf),
      remedies: [{ id: "enable-linger", risk: "none", steps: [human("enable-linger")] }],
    },
  ];
}
