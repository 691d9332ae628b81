/** The engine of `fix` in a made-up world that can die at every single call, as a killed process does. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import { editConfig } from "../src/config/edit.ts";
import { ChangeError, type Changer, type ConfigFile, type Undo } from "../src/core/change.ts";
import { known, unknown } from "../src/core/fact.ts";
import type { DeviceList } from "../src/core/facts.ts";
import type { Step } from "../src/core/finding.ts";
import type { Journal } from "../src/core/journal.ts";
import { inEnglish, quoted, say } from "../src/core/saying.ts";
import { execute, finish, type Order, type Outcome, undo, type Workshop } from "../src/core/transaction.ts";
import { configEditor } from "../src/doctor/live/mend/config-editor.ts";

class Killed extends Error {}

const PATH = "/home/u/.openclaw/openclaw.json";
const BEFORE = `// mine
{
  gateway: { port: 18789, bind: 'lan' }, // for the tablet
}
`;
const REQUEST = { requestId: "r-1", deviceId: "d-1", role: "operator", scopes: ["operator.admin"] };

interface WorldOptions {
  /** Dies at this call (1-based), before or after its effect. */
  readonly diesAt?: number;
  readonly after?: boolean;
  /** What the gateway's own `config set` does to the file beside the key. */
  readonly rewrites?: boolean;
  readonly helps?: boolean;
  readonly fails?: Step["do"];
  /** Somebody writes to the config right after this call. */
  readonly writerAt?: number;
  /** The device that asks widens its request under its id, right before this is done. */
  readonly widensAt?: Step["do"];
}

/** What outlives a killed process. */
class Machine {
  config: string | undefined = BEFORE;
  devices: DeviceList = { store: "json", pending: [REQUEST], paired: [] };
  journals: Journal[] = [];
  /** Another file that a step writes. */
  site = "theirs";
}

class World {
  readonly machine: Machine;
  readonly #options: WorldOptions;
  calls = 0;
  /** How many settings were made together, each time. */
  readonly configured: number[] = [];

  constructor(machine: Machine, options: WorldOptions = {}) {
    this.machine = machine;
    this.#options = options;
  }

