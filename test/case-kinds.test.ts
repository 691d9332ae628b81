import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import { said } from "../src/core/fact.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";

const LINE =
  "2026-11-22T12:29:44.018+00:00 [ws] closed before connect conn=bcc57d6e-ae90-43f9-9b60-07eecd628d9f remote=203.0.113.9 fwd=n/a origin=https://claw.example.com host=claw.example.com ua=Mozilla/5.0 code=1008 reason=pairing required\n";

/** The commands of the first remedy, for one and the same refused connection. */
async function commandsOf(deployment: DeploymentKind): Promise<string[]> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "gateway.log",
    sources: () => [{ name: "gateway.log", chunks: [LINE] }],
    release: said({ version: "2026.3.13", confidence: "certain", from: "said" }, "--release"),
    deployment,
  });
  const actions = reportOf(facts).findings[0]?.remedies[0]?.actions ?? [];
  return actions.flatMap((action) => (action.kind === "command" ? [action.command] : []));
}

test("one refusal, the commands of each kind of deployment", async () => {
  const kinds = ["local", "docker", "kubernetes", "vps"] as const;
  const all = await Promise.all(kinds.map(async (kind) => [kind, await commandsOf(kind)] as const));
  assert.deepEqual(Object.fromEntries(all), {
    local: ["openclaw devices list", "openclaw devices approve <requestId>"],
    docker: [
      "docker compose exec openclaw-gateway node dist/index.js devices list",
      "docker compose exec openclaw-gateway node dist/index.js devices approve <requestId>",
    ],
    kubernetes: [
      "kubectl -n openclaw exec deploy/openclaw -- node /app/dist/index.js devices list",
      "kubectl -n openclaw exec deploy/openclaw -- node /app/dist/index.js devices approve <requestId>",
    ],
    vps: [
      "ssh <user>@<host> 'openclaw devices list'",
      "ssh <user>@<host> 'openclaw devices approve <requestId>'",
    ],
  });
});
