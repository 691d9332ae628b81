// `fix` against an embedded gateway that serves by the files that lie there: within this process, and as one of its own
// where a process is interrupted, killed, at a terminal, or meets another one.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { cli, finish, here, start } from "./support/cli.ts";
import { FixPlace, type PlaceOptions, plain, reportOf, TOKEN } from "./support/fix-place.ts";
import { until } from "./support/until.ts";

const ORIGIN = "https://claw.example.test";
/** Agrees to the origin that only the log names otherwise. */
const agreeing = (origin = ORIGIN) => ["--yes", "--allow-risk", "grants-access", "--origin", origin];
const ORIGINS = `allowedOrigins: ["${ORIGIN}"]`;
const LOCAL = { remoteAddress: "127.0.0.1", headers: { host: "127.0.0.1:18789" } };
const PROXIED = { remoteAddress: "127.0.0.1", headers: { host: "claw.example.test" } };

/** The page's connections come as `peer`; what the doctor and the command line dial comes as it is. */
const pages =
  (peer: typeof LOCAL): PlaceOptions["peer"] =>
  (headers) =>
    headers["user-agent"]?.includes("Chrome") ? peer : undefined;

async function refused(options: PlaceOptions = {}, origin = ORIGIN): Promise<FixPlace> {
  const place = await FixPlace.open({ peer: pages(LOCAL), ...options });
  await place.visit(origin);
  return place;
}

type Story = PlaceOptions & { readonly origin?: string };

function story(name: string, { origin, ...options }: Story, tell: (place: FixPlace) => Promise<void>): void {
  test(name, async () => {
    const place = await refused(options, origin);
    try {
      await tell(place);
      assert.deepEqual(place.broken, []);
    } finally {
      await place.close();
    }
  });
}