  async #call<T>(effect: () => T): Promise<T> {
    this.calls += 1;
    const { diesAt, after, writerAt } = this.#options;
    if (this.calls === diesAt && !after) throw new Killed();
    const result = effect();
    if (this.calls === writerAt) this.#somebodyWrites();
    if (this.calls === diesAt) throw new Killed();
    return result;
  }

  #somebodyWrites(): void {
    this.machine.config = edit(this.machine.config ?? "", {
      set: { key: "agents.theirs", value: this.calls },
    });
  }

  get workshop(): Workshop {
    const { machine } = this;
    const { helps = true, fails, widensAt, rewrites = false } = this.#options;
    const changer: Changer = {
      readConfig: () => this.#call(() => known(fileOf(machine.config), PATH)),
      replaceConfig: (next, expected) =>
        this.#call(() => {
          if (fileOf(machine.config)?.sha256 !== expected) return "stale";
          machine.config = next === undefined ? undefined : Buffer.from(next.content, "base64").toString();
          return "replaced";
        }),
      devices: () => this.#call(() => known(machine.devices, "devices")),
      foresee: (step) =>
        this.#call(() => {
          if (step.do !== "proxy.write" || machine.site === "ours") return known({}, "site");
          const before = fileOf(machine.site);
          assert.ok(before !== undefined);
          return known({ undo: { undo: "file.restore", before, sha256: "ours" } }, "site");
        }),
      perform: (step) =>
        this.#call(() => {
          if (step.do === fails) return unknown("failed", quoted("the command failed"));
          if (step.do === widensAt) {
            const [asked] = machine.devices.pending;
            assert.ok(asked !== undefined);
            const wider = { ...asked, scopes: [...asked.scopes, "operator.admin"] };
            machine.devices = { ...machine.devices, pending: [wider] };
          }
          if (step.do === "device.approve") {
            const asked = machine.devices.pending.find(({ requestId }) => requestId === step.requestId);
            if (asked === undefined) return unknown("absent", quoted("unknown requestId"));
            machine.devices = { ...machine.devices, pending: [], paired: [asked] };
            return known({ how: quoted("openclaw devices approve") }, "cli");
          }
          if (step.do === "proxy.write") {
            machine.site = "ours";
            // What it knew before is in the journal; a second run meets a file that is its own.
            return known({ how: quoted("wrote the site") }, "site");
          }
          assert.ok(step.do === "config.set");
          machine.config = written([step], machine.config, rewrites);
          return known({ how: quoted("openclaw config set") }, "cli");
        }),
      configure: (steps) =>
        this.#call(() => {
          this.configured.push(steps.length);
          machine.config = written(steps, machine.config, rewrites);
          return known(
            steps.map(() => ({ how: quoted("edited openclaw.json") })),
            "file",
          );
        }),
      revert: (back: Undo) =>
        this.#call(() => {
          if (back.undo === "device.remove")
            machine.devices = {
              ...machine.devices,
              paired: machine.devices.paired.filter(({ deviceId }) => deviceId !== back.deviceId),
            };
          if (back.undo === "file.restore" && machine.site === back.sha256)
            machine.site = Buffer.from(back.before.content, "base64").toString();
          return known({ how: quoted("taken back") }, "cli");
        }),
      settled: () => this.#call(() => known({ restarted: true, tookMs: 1 }, "log")),
    };
    return {
      changer,
      config: configEditor,
      signal: new AbortController().signal,
      store: {
        write: (journal) =>
          this.#call(() => {
            const copy = JSON.parse(JSON.stringify(journal)) as Journal;
            machine.journals = [...machine.journals.filter(({ id }) => id !== journal.id), copy];
          }),
      },
      verify: () =>
        this.#call(() =>
          helps ? { helped: true, detail: quoted("admitted") } : { helped: false, detail: quoted("origin") },
        ),
    };
  }
}

function written(steps: readonly Step[], config: string | undefined, rewrites: boolean): string {
  let text = config ?? "";
  for (const step of steps) {
    assert.ok(step.do === "config.set");
    text = edit(text, { set: { key: step.key, value: step.value } });
  }
  // The gateway's own command writes plain JSON and notes who touched it.
  return rewrites ? JSON.stringify({ ...JSON5.parse(text), meta: { lastTouchedAt: "now" } }, null, 2) : text;
}

function fileOf(text: string | undefined): ConfigFile | undefined {
  if (text === undefined) return undefined;
  const content = Buffer.from(text).toString("base64");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { path: PATH, content, sha256, mode: 0o600, uid: 1000, gid: 1000 };
}

function edit(text: string, change: Parameters<typeof editConfig>[1]): string {
  const outcome = editConfig(text, change);
  assert.ok(outcome.ok);
  return outcome.text;
}

const ORIGIN: Step = { do: "config.set", key: "gateway.controlUi.allowedOrigins", value: ["http://a:1"] };
const BIND: Step = { do: "config.set", key: "gateway.bind", value: "loopback" };
const APPROVE: Step = { do: "device.approve", requestId: "r-1" };

const order = (...steps: Step[]): Order => ({
  id: "2026-11-22T00:00:00.000Z",
  pid: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
  configPath: PATH,
  remedies: [{ id: "add-allowed-origin", risk: "none" }],
  steps,
});

const gatewayOf = (machine: Machine) => JSON5.parse(machine.config ?? "{}").gateway;
const stateOf = ({ journals }: Machine) => journals.at(-1)?.state;

