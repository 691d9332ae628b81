import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workload } from "../src/core/workload.ts";
import { dockerSources } from "../src/kinds/docker/sources.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { deploymentDocument } from "../src/report/deployment-document.ts";

const WORKLOAD: Required<Workload> = {
  name: "claw",
  image: "openclaw:local",
  state: "exited",
  exitCode: 78,
  restarts: 3,
  health: "unhealthy",
  healthOutput: "no answer",
  oomKilled: true,
  error: "no",
  lastLines: ["last"],
  network: "own",
  addresses: ["172.18.0.2"],
  publishedPeer: "172.18.0.1",
  ports: [{ address: "127.0.0.1", port: 1, to: 18_789 }],
  exposed: [18_789],
  neighbours: [{ name: "proxy", address: "172.18.0.3" }],
  extraHosts: ["a:1.2.3.4"],
  mounts: [{ kind: "bind", source: "/srv", at: "/home/node/.openclaw", readOnly: false }],
  user: "node",
  uid: 1000,
  mapsUsers: true,
  sharesFiles: true,
  readOnlyRoot: true,
  stateDir: { path: "/home/node/.openclaw", on: "mount", readOnly: false },
  rewrites: { by: "command", quote: "config set" },
  others: [],
  clock: { aheadMs: 1, withinMs: 2 },
  shownBy: dockerSources("claw"),
  engine: { kind: "docker", id: "0123456789ab", project: "p", networkMode: "p_default" },
};

/** As every report of schemaVersion 1 has had them; more may come, none goes. */
const FIELDS = [
  ...[
    "id",
    "name",
    "image",
    "state",
    "exitCode",
    "restarts",
    "health",
    "project",
    "networkMode",
    "addresses",
  ],
  ...["bridge", "ports", "mounts", "user", "others", "healthOutput", "oomKilled", "error", "exposed"],
  ...["extraHosts", "readOnlyRoot", "uid", "rewrites", "stateDir", "neighbours", "clock", "mapsUsers"],
  ...["sharesFiles", "lastLines"],
];

test("the document's container has the fields that it always had, in one level, and nothing of how the fact is cut", () => {
  const found = deploymentOf({
    kind: "docker",
    confidence: "certain",
    evidence: [{ fact: "deployment", source: "docker inspect claw", quote: "x", origin: { of: "workload" } }],
    alternatives: [],
    names: { container: "claw" },
    workload: WORKLOAD,
  });
  const { container, ...rest } = deploymentDocument(found);
  assert.deepEqual(Object.keys(container ?? {}).sort(), [...FIELDS].sort());
  assert.equal(container?.bridge, "172.18.0.1");
  assert.equal(container?.id, "0123456789ab");
  assert.equal(container?.networkMode, "p_default");
  assert.deepEqual(Object.keys(rest), ["kind", "confidence", "evidence", "alternatives", "names"]);
  assert.deepEqual(rest.evidence, [{ fact: "deployment", source: "docker inspect claw", quote: "x" }]);
});