describe("fix", { concurrency: 3 }, () => {
  for (const [args, code, outcome] of [
    [["--dry-run"], 1, "planned"],
    [["--dry-run", "--yes"], 1, "planned"],
    [[], 1, "declined"],
    [["--remedy", "no-such-remedy"], 2, undefined],
    [["no-such-finding"], 2, undefined],
    [["--request", "0b0e7a10-0000-4000-8000-000000000000"], 2, undefined],
    [["--undo"], 0, "nothing-to-undo"],
  ] as const) {
    story(`${["fix", ...args].join(" ")}: ${code}, and nothing is changed`, {}, async (place) => {
      const before = place.files();
      const result = await place.run([...args, "--json"]);
      assert.equal(result.code, code, result.stdout + result.stderr);
      if (outcome === undefined) assert.equal(result.stdout, "");
      else assert.equal(reportOf(result).outcome, outcome);
      assert.deepEqual(place.files(), before);
      assert.throws(() => readdirSync(place.journals), { code: "ENOENT" });
    });
  }

  story("an origin that was named, as a process: kept, and undone byte for byte", {}, async (place) => {
    const before = place.text();
    const done = await place.runApart([...agreeing(), "--json"]);
    assert.equal(done.code, 0, done.stdout);
    const report = reportOf(done);
    assert.equal(report.outcome, "kept");
    assert.deepEqual(
      report.remedies.map(({ id }) => id),
      ["add-allowed-origin"],
    );
    assert.ok(place.text().includes(ORIGINS));
    assert.ok(place.text().includes("// do not change"));
    assert.equal(place.journal().state, "kept");
    const whole = await cli(["--deployment", "local"], { cwd: place.home, env: place.env });
    assert.equal(whole.code, 0, whole.stdout);
    assert.equal(reportOf(await place.runApart(["--json"])).outcome, "healthy");

    const asked = await place.runApart(["--undo", "--json"]);
    assert.equal(asked.code, 1);
    assert.equal(reportOf(asked).outcome, "declined");
    assert.ok(place.text().includes(ORIGINS));

    const undone = await place.runApart(["--undo", "--yes", "--json"]);
    assert.equal(undone.code, 0, undone.stdout);
    assert.equal(reportOf(undone).outcome, "undone");
    assert.equal(place.text(), before);
    assert.equal(reportOf(await place.runApart(["--undo", "--json"])).outcome, "nothing-to-undo");
  });

  story(
    "the gateway's own command writes a config that it may: undone byte for byte",
    {
      release: "2026.9.6",
      config: plain,
    },
    async (place) => {
      const before = place.text();
      const done = await place.run(agreeing());
      assert.equal(done.code, 0, done.stdout);
      assert.deepEqual(place.calls(), [`config set gateway.controlUi.allowedOrigins ["${ORIGIN}"] --json`]);
      assert.ok(place.text().includes("lastTouchedVersion"));
      const undone = await place.run(["--undo", "--yes"]);
      assert.equal(undone.code, 0, undone.stdout);
      assert.equal(place.text(), before);
    },
  );

  story(
    "an origin, then a device: partly, and the next run approves what the page asks for",
    {
      peer: pages(PROXIED),
    },
    async (place) => {
      const before = place.text();
      const first = await place.run([...agreeing(), "--json"]);
      assert.equal(first.code, 1, first.stdout);
      assert.equal(reportOf(first).outcome, "partly");
      assert.equal(reportOf(first).gate, "pairing");
      await place.visit(ORIGIN);
      const [request] = place.pending();
      assert.ok(request);

      const unasked = await place.run(["--yes", "--origin", ORIGIN, "--json"]);
      assert.equal(unasked.code, 1);
      assert.equal(reportOf(unasked).outcome, "declined");
      assert.deepEqual(
        reportOf(unasked).requests.map(({ requestId }) => requestId),
        [request.requestId],
      );
      assert.deepEqual(place.paired(), []);

      const second = await place.run([...agreeing(), "--json"]);
      assert.equal(second.code, 0, second.stdout);
      assert.equal(reportOf(second).outcome, "kept");
      assert.deepEqual(place.paired(), [request.deviceId]);
      assert.equal(place.calls().filter((call) => call.startsWith("devices approve")).length, 1);
      assert.equal(await diagnosed(place), 0);

      assert.equal((await place.run(["--undo", "--yes"])).code, 0);
      assert.deepEqual(place.paired(), []);
      assert.equal((await place.run(["--undo", "--yes"])).code, 0);
      assert.equal(place.text(), before);
    },
  );

  story("a gateway that does not take the change: taken back, 4", { deaf: true }, async (place) => {
    const before = place.text();
    const result = await place.run([...agreeing(), "--json"]);
    assert.equal(result.code, 4, result.stdout);
    assert.equal(reportOf(result).outcome, "rolled-back");
    assert.equal(place.text(), before);
    assert.equal(place.journal().state, "undone");
  });

  story(
    "another page is still refused: the fix is kept, and what remains is told",
    { origin: "https://other.example.test" },
    async (place) => {
      await place.visit(ORIGIN);
      const first = await place.run([...agreeing(), "--json"]);
      assert.equal(first.code, 1, first.stdout);
      const { outcome, remains = [] } = reportOf(first);
      assert.equal(outcome, "kept");
      assert.deepEqual(
        remains.map(({ id, args }) => [id, args?.origin]),
        [["origin-not-allowed", "https://other.example.test"]],
      );
      assert.equal((await place.run(agreeing("https://other.example.test"))).code, 0);
      assert.match(place.text(), /"https:\/\/claw\.example\.test", "https:\/\/other\.example\.test"/);
    },
  );

  story("nobody listens: a person has to start it", {}, async (place) => {
    await place.gateway.close();
    const before = place.text();
    const result = await place.run([...agreeing(), "--json"]);
    assert.equal(result.code, 1, result.stdout);
    assert.equal(reportOf(result).outcome, "by-hand");
    assert.equal(place.text(), before);
  });

  story("a gateway of which only the address and a log are known is not changed: 3", {}, async (place) => {
    const before = place.files();
    const env = { HOME: path.join(place.home, "elsewhere") };
    const args = [...agreeing(), "--json", "--target", place.gateway.url, "--log", place.log];
    const result = await place.run(args, { env });
    assert.equal(result.code, 3, result.stdout);
    assert.equal(reportOf(result).outcome, "not-begun");
    assert.deepEqual(place.files(), before);
  });

  story("interrupted after the change: taken back, 130", {}, async (place) => {
    const before = place.text();
    const child = start(["fix", ...agreeing(), "--deployment", "local"], {
      cwd: place.home,
      env: place.env,
    });
    const ended = finish(child);
    await until(() => place.text() !== before);
    child.kill("SIGINT");
    const { code } = await ended;
    assert.equal(code, 130);
    assert.equal(place.text(), before);
    assert.equal(place.journal().state, "undone");
  });

  story("two at once: the second one refuses", {}, async (place) => {
    const child = start(["fix", ...agreeing(), "--deployment", "local"], {
      cwd: place.home,
      env: place.env,
    });
    const first = finish(child);
    await until(() => place.text().includes(ORIGINS));
    child.kill("SIGSTOP");
    for (const args of [["--yes"], ["--undo", "--yes"]]) {
      const second = await place.runApart(args);
      assert.equal(second.code, 2, second.stdout);
      assert.match(second.stderr, /another pairing-doctor/);
    }
    child.kill("SIGCONT");
    assert.equal((await first).code, 0);
    assert.ok(place.text().includes(ORIGINS));
  });

  story("who writes meanwhile keeps what was written", {}, async (place) => {
    const before = place.text();
    const theirs = (text: string) =>
      text.replace("  logging:", '  ui: { seamColor: "#0af" }, // theirs\n  logging:');
    const first = place.runApart(agreeing());
    await until(() => place.text().includes(ORIGINS));
    writeFileSync(place.config, theirs(place.text()));
    assert.equal((await first).code, 0);
    assert.ok(place.text().includes("theirs"));
    assert.equal((await place.run(["--undo", "--yes"])).code, 0);
    assert.equal(place.text(), theirs(before));
  });

  for (const [exposure, tailscale, isOffered] of [
    ["loopback", "off", true],
    ["public", "funnel", false],
  ] as const) {
    story(
      `exposure ${exposure}: what weakens the gateway is ${isOffered ? "told of" : "refused with the reason"}, and not done`,
      {
        release: "2026.2.1",
        origin: "http://192.168.50.7:18789",
        peer: pages({ remoteAddress: "192.168.50.9", headers: { host: "192.168.50.7:18789" } }),
        config: (port, log) =>
          plain(port, log).replace('"bind"', `"tailscale": { "mode": "${tailscale}" }, "bind"`),
      },
      async (place) => {
        const before = place.text();
        const agreed = ["--yes", "--allow-risk", "weakens-security", "--allow-risk", "grants-access"];
        const report = reportOf(await place.run([...agreed, "--dry-run", "--json"]));
        assert.equal(report.target.exposure, exposure);
        assert.notEqual(report.risk, "weakens-security");
        const other = report.alternatives.find(({ remedies }) =>
          remedies.includes("set-allow-insecure-auth"),
        );
        assert.equal(other?.whyNot === "exposed", !isOffered, other?.whyNot);
        if (isOffered) return;
        const insisted = await place.run([...agreed, "--remedy", "set-allow-insecure-auth"]);
        assert.equal(insisted.code, 2, insisted.stdout);
        assert.equal(place.text(), before);
      },
    );
  }

  story("the token is in the exact backup, and nowhere else", {}, async (place) => {
    for (const args of [["--dry-run"], [...agreeing(), "--json", "--verbose"], ["--undo", "--dry-run"]])
      await place.run(args);
    const [name = ""] = readdirSync(place.journals);
    const file = path.join(place.journals, name);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal(statSync(place.journals).mode & 0o777, 0o700);
    const { before, ...rest } = place.journal();
    assert.ok(Buffer.from(before.config?.content ?? "", "base64").includes(TOKEN));
    const text = JSON.stringify(rest);
    for (const form of [TOKEN, Buffer.from(TOKEN).toString("base64").slice(4, -4)])
      assert.ok(!text.includes(form));
    assert.ok(!place.calls().join().includes(TOKEN));
  });

  story("the same plan twice is the same JSON", {}, async (place) => {
    const plans = [await place.run(["--dry-run", "--json"]), await place.run(["--json"])].map(reportOf);
    const [first, second] = plans.map(({ outcome: _outcome, detail: _detail, ...rest }) => rest);
    assert.deepEqual(first, second);
  });
});