describe("a fix", () => {
  test("that started a gateway stops it on its way back, and waits for nothing", async () => {
    const { workshop, machine } = new World(new Machine());
    const calls: string[] = [];
    const changer: Changer = {
      ...workshop.changer,
      perform: async () =>
        known({ how: quoted("docker start claw"), undo: { undo: "gateway.stop" } }, "engine"),
      revert: async ({ undo }) => {
        calls.push(undo);
        return known({ how: quoted("docker stop claw") }, "engine");
      },
      settled: async () => {
        calls.push("settled");
        return known({ restarted: true, tookMs: 1 }, "log");
      },
    };
    assert.equal((await execute(order({ do: "gateway.start" }), { ...workshop, changer })).outcome, "kept");
    const [journal] = machine.journals;
    assert.ok(journal);
    assert.equal((await undo(journal, { ...workshop, changer })).outcome, "rolled-back");
    assert.deepEqual(calls, ["settled", "gateway.stop"]);
  });

  test("that helps is kept, and undone byte for byte", async () => {
    for (const rewrites of [false, true]) {
      const machine = new Machine();
      const kept = await execute(order(ORIGIN, APPROVE), new World(machine, { rewrites }).workshop);
      assert.equal(kept.outcome, "kept");
      assert.deepEqual(gatewayOf(machine).controlUi, { allowedOrigins: ["http://a:1"] });
      assert.equal(machine.devices.paired.length, 1);
      assert.equal(stateOf(machine), "kept");
      const undone = await undo(machine.journals[0] as Journal, new World(machine).workshop);
      assert.equal(undone.outcome, "rolled-back");
      assert.equal(machine.config, BEFORE);
      assert.deepEqual(machine.devices.paired, []);
      assert.equal(stateOf(machine), "undone");
    }
  });

  test("makes settings in turn together, and waits once for the gateway before it asks it", async () => {
    const machine = new Machine();
    const world = new World(machine);
    const { workshop } = world;
    const done: string[] = [];
    const changer: Changer = {
      ...workshop.changer,
      configure: (steps, signal) => {
        done.push(steps.map((step) => step.do).join("+"));
        return workshop.changer.configure(steps, signal);
      },
      perform: (step, signal) => {
        done.push(step.do);
        return workshop.changer.perform(step, signal);
      },
      settled: (signal) => {
        done.push("settled");
        return workshop.changer.settled(signal);
      },
    };
    const outcome = await execute(order(ORIGIN, BIND, APPROVE), { ...workshop, changer });
    assert.deepEqual(done, ["config.set+config.set", "settled", "device.approve", "settled"]);
    assert.deepEqual(world.configured, [2]);
    // One write is one line.
    assert.ok(outcome.outcome === "kept");
    assert.deepEqual(outcome.how.map(inEnglish), ["edited openclaw.json", "openclaw devices approve"]);
    assert.deepEqual(
      machine.journals.at(-1)?.steps.map(({ state, how }) => [state, how]),
      [
        ["done", "edited openclaw.json"],
        ["done", "edited openclaw.json"],
        ["done", "openclaw devices approve"],
      ],
    );
  });

  test("leaves settings apart between which something else is done", async () => {
    const world = new World(new Machine());
    assert.equal((await execute(order(ORIGIN, APPROVE, BIND), world.workshop)).outcome, "kept");
    assert.deepEqual(world.configured, []);
  });

  test("that was killed between settings goes on with those that are left, together", async () => {
    const machine = new Machine();
    const kept = await execute(order(ORIGIN, BIND, APPROVE), new World(machine).workshop);
    assert.equal(kept.outcome, "kept");
    const [whole] = machine.journals;
    assert.ok(whole);
    machine.config = BEFORE;
    machine.devices = { store: "json", pending: [REQUEST], paired: [] };
    const [first, ...others] = whole.steps;
    assert.ok(first);
    const left = others.map(({ step }) => ({ step, state: "planned" }) as const);
    const world = new World(machine);
    const outcome = await finish(
      { ...whole, state: "open", steps: [first, { step: ORIGIN, state: "started" }, ...left] },
      world.workshop,
    );
    assert.equal(outcome.outcome, "kept");
    assert.deepEqual(world.configured, [2]);
    assert.deepEqual(gatewayOf(machine).bind, "loopback");
  });

  test("that does not help goes back, and says what was met", async () => {
    const machine = new Machine();
    const outcome = await execute(
      order(ORIGIN),
      new World(machine, { helps: false, rewrites: true }).workshop,
    );
    assert.deepEqual(outcome, {
      outcome: "rolled-back",
      detail: quoted("origin"),
      how: [quoted("openclaw config set")],
    });
    assert.equal(machine.config, BEFORE);
  });

  test("of which a step fails goes back", async () => {
    const machine = new Machine();
    const outcome = await execute(
      order(ORIGIN, APPROVE),
      new World(machine, { fails: "device.approve" }).workshop,
    );
    assert.equal(outcome.outcome, "rolled-back");
    assert.equal(machine.config, BEFORE);
    assert.deepEqual(machine.devices.pending, [REQUEST]);
  });

  test("lets nobody in with more than was shown, whenever the request grows", async () => {
    for (const widensAt of ["config.set", "device.approve"] as const) {
      const machine = new Machine();
      machine.devices = { ...machine.devices, pending: [{ ...REQUEST, scopes: ["operator.read"] }] };
      const requests = machine.devices.pending;
      const asked = { ...order(ORIGIN, APPROVE), requests };
      const outcome = await execute(asked, new World(machine, { widensAt }).workshop);
      assert.equal(outcome.outcome, "rolled-back", widensAt);
      assert.match("detail" in outcome ? inEnglish(outcome.detail) : "", /asks for something else now/);
      assert.deepEqual(machine.devices.paired, [], widensAt);
      assert.equal(machine.config, BEFORE);
    }
  });

  test("in a home without a config leaves none behind", async () => {
    const machine = new Machine();
    machine.config = undefined;
    await execute(order(BIND), new World(machine, { helps: false }).workshop);
    assert.equal(machine.config, undefined);
  });

  test("that is interrupted goes back", async () => {
    const machine = new Machine();
    const { workshop } = new World(machine);
    const outcome = await execute(order(ORIGIN), { ...workshop, signal: AbortSignal.abort() });
    assert.equal(outcome.outcome, "rolled-back");
    assert.equal(machine.config, BEFORE);
  });

  test("keeps what others wrote meanwhile and later, when it goes back", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN), new World(machine).workshop);
    machine.config = edit(machine.config ?? "", { set: { key: "gateway.port", value: 20000 } });
    machine.config = `/* theirs */ ${machine.config}`;
    await undo(machine.journals[0] as Journal, new World(machine).workshop);
    assert.deepEqual(gatewayOf(machine), { port: 20000, bind: "lan" });
    assert.ok(machine.config?.startsWith("/* theirs */ // mine"));
    assert.ok(machine.config?.includes("// for the tablet"));
  });
});

