import { defineCheck } from "../src/core/check.ts";
import type { Remedy } from "../src/core/finding.ts";
import { type Astray, rankOf, urlOf, withOtherConfig } from "./missed.ts";
import { explainPrinted } from "./printed.ts";
import { human } from "./remedies.ts";
import { args, WANTED } from "./support.ts";
import { unpublished } from "./unpublished.ts";

/** HOME, OPENCLAW_HOME or a profile differ, so the CLI takes port and token from another openclaw.json. */
export default defineCheck({
  id: "wrong-port-or-config-path",
  code: "OPD112",
  title: "CLI and gateway use the same configuration",
  severity: "error",
  needs: ["refusals"],
  wants: [...WANTED, "logs"],
  diagnose(facts) {
    const astray = withOtherConfig(facts);
    const first = astray.find(({ confidence }) => confidence === "likely") ?? astray[0];
    if (first === undefined) return unpublished(facts);
    const { event, why, port } = first;
    const same = astray.filter((other) => other.why === why);
    const rank = rankOf(event, facts.refusals);
    return [
      {
        ...explainPrinted(
          same.map((other) => other.event),
          {
            confidence: first.confidence,
            args: args({ path: event.configPath, url: urlOf(event), port }),
            remedies: [...(port === undefined ? [] : [passUrl(port)]), sameConfig(first)],
          },
        ),
        ...(why === "port" ? { variant: "port" } : {}),
        // Another user's home is a guess beside the token that it lacks.
        rank: first.confidence === "likely" ? rank : rank + 0.5,
      },
    ];
  },
});

function passUrl(port: number): Remedy {
  return { id: "use-gateway-port", risk: "none", steps: [human("pass-loopback-url", { port })] };
}

function sameConfig({ why, event }: Astray): Remedy {
  const path = event.configPath;
  return {
    id: "use-gateway-config",
    risk: "none",
    steps: [
      ...(why === "nested" ? [human("unnest-home", { path })] : []),
      ...(why === "other-home" ? [human("run-as-node")] : []),
      ...(why === "remote-without-url" ? [human("mode-local")] : []),
      human("same-config", { path }),
      { do: "device.list" },
    ],
  };
}
