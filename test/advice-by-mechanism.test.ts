// What a report advises has to undo what it found: in the other direction, or with a command that changes nothing, it
// sends people in a circle.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeploymentNames } from "../src/core/facts.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import type { Report } from "../src/report/result.ts";
import { triageText } from "./support/ticket-score.ts";

const remedyOf = (report: Report, id: string) =>
  report.findings.flatMap(({ remedies }) => remedies).find((remedy) => remedy.id === id);

const commandsOf = (report: Report, id: string): readonly string[] =>
  (remedyOf(report, id)?.actions ?? []).flatMap((action) =>
    action.kind === "command" ? [action.command] : [],
  );

describe("a changed environment", () => {
  const afresh = (names: DeploymentNames) => {
    const place = deploymentOf({
      kind: "docker",
      confidence: "certain",
      evidence: [],
      alternatives: [],
      names,
    });
    return commandsFor([{ do: "gateway.restart", afresh: true }], place)[0]?.command;
  };

  test("of a Compose service is taken up by `up -d`, which a restart does not do", () => {
    assert.equal(afresh({}), "docker compose up -d openclaw-gateway");
    assert.equal(
      afresh({ composeService: "claw", composeProject: "home" }),
      "docker compose -p home up -d claw",
    );
    assert.equal(afresh({ engine: "podman", composeService: "claw" }), "podman compose up -d claw");
  });

  test("of a token in .env is: nobody who restarted in vain is sent to do it again", async () => {
    const report = await triageText(
      `I changed OPENCLAW_GATEWAY_TOKEN in .env of my docker compose (OpenClaw 2026.6.11) and ran
docker compose restart openclaw-gateway
Still: disconnected (1008): unauthorized: gateway token mismatch (open the dashboard URL and paste the token in Control UI settings)`,
    );
    assert.deepEqual(commandsOf(report, "align-token"), ["docker compose up -d openclaw-gateway"]);
    const all = report.findings.flatMap(({ remedies }) =>
      remedies.flatMap(({ id }) => commandsOf(report, id)),
    );
    assert.ok(!all.some((line) => /compose.* restart\b/.test(line)), all.join("\n"));
  });
});