describe("a journal that cannot be written", () => {
  const failing = (workshop: Workshop, from: number): Workshop => {
    let writes = 0;
    const write: Workshop["store"]["write"] = async (journal) => {
      writes += 1;
      if (writes >= from) throw new ChangeError("failed", quoted("the disk is full"));
      await workshop.store.write(journal);
    };
    return { ...workshop, store: { write } };
  };

  test("at first: nothing is begun", async () => {
    for (const from of [1, 2]) {
      const machine = new Machine();
      const outcome = await execute(order(ORIGIN, APPROVE), failing(new World(machine).workshop, from));
      assert.deepEqual(outcome, { outcome: "not-begun", detail: quoted("the disk is full") });
      assert.equal(machine.config, BEFORE);
      assert.deepEqual(machine.devices.pending, [REQUEST]);
    }
  });

  test("at any moment: everything is as it was, and the journal still tells of it", async () => {
    for (let from = 3; from <= 6; from += 1) {
      const machine = new Machine();
      const outcome = await execute(order(ORIGIN, APPROVE), failing(new World(machine).workshop, from));
      assert.deepEqual(outcome, { outcome: "stuck", detail: quoted("the disk is full") }, String(from));
      assert.equal(machine.config, BEFORE);
      assert.deepEqual(machine.devices.paired, []);
      assert.equal(stateOf(machine), "open");
      const [journal] = machine.journals;
      assert.ok(journal);
      assert.equal((await undo(journal, new World(machine).workshop)).outcome, "rolled-back");
      assert.equal(machine.config, BEFORE);
      assert.equal(stateOf(machine), "undone");
    }
  });

  test("for the way back: it is not begun", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN), new World(machine).workshop);
    const { config } = machine;
    const outcome = await undo(machine.journals[0] as Journal, failing(new World(machine).workshop, 1));
    assert.deepEqual(outcome, { outcome: "not-begun", detail: quoted("the disk is full") });
    assert.equal(machine.config, config);
  });
});

