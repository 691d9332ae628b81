// `watch` beside a real gateway: a browser is refused, its request is approved with the printed line, and it gets in.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { after, describe, test } from "node:test";
import { visit } from "./cases.ts";
import { newDevice } from "./rig/client.ts";
import { BIN, openclawOnPath } from "./rig/doctor.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { run, until } from "./rig/processes.ts";
import { useSite } from "./rig/site.ts";
import { RELEASES } from "./selection.ts";

const noNamespaces = await whyNoNamespaces();
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

for (const release of [RELEASES[0], RELEASES.at(-1)]) {
  if (release === undefined) continue;
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });

    test("the printed line approves the request, and the same browser is told to be in", async () => {
      const { gateway } = site;
      const env = { ...gateway.cliEnv(), PATH: `${openclawOnPath(gateway)}:${gateway.cliEnv().PATH ?? ""}` };
      const argv = gateway.host.inside([
        process.execPath,
        BIN,
        "watch",
        "--json",
        "--config",
        gateway.configPath,
      ]);
      const [program = "", ...args] = argv;
      const child = spawn(program, [...args, "--log", gateway.fileLog], { env, cwd: gateway.home });
      children.push(child);
      let said = "";
      let wrong = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk;
      });
      child.stderr.on("data", (chunk: Buffer) => {
        wrong += chunk;
      });
      const events = () =>
        said
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line));
      const told = async (name: string) => {
        assert.ok(
          await until(() => events().some(({ event }) => event === name), 60_000),
          `no ${name}: ${said}${wrong}`,
        );
        return events().find(({ event }) => event === name);
      };
      // An old release tells no more than its era.
      assert.ok([release, null].includes((await told("watching")).release));

      const device = newDevice();
      const refused = await visit(site, { path: "lan address", credentials: "right" }, device);
      assert.equal(refused.admitted, false);
      assert.match((await told("refused")).finding.code, /^OPD\d{3}$/);
      const { command, request } = await told("waiting");
      assert.equal(request.requestId, refused.requestId);
      const approval = await run(gateway.host.inside(["sh", "-c", command]), {
        env,
        cwd: gateway.home,
        timeoutMs: 90_000,
      });
      assert.equal(approval.code, 0, `${command}\n${approval.stdout}${approval.stderr}`);
      assert.equal((await visit(site, { path: "lan address", credentials: "right" }, device)).admitted, true);
      assert.equal((await told("connected")).refused, true);
      assert.equal(events().filter(({ event }) => event === "refused").length, 1, said);
      child.kill("SIGINT");
      assert.ok(await until(() => child.exitCode !== null, 10_000));
      assert.equal(child.exitCode, 130);
    });
  });
}
