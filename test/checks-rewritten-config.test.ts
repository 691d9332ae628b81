import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { knownValue } from "../src/core/fact.ts";
import type { Step } from "../src/core/finding.ts";
import { diagnosed } from "../src/doctor/pure/case.ts";
import { prepare } from "../src/doctor/pure/mend/prepare.ts";
import { factsOfSituation } from "./support/situation.ts";

const label = (step: Step): string => (step.do === "human" ? step.message : step.do);

async function stepsOf(name: string): Promise<readonly string[]> {
  const { findings } = diagnosed(await factsOfSituation(name));
  return findings[0]?.remedies.find(({ id }) => id === "add-allowed-origin")?.steps.map(label) ?? [];
}

describe("a config that the container writes at each start", () => {
  test("the remedy says first where the change is to be made", async () => {
    assert.deepEqual(await stepsOf("config-rewritten-unraid"), ["change-in-unraid", "config.set"]);
  });

  test("a key that nothing rewrites is changed as ever", async () => {
    assert.deepEqual(await stepsOf("config-rewritten-other-key"), ["config.set"]);
  });

  test("of an image that sets the key from its environment, by the variable", async () => {
    const { findings } = diagnosed(await factsOfSituation("config-rewritten-cn-im"));
    const [step] = findings[0]?.remedies.find(({ id }) => id === "add-allowed-origin")?.steps ?? [];
    assert.deepEqual(step, {
      do: "human",
      message: "change-in-environment",
      args: { variable: "OPENCLAW_GATEWAY_ALLOWED_ORIGINS" },
    });
  });

  test("fix leaves it to a person; what it plans itself says the same", async () => {
    const facts = await factsOfSituation("config-rewritten-unraid");
    const prepared = prepare(facts, diagnosed(facts), { sharedHost: false, only: "add-allowed-origin" });
    assert.ok(prepared && knownValue(facts.assessment)?.now.outcome === "refused");
    assert.deepEqual(prepared.steps, []);
    assert.ok(prepared.rest.length > 0);
    const planned = [...prepared.remedies, ...prepared.alternatives.flatMap(({ remedies }) => remedies)];
    for (const { id, steps } of planned) {
      const at = steps.findIndex((step) => step.do === "config.set" || step.do === "config.unset");
      if (at !== -1) assert.equal(label(steps[at - 1] ?? { do: "logs.show" }), "change-in-unraid", id);
    }
  });

  test("beside it, a change that lasts is made", async () => {
    const facts = await factsOfSituation("config-rewritten-other-key");
    const prepared = prepare(facts, diagnosed(facts), { sharedHost: false, only: "add-allowed-origin" });
    assert.ok(prepared?.steps.some((step) => step.do === "config.set"));
  });
});

describe("a config that is mounted so that the container cannot write it", () => {
  test("the remedy says first where it is mounted from; fix still asks who can", async () => {
    assert.deepEqual(await stepsOf("config-mounted-alone"), ["change-at-mount", "config.set"]);
    const facts = await factsOfSituation("config-mounted-alone");
    const { findings } = diagnosed(facts);
    const step = findings[0]?.remedies.find(({ id }) => id === "add-allowed-origin")?.steps[0];
    assert.equal(step?.do === "human" && step.args?.place, "/srv/openclaw/openclaw.json");
    const prepared = prepare(facts, { findings }, { sharedHost: false, only: "add-allowed-origin" });
    assert.ok(prepared?.steps.some((one) => one.do === "config.set"));
  });
});
