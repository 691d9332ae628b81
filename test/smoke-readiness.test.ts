// What a gateway that is not up yet is at: as a table of what was seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { known, unknown } from "../src/core/fact.ts";
import type { Deployment, Reach } from "../src/core/facts.ts";
import { say } from "../src/core/saying.ts";
import type { Workload } from "../src/core/workload.ts";
import { readiness } from "../src/doctor/pure/readiness.ts";
import { digestLogs } from "../src/logs/digest.ts";
import type { Phase } from "../src/report/smoke.ts";

const NOT_ASKED = unknown("not-asked", say("not-collected"));

interface Seen {
  readonly reach?: Reach["state"];
  readonly log?: readonly string[];
  readonly workload?: Pick<Workload, "state" | "restarts">;
  readonly wasUp?: true;
}

const PENDING =
  "2026-11-22T12:00:01.000Z [state] state database schema migration pending; verifying integrity first";
const LISTENING = "2026-11-22T12:00:09.000Z [gateway] listening on ws://0.0.0.0:18789 (PID 7)";
const BANNER = "🦞 OpenClaw 2026.9.6 (eb377ac) — hello";

const ROWS: readonly (readonly [string, Seen, Phase])[] = [
  ["it answers", { reach: "open" }, "up"],
  ["it answers, whatever the log tells of before", { reach: "open", log: [PENDING] }, "up"],
  ["nothing listens", { reach: "refused" }, "absent"],
  ["the name is not there yet", { reach: "dns" }, "absent"],
  ["another program answers", { reach: "not-openclaw" }, "absent"],
  ["a proxy answers 503, or the gateway says so", { reach: "starting" }, "starting"],
  [
    "the engine's port forwards to nobody yet",
    { reach: "reset", workload: { state: "running", restarts: 0 } },
    "starting",
  ],
  [
    "nothing listens, and the log tells of a migration",
    { reach: "refused", log: [BANNER, PENDING] },
    "migrating",
  ],
  ["the migration is over", { reach: "refused", log: [PENDING, LISTENING] }, "absent"],
  ["it answered HTTP, and says that it is starting", { reach: "starting", wasUp: true }, "starting"],
  ["it answered a moment ago", { reach: "refused", wasUp: true }, "restarting"],
  [
    "it answered, and migrates after its restart",
    { reach: "refused", wasUp: true, log: [LISTENING, PENDING] },
    "migrating",
  ],
  [
    "the engine starts it again",
    { reach: "refused", workload: { state: "restarting", restarts: 3 } },
    "restarting",
  ],
  ["it ended after restarts", { reach: "refused", workload: { state: "exited", restarts: 3 } }, "restarting"],
  ["it ended", { reach: "refused", workload: { state: "exited", restarts: 0 } }, "stopped"],
  [
    "it was made and not started",
    { reach: "refused", workload: { state: "created", restarts: 0 } },
    "starting",
  ],
  ["nobody could knock", {}, "absent"],
];

for (const [about, seen, phase] of ROWS)
  test(`${about}: ${phase}`, async () => {
    const { reach, log, workload } = seen;
    const logs =
      log === undefined
        ? NOT_ASKED
        : known(
            await digestLogs([{ name: "gateway.log", chunks: chunksOf(log) }], { secrets: [] }),
            "gateway.log",
          );
    const deployment =
      workload === undefined
        ? NOT_ASKED
        : known({ workload: { name: "openclaw", ...workload } } as unknown as Deployment, "docker inspect");
    const probe =
      reach === undefined
        ? NOT_ASKED
        : known(
            {
              url: "ws://127.0.0.1:18789",
              reach: { state: reach, detail: "seen" },
              http: { looksLike: "none" as const },
              attempts: [],
              tookMs: 1,
            },
            "probe",
          );
    assert.equal(readiness({ probe, deployment, logs, wasUp: seen.wasUp === true }).phase, phase);
  });

async function* chunksOf(lines: readonly string[]) {
  yield Buffer.from(`${lines.join("\n")}\n`);
}
