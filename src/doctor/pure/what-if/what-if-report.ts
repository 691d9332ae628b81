import { admit } from "../../../admission/admit.ts";
import type { StartupProblem } from "../../../admission/startup.ts";
import { startupProblem } from "../../../admission/try-remedy.ts";
import type { AdmissionInput } from "../../../core/connection.ts";
import type { DeploymentKind } from "../../../core/deployment-kind.ts";
import { known } from "../../../core/fact.ts";
import { deploymentOf } from "../../../kinds/index.ts";
import { connectionPath } from "../../../report/path.ts";
import type { Report } from "../../../report/result.ts";
import { supposedFacts } from "../advice.ts";
import { reportOf } from "../case.ts";
import { targetOfInput } from "./answer.ts";

export type WhatIfReport = { readonly startup: StartupProblem } | { readonly report: Report };

/**
 * What the model says of a connection as a whole report: the way, the gate, what mends it with the commands of this kind
 * of deployment. A gateway that does not start with its config meets nobody.
 */
export function whatIfReport(input: AdmissionInput, deployment: DeploymentKind): WhatIfReport {
  const startup = startupProblem(input.release, input.config);
  if (startup !== undefined) return { startup };
  const place = deploymentOf({
    kind: deployment,
    confidence: "certain",
    evidence: [],
    alternatives: [],
    names: {},
  });
  const target = targetOfInput(input);
  const facts = supposedFacts(input, { target, deployment: known(place, "--deployment") });
  const { send: _send, notes: _notes, ...report } = reportOf(facts);
  const admission = admit(input);
  // Nobody was seen who is refused; who asks wants to know of the one who would be.
  return {
    report: {
      ...report,
      target: { ...report.target, name: "" },
      // The model is no witness.
      findings: report.findings.map((finding) => ({ ...finding, evidence: [] })),
      verdict: admission.outcome === "refused" ? "found" : "healthy",
      gateway: { ...report.gateway, admission },
      path: connectionPath({ target, deployment: place, connection: input.connection, admission }),
      missing: [],
    },
  };
}
