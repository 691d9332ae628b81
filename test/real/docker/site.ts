// A container engine of the suite's own, gateways in its containers, a browser-like client before them, and the
// doctor beside them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import type { FixDocument, FixRun } from "../fix/site.ts";
import { type Agent, startAgent } from "../rig/agent.ts";
import { type ClientSettings, CONTROL_UI, type Outcome, PAGE_SCOPES } from "../rig/client.ts";
import { type Composed, type ComposedOptions, startComposed } from "../rig/composed.ts";
import {
  type Contained,
  type ContainedOptions,
  engineEnvironment,
  ownerAndMode,
  startContained,
} from "../rig/contained.ts";
import { type DoctorDocument, type DoctorRun, runDoctor } from "../rig/doctor.ts";
import { type Engine, startEngine } from "../rig/engine.ts";
import { TOKEN } from "../rig/gateway.ts";
import { mustRun, progress, until } from "../rig/processes.ts";
import { type KeptState, stateOf } from "../rig/state.ts";
import { startBystanders } from "../rig/strangers.ts";

export const AUTH = { mode: "token", token: TOKEN };
/** Another secret that must not be shown. */
export const OTHER_TOKEN = "rig-token-of-the-environment-77aa";
export const LISTENS = /listening on|\bready\b/;

/** A gateway in a container, seen from outside. */
export interface Claw extends Contained {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Origin of its page at the published port. */
  readonly page: string;
  log(): Promise<string>;
  says(pattern: RegExp): Promise<void>;
  /** Connects as the Control UI at the published port does; equal devices are one browser profile. */
  browser(device?: string): Promise<Outcome>;
  /** What it says once it is ready: docker-proxy listens before it, and it listens before it is ready. */
  answered(device?: string): Promise<Outcome>;
  /** Waits until the browser is let in. */
  admits(device?: string): Promise<void>;
  /** What it keeps, with owner and mode of the config. */
  state(): Promise<KeptState & { readonly configOwner: string }>;
  remove(): Promise<void>;
}

export interface DoctorCase {
  readonly env?: NodeJS.ProcessEnv;
  /** Container that may be started again meanwhile, by the doctor or by itself. */
  readonly except?: string;
}

/** `gateway` may depend on the page, whose port is the site's choice. */
type Gateway = ContainedOptions["gateway"] | ((page: string) => ContainedOptions["gateway"]);
type Of<T> = Omit<T, "port" | "token" | "gateway"> & { readonly gateway: Gateway };

export interface DockerSite {
  readonly engine: Engine;
  contained(options: Of<ContainedOptions>): Promise<Claw>;
  composed(options: Of<ComposedOptions>): Promise<Claw & Composed>;
  /** Runs the doctor, and sees that it left everything but `except` as it was, and nothing behind. */
  doctor(args: readonly string[], how?: DoctorCase): Promise<DoctorRun>;
  diagnosed(target: string, except?: string): Promise<DoctorDocument>;
  /** `fix --json` for the container `name`. Throws when it prints no document. */
  fix(target: string, name: string, args: readonly string[]): Promise<FixRun>;
  /** Where this suite's doctor keeps its journals. */
  readonly home: string;
  /** Runs a printed line as its reader would. */
  shell(line: string, cwd?: string): Promise<string>;
}

/** Host ports, one for each container, so that none waits for another's. */
let nextPort = 31_000 + (process.pid % 2000);