describe("a journal is held to the gateway's own files", () => {
  test("one of another config is not taken back, and not finished", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN), new World(machine).workshop);
    const [journal] = machine.journals;
    assert.ok(journal?.before.config);
    const config = { ...journal.before.config, path: "/etc/passwd" };
    const other: Journal = { ...journal, state: "open", before: { config } };
    for (const go of [undo, finish]) {
      const { config: text } = machine;
      const outcome = await go(other, new World(machine).workshop);
      assert.deepEqual(outcome, {
        outcome: "not-begun",
        detail: say("journal-other-config"),
      });
      assert.equal(machine.config, text);
    }
  });

  test("a way back that the changer does not know as its own stops all of it, before anything", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN, { do: "proxy.write" }), new World(machine).workshop);
    const { config } = machine;
    const { workshop } = new World(machine);
    const foreseeBack = async () => unknown("denied", quoted("none of this gateway's files"));
    const changer: Changer = { ...workshop.changer, foreseeBack };
    const outcome = await undo(machine.journals[0] as Journal, { ...workshop, changer });
    assert.deepEqual(outcome, { outcome: "not-begun", detail: quoted("none of this gateway's files") });
    assert.equal(machine.config, config);
    assert.equal(machine.site, "ours");
    assert.equal(stateOf(machine), "kept");
  });

  test("a hash in it does not make somebody else's config ours", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN), new World(machine).workshop);
    machine.config = edit(machine.config ?? "", { set: { key: "agents.theirs", value: 1 } });
    const { sha256 = "" } = fileOf(machine.config) ?? {};
    const planted: Journal = { ...(machine.journals[0] as Journal), left: sha256 };
    await undo(planted, new World(machine).workshop);
    assert.deepEqual(JSON5.parse(machine.config).agents, { theirs: 1 });
  });
});

describe("what others made of the same key", () => {
  test("an origin that was added since stays, finished or killed", async () => {
    for (const state of ["kept", "open"] as const) {
      const machine = new Machine();
      await execute(order(ORIGIN), new World(machine).workshop);
      machine.config = edit(machine.config ?? "", {
        set: { key: "gateway.controlUi.allowedOrigins", value: ["http://a:1", "http://theirs:2"] },
      });
      const { left: _left, ...journal } = machine.journals[0] as Journal;
      const found: Journal = state === "open" ? { ...journal, state } : (machine.journals[0] as Journal);
      const outcome = await undo(found, new World(machine).workshop);
      assert.equal(outcome.outcome, "rolled-back");
      assert.deepEqual(gatewayOf(machine).controlUi, { allowedOrigins: ["http://theirs:2"] });
      assert.ok(machine.config?.includes("// for the tablet"));
    }
  });

  test("an origin that was added while the fix was verified stays", async () => {
    const machine = new Machine();
    const { workshop } = new World(machine);
    const verify: Workshop["verify"] = async () => {
      machine.config = edit(machine.config ?? "", {
        set: { key: "gateway.controlUi.allowedOrigins", value: ["http://a:1", "http://theirs:2"] },
      });
      return { helped: true, detail: quoted("") };
    };
    assert.equal((await execute(order(ORIGIN), { ...workshop, verify })).outcome, "kept");
    await undo(machine.journals[0] as Journal, new World(machine).workshop);
    assert.deepEqual(gatewayOf(machine).controlUi, { allowedOrigins: ["http://theirs:2"] });
  });

  test("a value that was changed since is told, and the journal is over", async () => {
    const machine = new Machine();
    await execute(order(BIND), new World(machine).workshop);
    machine.config = edit(machine.config ?? "", { set: { key: "gateway.bind", value: "tailnet" } });
    const outcome = await undo(machine.journals[0] as Journal, new World(machine).workshop);
    assert.ok(outcome.outcome === "rolled-back");
    assert.deepEqual(outcome.lasting, [say("changed-since", { path: "gateway.bind" })]);
    assert.equal(gatewayOf(machine).bind, "tailnet");
    assert.equal(stateOf(machine), "undone");
  });
});

