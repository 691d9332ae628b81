import { defineCheck } from "../src/core/check.ts";
import type { Occurrence } from "../src/core/finding.ts";
import type { ClientErrorEvent } from "../src/core/log-event.ts";
import { args } from "./lib/explain-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";
import { human } from "./lib/remedies.ts";

/** A status command got in without a device, and so with few scopes (2026.3.13 on): the gateway answers. */
export default defineCheck({
  id: "probe-scope-limited",
  code: "OPD403",
  title: "Status commands have the scopes that they need",
  severity: "info",
  needs: [],
  wants: ["logs"],
  diagnose({ wanted }) {
    const events = printed(
      wanted.logs,
      ({ why, message }) => why === "missing-scope" && message.includes("operator.read"),
    );
    if (events.length === 0) return [];
    const inGateway = events.filter(({ quote }) => quote.includes("⇄ res"));
    if (inGateway.length > 0) return [limitedClient(inGateway)];
    const command = events.some(({ quote }) => quote.includes("RPC: limited"))
      ? "openclaw gateway status"
      : undefined;
    // Nothing is to be mended, so there is no remedy; the text says what to count it as.
    return [explainPrinted(events, { args: args({ command }), remedies: [] })];
  },
});

/** What OpenClaw's own status command asks for (2026.3.13); who asks for more wants to work with the gateway. */
const STATUS = new Set(["health", "status", "system-presence", "config.get"]);

/**
 * The gateway's own log: a client is in and may not read. From 2026.3.13 one without a device has no scopes, one with a
 * device those that it was approved for; a panel stays empty either way. A status command does so, too, and means nothing.
 */
function limitedClient(events: readonly ClientErrorEvent[]): Occurrence {
  const methods = events
    .flatMap(({ quote }) => METHOD.exec(quote)?.[1] ?? [])
    .filter((name) => name.includes(".") || STATUS.has(name));
  const works = methods.some((name) => !STATUS.has(name));
  return {
    ...explainPrinted(events, {
      confidence: works ? "likely" : "possible",
      args: args({ method: [...new Set(methods)].slice(0, 3).join(", ") || undefined }),
      remedies: [
        {
          id: "give-client-a-device",
          risk: "grants-access",
          steps: [
            { do: "device.list" },
            human("compare-scopes"),
            human("update-client"),
            human("connect-again"),
          ],
        },
      ],
    }),
    variant: "client",
    severity: "warning",
    // Met by somebody, before what is only told of files.
    rank: -0.5,
  };
}

const METHOD = /⇄ res ✗ ([\w.-]{2,60})/;
