import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../checks/index.ts";
import type { Facts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { known, said, unknown } from "../src/core/fact.ts";
import type { DeviceList, PendingDevice, Refusal, Target } from "../src/core/facts.ts";
import type { Step } from "../src/core/finding.ts";
import { quoted, say } from "../src/core/saying.ts";
import { reportOf } from "../src/doctor/pure/case.ts";
import { offlineFacts } from "../src/doctor/pure/offline.ts";
import type { Report } from "../src/report/result.ts";
import { here } from "./support/cli.ts";

// No remedy sends somebody where nothing is: to a request that is over, a port that nobody has, a page that is an app.

const nothing = unknown("not-asked", quoted("not in this test"));
const REQUEST = "3ee1593b-d60b-4d93-837b-30af5d581d29";

function stepsFor(
  refusal: Partial<Refusal>,
  pending: readonly PendingDevice[],
  kind: Target["kind"],
): readonly Step[] {
  const list: DeviceList = { pending, paired: [], store: "json" };
  const refused: Refusal = {
    from: "log",
    gate: "pairing",
    reason: "not-paired",
    requestId: REQUEST,
    connection: {
      remoteAddress: "192.168.1.20",
      headers: { host: "192.168.1.5:18789", origin: "http://192.168.1.5:18789" },
    },
    client: "control-ui",
    count: 1,
    over: false,
    evidence: [{ fact: "logs", source: "log:1", quote: "a line" }],
    ...refusal,
  };
  const facts = {
    ...Object.fromEntries(
      ["logs", "config", "probe", "deployment", "assessment", "host"].map((name) => [name, nothing]),
    ),
    refusals: known([refused], "log"),
    devices: known(list, "devices"),
    target: known({ kind, name: "x", exposure: "private" }, "x"),
    release: known({ version: "2026.5.28", confidence: "certain", from: "said" }, "said"),
  } as unknown as Facts;
  const { findings } = diagnose(checks, facts, { describeError: String });
  const remedy = findings[0]?.remedies.find(({ id }) => id === "approve-device");
  assert.ok(remedy, JSON.stringify(findings));
  return remedy.steps;
}

const waiting = (requestId: string, remoteIp = "192.168.1.20"): PendingDevice => ({
  requestId,
  deviceId: "d1",
  scopes: ["operator.admin"],
  remoteIp,
});
const approved = (steps: readonly Step[]): string | undefined =>
  steps.flatMap((step) => (step.do === "device.approve" ? [step.requestId] : []))[0];
const first = (steps: readonly Step[]): string | undefined =>
  steps[0]?.do === "human" ? steps[0].message : steps[0]?.do;

test("a request that the gateway's list has no more is not approved: it is made anew first", () => {
  const gone = stepsFor({}, [], "local");
  assert.equal(approved(gone), undefined);
  assert.equal(first(gone), "ask-first");
  // Another one has taken its place.
  const other = stepsFor({}, [waiting("0aa1593b-d60b-4d93-837b-30af5d581d29")], "local");
  assert.equal(approved(other), undefined);
  const there = stepsFor({}, [waiting(REQUEST)], "local");
  assert.deepEqual([approved(there), first(there)], [REQUEST, "device.list"]);
  // The gateway cuts a close reason within the id.
  assert.equal(
    approved(stepsFor({ requestId: REQUEST.slice(0, 30) }, [waiting(REQUEST)], "local")),
    REQUEST.slice(0, 30),
  );
  // A list that somebody handed in may be older than the log.
  assert.equal(approved(stepsFor({}, [], "offline")), REQUEST);
});

test("whoever is to be let in is sent to what they have: an app is no page, a command is typed again", () => {
  assert.equal(first(stepsFor({ client: "cli" }, [], "local")), "connect-again");
  assert.equal(first(stepsFor({ client: "unknown" }, [], "local")), "ask-first");
});

async function triage(text: string, release?: string, origin?: string): Promise<Report> {
  const facts = await offlineFacts({
    signal: new AbortController().signal,
    name: "ticket",
    sources: () => [{ name: "ticket", chunks: [new TextEncoder().encode(`${text}\n`)] }],
    ...(origin === undefined ? {} : { origin }),
    release:
      release === undefined
        ? unknown("not-asked", say("nobody-said"), "--release X")
        : said({ version: release, confidence: "certain", from: "said" }, "--release"),
  });
  return reportOf(facts, { inputs: [] });
}

test("an app that asks anew every few seconds: its newest request is looked up and approved in one line, first", async () => {
  const unknownId = "[openclaw] GatewayClientRequestError: unknown requestId";
  const app = await triage(`Our iOS app only shows: pairing required\n${unknownId}`, "2026.6.9");
  const found = app.findings.find(({ id }) => id === "stale-request-id");
  assert.equal(found?.remedies[0]?.id, "approve-by-device", JSON.stringify(app.findings.map(({ id }) => id)));
  assert.doesNotMatch(JSON.stringify(found.remedies), /reload-page/);
  const page = await triage(`the page shows: pairing required\n${unknownId}`, "2026.6.9");
  assert.equal(page.findings.find(({ id }) => id === "stale-request-id")?.remedies[0]?.id, "approve-device");
});

test("the port is the one that was said, not the usual one", async () => {
  const report = await triage("pairing required", "2026.6.11", "http://192.168.1.5:47115");
  const commands = report.findings
    .flatMap(({ remedies }) => remedies)
    .flatMap(({ actions }) =>
      actions.flatMap((action) => (action.kind === "command" ? [action.command] : [])),
    );
  const tunnel = commands.find((command) => command.startsWith("ssh -N -L"));
  assert.match(tunnel ?? "", /^ssh -N -L 47115:127\.0\.0\.1:47115 /);
});

test("a gateway that a service may own is not started beside it", async () => {
  const down = await triage("Error: connect ECONNREFUSED 127.0.0.1:18789");
  const start = down.findings[0]?.remedies.find(({ id }) => id === "start-gateway");
  const told = start?.actions.map((action) => (action.kind === "human" ? action.message : action.command));
  assert.deepEqual(told?.slice(-2), ["start-by-manager", "openclaw gateway"]);
  // Who owns it is known there.
  const contained = await triage(
    "docker compose logs openclaw-gateway\nError: connect ECONNREFUSED 127.0.0.1:18789",
  );
  if (contained.deployment?.kind === "docker")
    assert.doesNotMatch(JSON.stringify(contained.findings), /start-by-manager/);
});

test("a fix of a container without an engine says that there is none", async () => {
  const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock" };
  const { code, stdout } = await here(["fix", "--dry-run", "--target", "docker:x"], { env });
  assert.equal(code, 3);
  assert.match(stdout.replace(/\s+/g, " "), /no engine answers there/);
});
