import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { AsideEvent, LogEvent, OtherPart } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { human } from "./lib/remedies.ts";

const WHERE: Readonly<Record<OtherPart, string>> = {
  "channel-pairing": "look-at-channel-pairing",
  "channel-connection": "look-at-channel",
  "browser-relay": "look-at-relay",
  "model-provider": "look-at-provider",
  "model-limit": "look-at-limit",
  "model-context": "look-at-context",
  "channel-credentials": "look-at-channel-app",
  "slow-consumer": "look-at-slow-client",
  "bad-frame": "look-at-frames",
  memory: "look-at-memory",
};

/**
 * Other parts of OpenClaw that speak of pairing, tokens and 1006. Told as information, and only where nothing
 * shows that a client had trouble at the gateway: then the verdict is what the rest of the facts makes it.
 */
export default defineCheck({
  id: "out-of-scope",
  code: "OPD404",
  title: "Nothing in the input belongs to another part of OpenClaw",
  severity: "info",
  needs: [],
  wants: ["logs", "refusals"],
  diagnose({ wanted }) {
    const events = knownValue(wanted.logs)?.events ?? [];
    const refused = (knownValue(wanted.refusals) ?? []).some(
      ({ over, gate, from }) => !over && gate !== "left" && from !== "model",
    );
    if (refused || events.some(isOurs)) return [];
    const foreign = events.filter(isForeign);
    const newest = foreign.at(-1);
    if (newest === undefined) return [];
    const parts = [...new Set(foreign.map(({ about }) => about))].slice(-3);
    return [
      {
        confidence: "certain",
        variant: newest.about,
        evidence: foreign.slice(-3).map(evidenceOf),
        count: foreign.length,
        remedies: [{ id: "look-elsewhere", risk: "none", steps: parts.map((part) => human(WHERE[part])) }],
      },
    ];
  },
});

type ForeignEvent = AsideEvent & { readonly about: OtherPart };

function isForeign(event: LogEvent): event is ForeignEvent {
  return event.type === "aside" && Object.hasOwn(WHERE, event.about);
}

/** Trouble at the gateway itself, whichever check explains it. */
function isOurs(event: LogEvent): boolean {
  if (event.type === "aside") return !isForeign(event) && event.as === "printed";
  return (
    event.type === "client-error" ||
    event.type === "startup-failed" ||
    event.type === "config-error" ||
    event.type === "proxy-warning" ||
    event.type === "handshake-timeout"
  );
}