describe("a write in its place that was ended half-way", () => {
  const long = (value: string) => `{\n  // ${"x".repeat(9000)}\n  gateway: { bind: '${value}' },\n}\n`;
  test("is known by its end, which is still the one from before", async () => {
    const before = long("lan");
    for (const [torn, isOurs] of [
      [`{\n  z: 1, // ${"y".repeat(4096)}`.slice(0, 4096) + before.slice(4096), true],
      [`${before.slice(0, 4090)}\n{{{{{${before.slice(4096)}`, true],
      [`${before.slice(0, 8000)}\n}}}}`, false],
    ] as const) {
      const base64 = (text: string) => Buffer.from(text).toString("base64");
      assert.throws(() => JSON5.parse(torn.startsWith("{\n  z") ? "{" : torn));
      const made = [{ key: "gateway.bind", to: "loopback" }];
      assert.equal(configEditor.isOurs(base64(torn), base64(before), made), isOurs && isBroken(torn));
    }
  });
});

function isBroken(text: string): boolean {
  try {
    JSON5.parse(text);
    return false;
  } catch {
    return true;
  }
}

/** Calls that a whole fix makes, so that death is tried at each. */
async function callsOf(options: WorldOptions): Promise<number> {
  const world = new World(new Machine(), options);
  await execute(order(ORIGIN, BIND, APPROVE), world.workshop);
  return world.calls;
}

async function die(machine: Machine, options: WorldOptions): Promise<Outcome | undefined> {
  try {
    return await execute(order(ORIGIN, BIND, APPROVE), new World(machine, options).workshop);
  } catch (error) {
    assert.ok(error instanceof Killed);
    return undefined;
  }
}

