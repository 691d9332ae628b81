import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Wanted } from "../src/deployments/docker/choose-container.ts";
import { openContainer } from "../src/deployments/docker/open-container.ts";
import type { JsonReport } from "../src/report/json.ts";
import {
  type FakeContainer,
  type FakeEngine,
  type FakeEngineOptions,
  fakeEngine,
  frame,
} from "./fake-engine.ts";
import { fakeWorld } from "./fake-world.ts";
import { here } from "./support/cli.ts";

const engines: FakeEngine[] = [];
const directories: string[] = [];
after(async () => {
  await Promise.all(engines.map((engine) => engine.close()));
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

async function engineOf(options: FakeEngineOptions): Promise<FakeEngine> {
  const engine = await fakeEngine(options);
  engines.push(engine);
  return engine;
}

const CLAW: FakeContainer = { name: "claw", ports: { "18789/tcp": "127.0.0.1:18789" } };

interface Place {
  readonly docker?: FakeEngineOptions;
  readonly podman?: FakeEngineOptions;
  /** Both sockets lead to Docker. */
  readonly same?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Engines at the usual sockets of Docker Desktop and of rootless Podman. */
async function look({ docker, podman, same, env }: Place, wanted: Wanted) {
  const home = mkdtempSync(join(tmpdir(), "opd-engines-"));
  directories.push(home);
  const at = { docker: `${home}/.docker/run/docker.sock`, podman: `${home}/run/podman/podman.sock` };
  mkdirSync(`${home}/.docker/run`, { recursive: true });
  mkdirSync(`${home}/run/podman`, { recursive: true });
  const first = docker === undefined ? undefined : await engineOf(docker);
  const second = same === true ? first : podman === undefined ? undefined : await engineOf(podman);
  if (first !== undefined) symlinkSync(first.socket, at.docker);
  if (second !== undefined) symlinkSync(second.socket, at.podman);
  const files = {
    ...(first === undefined ? {} : { [at.docker]: "" }),
    ...(second === undefined ? {} : { [at.podman]: "" }),
  };
  const world = fakeWorld({ homedir: home, files, env: { XDG_RUNTIME_DIR: `${home}/run`, ...env } });
  return { at, first, second, opened: await openContainer({ world, salt: "s", wanted }) };
}

const search = (port: number): Wanted => ({ by: "search", port });
const twin: FakeContainer = { ...CLAW, name: "pod", id: "bb", ports: { "18789/tcp": "127.0.0.1:28789" } };

describe("two engines", () => {
  test("each has a gateway: both are named, each with what chooses it", async () => {
    const { at, opened } = await look(
      { docker: { containers: [CLAW] }, podman: { containers: [twin] } },
      search(1),
    );
    assert.ok(!opened.known);
    assert.deepEqual([opened.reason, opened.provide], ["not-asked", "DOCKER_HOST"]);
    const found = `claw (running): DOCKER_HOST=unix://${at.docker}, pod (running): DOCKER_HOST=unix://${at.podman}`;
    assert.deepEqual(opened.say, { message: "several-engines", args: { found } });
  });

  test("the one that holds the port is it", async () => {
    const place = { docker: { containers: [CLAW] }, podman: { containers: [twin] } };
    const { opened } = await look(place, search(28_789));
    assert.equal(opened.known && opened.value.deployment.workload?.name, "pod");
  });

  test("one name on both is two containers", async () => {
    const place = { docker: { containers: [CLAW] }, podman: { containers: [{ ...CLAW, id: "bb" }] } };
    const { opened } = await look(place, { by: "container", name: "claw" });
    assert.equal(!opened.known && opened.say?.message, "several-engines");
  });

  test("one engine at two sockets is one", async () => {
    const { opened } = await look(
      { docker: { containers: [CLAW] }, same: true },
      { by: "container", name: "claw" },
    );
    assert.ok(opened.known);
  });

  test("one that may not be asked takes nothing from the other", async () => {
    const refused = { status: 403, paths: /./ };
    const { opened } = await look({ docker: { refused }, podman: { containers: [twin] } }, search(18_789));
    assert.equal(opened.known && opened.value.deployment.workload?.name, "pod");
  });

  test("DOCKER_HOST is the only one that is asked", async () => {
    const other = await engineOf({ containers: [{ ...CLAW, name: "third" }] });
    const place = { docker: { containers: [CLAW] }, podman: { containers: [twin] } };
    const { first, second, opened } = await look(
      { ...place, env: { DOCKER_HOST: `unix://${other.socket}` } },
      search(18_789),
    );
    assert.equal(opened.known && opened.value.deployment.workload?.name, "third");
    assert.deepEqual([first?.calls, second?.calls], [[], []]);
  });
});

describe("a proxy in front of the engine that hands out no files", () => {
  const refused = { status: 403, paths: /\/archive/ };
  const line =
    "2026-11-22T12:30:01.100+00:00 [ws] closed before connect conn=11111111-1111-4111-8111-111111111111 remote=172.18.0.1 fwd=n/a origin=http://127.0.0.1:1 host=127.0.0.1:1 ua=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 code=1008 reason=pairing required\n";
  const one: FakeContainer = { ...CLAW, log: frame(2, line), ports: { "18789/tcp": "127.0.0.1:1" } };

  const diagnosed = async (lang: string): Promise<{ report: JsonReport; text: string }> => {
    const engine = await engineOf({ containers: [one], refused });
    const env = { DOCKER_HOST: `unix://${engine.socket}` };
    const args = ["--target", "docker:claw", "--release", "2026.3.13", "--lang", lang];
    const [json, human] = await Promise.all([
      here(["diagnose", "--json", ...args], { env }),
      here(["diagnose", ...args], { env }),
    ]);
    return { report: JSON.parse(json.stdout) as JsonReport, text: human.stdout };
  };

  test("config and devices are not known, and it says why; log and container tell the rest", async () => {
    const { report, text } = await diagnosed("en");
    const missing = new Map(report.missing.map((fact) => [fact.fact, fact]));
    for (const fact of ["config", "devices"] as const) {
      assert.equal(missing.get(fact)?.reason, "denied");
      assert.match(
        missing.get(fact)?.detail ?? "",
        /a proxy in front of the engine does not let files be read/,
      );
    }
    assert.ok(report.findings.some(({ id }) => id === "docker-nat-not-local"));
    assert.equal(report.deployment?.container?.bridge, "172.18.0.1");
    assert.match(text.replaceAll(/\s+/g, " "), /a proxy in front of the engine does not let files be read/);
  });

  test("in Chinese", async () => {
    const { text } = await diagnosed("zh");
    assert.match(text.replaceAll(/\s+/g, ""), /引擎前面的代理不允许读取文件/);
  });
});
