import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence, StoreProblem } from "../src/core/facts.ts";
import type { Occurrence, Remedy } from "../src/core/finding.ts";
import type { AsideEvent } from "../src/core/log-event.ts";
import { evidenceOf } from "../src/core/refusals.ts";
import { args } from "./lib/explain-refusals.ts";
import { unreadableStoreLines } from "./lib/pairing-store-lines.ts";
import { human } from "./lib/remedies.ts";

/**
 * The gateway's list of devices, written by somebody else. What follows depends on the release (run): with a file
 * that is no JSON 2026.3.13 goes on with an empty list and overwrites the file, 2026.5.28 ends every connection
 * that brings a device with 1000, 2026.9.6 does not start. With a list instead of an object 2026.2.1 approves and
 * keeps nothing, 2026.9.6 imports none.
 */
export default defineCheck({
  id: "pairing-store-tampered",
  code: "OPD306",
  title: "The list of devices is the gateway's own",
  severity: "error",
  needs: [],
  wants: ["logs", "devices"],
  diagnose({ wanted }) {
    const problems = knownValue(wanted.devices)?.problems ?? [];
    const events = knownValue(wanted.logs)?.events ?? [];
    const told = events.filter(
      (event): event is AsideEvent => event.type === "aside" && event.about === "pairing-store",
    );
    const printed = unreadableStoreLines(events);
    const broken = problems.filter(({ kind }) => kind !== "left-behind");
    if (printed.length + broken.length > 0) return [unreadable(printed, broken)];
    if (problems.length > 0) return [leftBehind(problems)];
    return told.some(({ as }) => as === "said") ? [edited(told)] : [];
  },
});

function unreadable(printed: readonly AsideEvent[], broken: readonly StoreProblem[]): Occurrence {
  const first = broken[0];
  return {
    confidence: "certain",
    evidence: [...broken.map(inStore), ...printed.slice(-2).map(evidenceOf)].slice(0, 5),
    args: args({
      path: first?.path ?? printed.findLast(({ path }) => path !== undefined)?.path,
      detail: first?.detail,
    }),
    rank: -1,
    ...(printed.length > 0 ? { count: printed.length } : {}),
    remedies: [repair()],
  };
}

/** The files of an older release beside the database: whoever edits them changes nothing. */
function leftBehind(problems: readonly StoreProblem[]): Occurrence {
  return {
    severity: "warning",
    variant: "left-behind",
    confidence: "certain",
    evidence: problems.map(inStore).slice(0, 5),
    args: args({ path: problems[0]?.path }),
    remedies: [useCommands()],
  };
}

function edited(told: readonly AsideEvent[]): Occurrence {
  return {
    severity: "warning",
    variant: "edited",
    confidence: "possible",
    evidence: told.slice(-2).map(evidenceOf),
    remedies: [useCommands()],
  };
}

function inStore({ path, detail }: StoreProblem): Evidence {
  return { fact: "devices", source: path, quote: detail };
}

function repair(): Remedy {
  return {
    id: "repair-pairing-store",
    risk: "restart",
    steps: [
      human("stop-gateway"),
      human("move-store-aside"),
      { do: "gateway.start" },
      { do: "device.list" },
      human("pair-again"),
    ],
  };
}

function useCommands(): Remedy {
  return {
    id: "use-device-commands",
    risk: "none",
    steps: [{ do: "device.list" }, human("use-device-commands")],
  };
}
