// Journals are found again by the engine that their gateway is on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { engineIdentity } from "../src/deployments/docker/engine-identity.ts";

test("Docker's engine has an id that lasts", () => {
  const info = { ID: "ABCD:EFGH", Name: "host", DockerRootDir: "/var/lib/docker" };
  assert.equal(engineIdentity(info), "ABCD:EFGH");
  assert.equal(engineIdentity({ ...info, Name: "renamed" }), "ABCD:EFGH");
});

test("Podman's id is another one in each answer", () => {
  const info = { BuildahVersion: "1.28.2", Name: "host", DockerRootDir: "/var/lib/containers/storage" };
  const identity = engineIdentity({ ...info, ID: "6f8a" });
  assert.equal(engineIdentity({ ...info, ID: "91c2" }), identity);
  assert.notEqual(engineIdentity({ ...info, Name: "other" }), identity);
  assert.notEqual(engineIdentity({ ...info, DockerRootDir: "/home/u/.local/share/containers" }), identity);
});

test("an engine that says nothing of itself has none", () => {
  for (const info of [undefined, null, "info", {}, { ID: 7 }]) assert.equal(engineIdentity(info), "");
});
