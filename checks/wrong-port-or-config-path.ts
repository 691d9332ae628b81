import { defineCheck, type Undetermined, undetermined } from "../src/core/check.ts";
import { knownValue, type Unknown } from "../src/core/fact.ts";
import type { Remedy } from "../src/core/finding.ts";
import { args, WANTED } from "./lib/explain-refusals.ts";
import { type Astray, rankOf, urlOf, withOtherConfig } from "./lib/nobody-at-loopback.ts";
import { explainPrinted } from "./lib/printed-errors.ts";
import { human } from "./lib/remedies.ts";
import { unpublished } from "./lib/unpublished-port.ts";

/** HOME, OPENCLAW_HOME or a profile differ, so the CLI takes port and token from another openclaw.json. */
export default defineCheck({
  id: "wrong-port-or-config-path",
  code: "OPD112",
  title: "CLI and gateway use the same configuration",
  severity: "error",
  needs: [],
  wants: [...WANTED, "logs", "refusals"],
  diagnose({ wanted }) {
    const refused = wanted.refusals;
    const facts = { wanted, refusals: knownValue(refused) ?? [], sources: { refusals: "" } };
    const astray = withOtherConfig(facts);
    const first = astray.find(({ confidence }) => confidence === "likely") ?? astray[0];
    if (first === undefined) {
      const found = unpublished(facts);
      return found.length > 0 || refused.known ? found : lacking(refused);
    }
    const { event, why, port, published } = first;
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
        ...(why === "port" ? { variant: published === true ? "published-as" : "port" } : {}),
        // Another user's home is a guess beside the token that it lacks.
        rank: first.confidence === "likely" ? rank : rank + 0.5,
      },
    ];
  },
});

function lacking({ detail, provide, say }: Unknown): Undetermined {
  return { ...undetermined(`refusals: ${detail}`, provide, say), lacks: "refusals" };
}

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