describe("a fix that is killed at any call", () => {
  for (const rewrites of [false, true]) {
    for (const helps of [true, false]) {
      const name = `${rewrites ? "the gateway's own command" : "an edit"}, ${helps ? "helps" : "does not help"}`;
      test(`${name}: the next run finishes it or takes it back`, async () => {
        const calls = await callsOf({ rewrites, helps });
        for (let diesAt = 1; diesAt <= calls; diesAt += 1) {
          for (const after of [false, true]) {
            for (const how of ["finish", "undo"] as const) {
              const machine = new Machine();
              await die(machine, { rewrites, helps, diesAt, after });
              const where = `call ${diesAt}${after ? " after" : ""}, ${how}`;
              assert.doesNotThrow(() => JSON5.parse(machine.config ?? ""), where);
              const open = machine.journals.find(({ state }) => state === "open" || state === "undoing");
              if (open === undefined) {
                // Killed before it began, or after it ended.
                const whole = stateOf(machine) === "kept";
                assert.equal(machine.config === BEFORE, !whole, where);
                assert.equal(machine.devices.paired.length, whole ? 1 : 0, where);
                continue;
              }
              const { workshop } = new World(machine, { rewrites });
              const onward = how === "finish" && open.state === "open";
              const outcome = await (onward ? finish(open, workshop) : undo(open, workshop));
              if (how === "finish" && outcome.outcome === "kept") {
                assert.deepEqual(
                  gatewayOf(machine),
                  { port: 18789, bind: "loopback", controlUi: { allowedOrigins: ["http://a:1"] } },
                  where,
                );
                assert.equal(machine.devices.paired.length, 1, where);
              } else {
                assert.equal(outcome.outcome, "rolled-back", where);
                assert.equal(machine.config, BEFORE, where);
                assert.deepEqual(machine.devices.paired, [], where);
                assert.equal(stateOf(machine), "undone", where);
              }
            }
          }
        }
      });
    }
  }

  test("a file beside the config goes back, too, by what the journal knew before it was written", async () => {
    const steps = [ORIGIN, { do: "proxy.write" }] as const;
    const world = new World(new Machine());
    await execute(order(...steps), world.workshop);
    assert.equal(world.machine.site, "ours");
    for (let diesAt = 1; diesAt <= world.calls; diesAt += 1) {
      for (const after of [false, true]) {
        for (const how of ["finish", "undo"] as const) {
          const machine = new Machine();
          await execute(order(...steps), new World(machine, { diesAt, after }).workshop).catch((error) =>
            assert.ok(error instanceof Killed),
          );
          const open = machine.journals.find(({ state }) => state === "open");
          if (open !== undefined && how === "finish") await finish(open, new World(machine).workshop);
          const left = machine.journals.find(({ state }) => state !== "undone");
          if (left !== undefined) await undo(left, new World(machine).workshop);
          assert.equal(machine.site, "theirs", `call ${diesAt}${after ? " after" : ""}, ${how}`);
          assert.equal(machine.config, BEFORE);
        }
      }
    }
  });

  test("what cannot be taken back is told", async () => {
    const machine = new Machine();
    await execute(order(ORIGIN), new World(machine).workshop);
    const [journal] = machine.journals;
    assert.ok(journal !== undefined);
    const step = { step: { do: "device.rotate", deviceId: "d", role: "operator" }, state: "done" } as const;
    const rotated: Journal = { ...journal, steps: [...journal.steps, { ...step, how: "rotated" }] };
    const outcome = await undo(rotated, new World(machine).workshop);
    assert.ok(outcome.outcome === "rolled-back");
    assert.deepEqual(outcome.lasting, [quoted("rotated")]);
  });

  test("and killed again and again on its way back, ends where it began", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ diesAt: fc.integer({ min: 1, max: 25 }), after: fc.boolean() }), {
          maxLength: 5,
        }),
        fc.boolean(),
        async (deaths, rewrites) => {
          const machine = new Machine();
          const [first, ...more] = deaths;
          await die(machine, { rewrites, ...first });
          for (const death of more) {
            const open = machine.journals.find(({ state }) => state === "open" || state === "undoing");
            if (open === undefined) break;
            await undo(open, new World(machine, { rewrites, ...death }).workshop).catch((error: unknown) =>
              assert.ok(error instanceof Killed),
            );
          }
          const left = machine.journals.find(({ state }) => state !== "undone");
          if (left !== undefined) await undo(left, new World(machine, { rewrites }).workshop);
          assert.equal(machine.config, BEFORE);
          assert.deepEqual(machine.devices.paired, []);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("while somebody else writes: nothing of theirs is lost, and nothing of ours stays", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 25 }),
        fc.boolean(),
        fc.boolean(),
        async (diesAt, writerAt, after, rewrites) => {
          const machine = new Machine();
          await die(machine, { diesAt, writerAt, after, rewrites });
          const wrote = JSON5.parse(machine.config ?? "").agents;
          const left = machine.journals.find(({ state }) => state !== "undone");
          if (left !== undefined) await undo(left, new World(machine, { rewrites }).workshop);
          const { gateway, agents } = JSON5.parse(machine.config ?? "");
          assert.deepEqual(gateway, { port: 18789, bind: "lan" });
          assert.deepEqual(agents, wrote);
        },
      ),
      { numRuns: 300 },
    );
  });
});
