import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { DEPLOYMENT_KINDS } from "../src/core/deployment-kind.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf, KINDS } from "../src/kinds/index.ts";

interface Schema {
  readonly $defs: { readonly deploymentKind: { readonly enum: readonly string[] } };
  readonly properties: {
    readonly target: { readonly properties: { readonly kind: { readonly enum: readonly string[] } } };
  };
}
const schema = JSON.parse(
  readFileSync(new URL("../src/report/schema/report.schema.json", import.meta.url), "utf8"),
) as Schema;

test("the schema of the report has every kind of deployment", () => {
  assert.deepEqual(schema.$defs.deploymentKind.enum, DEPLOYMENT_KINDS);
  assert.deepEqual(schema.properties.target.properties.kind.enum, [...DEPLOYMENT_KINDS, "url", "offline"]);
});

for (const kind of DEPLOYMENT_KINDS)
  describe(kind, () => {
    const deployment = deploymentOf({
      kind,
      confidence: "certain",
      evidence: [],
      alternatives: [],
      names: {},
    });

    test("its traits agree with one another", () => {
      const { contained, besideHost, clustered, translates, tunnel } = deployment.traits;
      assert.equal(contained, KINDS[kind].contained);
      assert.ok(!(contained && besideHost), "what is in a container has nobody beside it");
      assert.ok(contained || !(clustered || translates), "a machine itself neither translates nor is a pod");
      assert.equal(tunnel === "port-forward", clustered);
    });

    test("a tunnel's line is what its trait says", () => {
      const [line] = commandsFor([{ do: "ssh.tunnel", port: 18_789 }], deployment);
      assert.match(
        line?.command ?? "",
        deployment.traits.tunnel === "port-forward" ? / port-forward / : /^ssh -N /,
      );
    });

    test("a page on localhost has the peer that the picture of its way shows", () => {
      const { localhost } = KINDS[kind].peers(undefined);
      const stations = KINDS[kind].stations({ remote: localhost, host: "127.0.0.1:18789", names: {} });
      const rewrites = stations.some(({ note }) => note === "rewrites-source");
      assert.equal(rewrites, deployment.traits.translates);
      assert.equal(localhost === "127.0.0.1", !rewrites);
    });
  });
