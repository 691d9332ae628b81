import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnosed } from "../src/doctor/pure/case.ts";
import { prepare } from "../src/doctor/pure/mend/prepare.ts";
import { factsOfSituation } from "./support/situation.ts";

test("a container that starts again and again for want of origins gets the host's own, and is started", async () => {
  const facts = await factsOfSituation("origins-required-restart-loop");
  const prepared = prepare(facts, diagnosed(facts), { sharedHost: false });
  assert.deepEqual(prepared?.steps, [
    {
      do: "config.set",
      key: "gateway.controlUi.allowedOrigins",
      value: ["http://localhost:28789", "http://127.0.0.1:28789"],
    },
    { do: "gateway.start" },
  ]);
  assert.deepEqual(prepared.rest, []);
});

test("what somebody started in a terminal is theirs to start, and its page's origin is not guessed", async () => {
  const facts = await factsOfSituation("down-start-failed");
  const prepared = prepare(facts, diagnosed(facts), { sharedHost: false });
  assert.equal(prepared?.finding.id, "allowed-origins-required-startup");
  assert.ok(!prepared.steps.some((step) => step.do === "gateway.start"), JSON.stringify(prepared.steps));
  assert.ok(prepared.rest.length > 0);
});