const noScript = spawnSync("script", ["--version"]).status === 0 ? false : "there is no script of util-linux";

describe("in a terminal", { concurrency: 3, skip: noScript }, () => {
  for (const [answer, code, isApproved] of [
    ["y", 0, true],
    ["", 1, false],
  ] as const) {
    story(
      `an origin, then the page's request, answered with "${answer}"`,
      { peer: pages(PROXIED) },
      async (place) => {
        let visited: Promise<void> | undefined;
        let asked = 0;
        const { code: ended, said } = await place.terminal([], (text, type) => {
          const questions = text.split("[y/N]").length - 1;
          if (questions > asked) type(`${asked === 0 ? "y" : answer}\r`);
          asked = questions;
          if (text.includes("next gate")) visited ??= place.visit(ORIGIN);
        });
        assert.equal(asked, 2, said);
        assert.ok(visited, said);
        await visited;
        assert.equal(ended, code, said);
        const [request] = place.pending();
        assert.equal(place.paired().length, isApproved ? 1 : 0);
        assert.equal(request === undefined, isApproved);
        assert.ok(place.text().includes(ORIGINS));
        if (request !== undefined) assert.ok(said.includes(request.requestId), said);
      },
    );
  }

  for (const [key, what, expected] of [
    ["\r", "no is the default", 1],
    ["\u0003", "an interrupt", 130],
    ["\u0004", "the end of the input is a no", 1],
  ] as const) {
    story(`at the question, ${what}: ${expected}, and nothing is changed`, {}, async (place) => {
      const before = place.text();
      let typed = false;
      const { code, said } = await place.terminal([], (text, type) => {
        if (typed || !text.includes("[y/N]")) return;
        typed = true;
        type(key);
      });
      assert.equal(code, expected, said);
      assert.equal(place.text(), before);
    });
  }
});