/** A site for the tests of the enclosing `describe`. */
export function useDockerSite(start: () => Promise<Engine> = startEngine): DockerSite {
  let up: Engine | undefined;
  let agent: Agent | undefined;
  let home = "";
  const folders: string[] = [];
  const engine = (): Engine => {
    if (up === undefined) throw new Error("no engine is up");
    return up;
  };
  before(async () => {
    home = mkdtempSync(path.join(tmpdir(), "opd-rig-doctor-home-"));
    up = await start();
    agent = startAgent(up.host);
    await startBystanders(up);
  });
  after(async () => {
    await agent?.stop();
    await up?.stop();
    for (const folder of [home, ...folders]) rmSync(folder, { recursive: true, force: true });
  });

  const clawOf = (contained: Contained, name: string, port: number, remove: () => Promise<void>): Claw => {
    folders.push(contained.stateDir, contained.configPath);
    const { uiBuild, container } = contained;
    const client: ClientSettings = uiBuild === undefined ? CONTROL_UI : { ...CONTROL_UI, buildId: uiBuild };
    const page = pageAt(port);
    const url = `ws://127.0.0.1:${port}`;
    const log = async () => (await container.logs({ stdout: true, stderr: true })).toString("utf8");
    const browser = (device = name): Promise<Outcome> => {
      if (agent === undefined) throw new Error("the site is not up");
      const auth = { token: TOKEN };
      const headers = { Origin: page };
      return agent.connect({ url, headers, client, scopes: PAGE_SCOPES, auth, device, timeoutMs: 20_000 });
    };
    const answered = async (device?: string): Promise<Outcome> => {
      let last = await browser(device);
      const hasAnswered = async () => {
        if (last.admitted || (last.errorCode !== undefined && last.errorCode !== "UNAVAILABLE")) return true;
        last = await browser(device);
        return false;
      };
      await until(hasAnswered, 240_000, 1000);
      return last;
    };
    return {
      ...contained,
      name,
      url,
      port,
      page,
      log,
      async says(pattern) {
        const started = Date.now();
        const said = await until(async () => pattern.test(await log()), 240_000, 1000);
        assert.ok(said, `${name} did not say ${pattern}\n${(await log()).slice(-1500)}`);
        progress(`${name}: ${pattern} after ${((Date.now() - started) / 1000).toFixed(0)} s`);
      },
      browser,
      answered,
      async admits(device) {
        let last: Outcome | undefined;
        const admitted = async (): Promise<boolean> => {
          last = await browser(device);
          return last.admitted;
        };
        assert.ok(await until(admitted, 60_000, 1000), `still refused: ${JSON.stringify(last)}`);
      },
      state: async () => ({
        ...(await stateOf(contained)),
        configOwner: ownerAndMode(contained.configPath),
      }),
      remove,
    };
  };

  const doctor: DockerSite["doctor"] = async (args, { env = {}, except } = {}) => {
    const { api, address, host } = engine();
    const earlier = await othersOf(engine(), except);
    const result = await runDoctor({
      args,
      home,
      host,
      env: { DOCKER_HOST: address, ...env },
      timeoutMs: 300_000,
    });
    assert.deepEqual(await othersOf(engine(), except), earlier, "a container is not as it was");
    const busy = async () => (await runningExecs(api)).length === 0;
    assert.ok(await until(busy, 3000, 100), `still at work: ${await runningExecs(api)}`);
    assert.deepEqual(result.leftInTemp, []);
    assert.doesNotMatch(result.stdout + result.stderr, new RegExp(`${TOKEN}|${OTHER_TOKEN}`));
    return result;
  };

  return {
    get engine() {
      return engine();
    },
    get home() {
      return home;
    },
    async contained(options) {
      const port = nextPort++;
      const gateway = gatewayOf(options.gateway, port);
      const contained = await startContained(engine(), { ...options, port, gateway });
      return clawOf(contained, options.name, port, async () => {
        await contained.container.remove({ force: true, v: true });
      });
    },
    async composed(options) {
      const port = nextPort++;
      const gateway = gatewayOf(options.gateway, port);
      const composed = await startComposed(engine(), { ...options, port, gateway, token: TOKEN });
      folders.push(path.dirname(composed.dir));
      const { Name } = await composed.container.inspect();
      return { ...composed, ...clawOf(composed, Name.replace(/^\//, ""), port, composed.down) };
    },
    doctor,
    async diagnosed(target, except) {
      const args = ["diagnose", "--json", "--verbose", "--target", target];
      const { document, stdout, stderr } = await doctor(args, except === undefined ? {} : { except });
      assert.ok(document, `${stdout}\n${stderr}`);
      return document;
    },
    async fix(target, name, args) {
      const line = ["fix", "--json", "--target", target, ...args];
      const { exitCode, stdout, stderr } = await doctor(line, { except: name });
      try {
        return { exitCode, document: JSON.parse(stdout) as FixDocument };
      } catch {
        throw new Error(
          `${line.join(" ")}: exit ${exitCode}\n${stdout.slice(0, 1000)}\n${stderr.slice(0, 2000)}`,
        );
      }
    },
    shell: (line, cwd) =>
      mustRun(engine().host.inside(["sh", "-c", line]), {
        env: engineEnvironment(engine()),
        ...(cwd === undefined ? {} : { cwd }),
      }),
  };
}

const pageAt = (port: number): string => `http://127.0.0.1:${port}`;

function gatewayOf(gateway: Gateway, port: number): ContainedOptions["gateway"] {
  return typeof gateway === "function" ? gateway(pageAt(port)) : gateway;
}

/** Ids of all containers, and states and start times of all but `except`. */
async function othersOf({ api }: Engine, except: string | undefined): Promise<readonly string[]> {
  const all = await api.listContainers({ all: true });
  const inspected = await Promise.all(all.map(({ Id }) => api.getContainer(Id).inspect()));
  return inspected
    .map(({ Id, Name, State, RestartCount }) =>
      Name === `/${except}` ? Id : `${Id} ${State.Status} ${State.StartedAt} ${RestartCount}`,
    )
    .sort();
}

/** Podman remembers those that have ended. */
async function runningExecs(api: Engine["api"]): Promise<readonly string[]> {
  const running: string[] = [];
  for (const { Id, Names } of await api.listContainers({ all: true })) {
    const { ExecIDs } = (await api.getContainer(Id).inspect()) as { ExecIDs?: readonly string[] | null };
    for (const id of ExecIDs ?? []) {
      const exec = await api.getExec(id).inspect();
      if (exec.Running) running.push(`${Names[0]}: ${JSON.stringify(exec.ProcessConfig)}`);
    }
  }
  return running;
}