describe("killed", { concurrency: 6 }, () => {
  const random = generator(4);
  // Every second change: the engine itself is ended at each of its calls in core-transaction.
  for (let at = 1; at <= 15; at += 2) {
    const delay = [0, Math.floor(random() * 5), Math.floor(random() * 400)][at % 3] ?? 0;
    story(
      `at its change ${at} of a file, ${delay} ms on: the next run knows, and takes it back`,
      {},
      async (place) => {
        const before = place.text();
        const preload = path.join(place.home, "kill.mjs");
        writeFileSync(preload, KILLER);
        const env = { KILL_AT: String(at), KILL_DELAY: String(delay) };
        const killed = await place.runApart([...agreeing(), "--json"], { node: ["--import", preload], env });
        const isKilled = killed.code === null;
        assert.ok(isKilled || at > 12, `it ended with ${killed.code}`);
        const left = place.text();
        assert.ok(left === before || left.includes(ORIGINS), left);
        const journals = existsSync(place.journals)
          ? readdirSync(place.journals).filter((name) => !name.startsWith("."))
          : [];
        const state = journals.length === 0 ? undefined : place.journal().state;
        if (state === "open" && at % 5 === 0) {
          const next = reportOf(await place.run(["--json"]));
          assert.equal(next.outcome, "declined");
          assert.match(next.detail ?? "", /--undo --yes/);
        }
        if (state === "open" && at % 5 !== 0) {
          // With `--yes` and nobody to ask, the next run itself takes it back, and says so.
          const next = await place.run(["--yes", "--json"]);
          assert.deepEqual([next.code, reportOf(next).outcome], [4, "rolled-back"], next.stdout);
          assert.match(reportOf(next).detail ?? "", /was interrupted .* taken back/);
          assert.equal(place.text(), before);
        }
        const undone = await place.run(["--undo", "--yes", "--json"]);
        assert.equal(undone.code, 0, undone.stdout);
        const isOpen = state !== undefined && (state !== "open" || at % 5 === 0);
        assert.equal(reportOf(undone).outcome, isOpen ? "undone" : "nothing-to-undo");
        assert.equal(place.text(), before);
        const stray = [place.state, place.journals]
          .flatMap((directory) => readdirSync(directory))
          .filter((name) => name.endsWith(".tmp"));
        assert.deepEqual(stray, [], "it holds the config's secrets");
      },
    );
  }
});

/** Ends the process at its n-th change of a file: half of them before it, half after it and a delay. */
const KILLER = `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
const { KILL_AT, KILL_DELAY } = process.env;
const die = () => process.kill(process.pid, "SIGKILL");
let count = 0;
for (const name of ["open", "mkdir", "rename", "link", "rm"]) {
  const real = fs[name];
  fs[name] = async (...words) => {
    if (name === "open" && words[1] !== "wx") return real(...words);
    const isIt = ++count === Number(KILL_AT);
    if (isIt && KILL_DELAY === "0") die();
    const result = await real(...words);
    if (isIt) setTimeout(die, Number(KILL_DELAY));
    return result;
  };
}
syncBuiltinESMExports();
`;

/** Numbers below 1, the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Exit code of a diagnosis. */
async function diagnosed(place: FixPlace): Promise<number | null> {
  const { code, stdout } = await here(["--deployment", "local"], { env: place.env });
  assert.notEqual(stdout, "");
  return code;
}
