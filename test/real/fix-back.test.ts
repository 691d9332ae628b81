// A fix that does not help, that is killed, or that is not alone: what was there before is there again.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import JSON5 from "json5";
import { PATHS, pageAttempt } from "./cases.ts";
import { type Killable, killed, wholeRun } from "./fix/killed.ts";
import { startFix } from "./fix/run.ts";
import { AGREED, type FixSite, LAN, useFixSite } from "./fix/site.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { until } from "./rig/processes.ts";
import { stateOf } from "./rig/state.ts";
import { CORE } from "./selection.ts";

const skip = (await whyNoNamespaces()) ?? false;

const elsewhere = PATHS["page of another site"];
/** Agrees to the other site's origin, which the log alone names otherwise. */
const AGREED_ELSEWHERE = [...AGREED, "--origin", elsewhere.page] as const;

/** A page of another site is refused, and its origin may be allowed. */
async function refuse(site: FixSite): Promise<void> {
  const { gateway } = site;
  let outcome = "";
  // A gateway that was changed twice in a moment starts twice: the second start can follow later, and until then the
  // first change is in force (3.13, on a busy machine).
  await until(
    async () => {
      site.forgetLogs();
      const answer = await gateway.agent.connect(pageAttempt(gateway, elsewhere, "right"));
      outcome = JSON.stringify(answer);
      return /origin not allowed/.test(outcome);
    },
    60_000,
    500,
  );
  assert.match(outcome, /origin not allowed/);
}

const allowed = (text: string): readonly string[] =>
  (JSON5.parse(text) as { gateway: { controlUi?: { allowedOrigins?: string[] } } }).gateway.controlUi
    ?.allowedOrigins ?? [];

/** In front of the releases that the page has to be let in by: `config set` in the newer, an edit in the older. */
const RELEASES = CORE ? ["2026.9.6"] : ["2026.3.13", "2026.9.6"];

for (const release of RELEASES) {
  describe(`openclaw ${release}`, { skip }, () => {
    const site = useFixSite(release);

    test("a remedy that does not help goes back, and the exit code is 4", async () => {
      await refuse(site);
      // Somebody's copy: the gateway reads another file, so what is changed here changes nothing.
      const folder = path.join(site.gateway.home, "copy");
      mkdirSync(folder, { recursive: true });
      const copy = path.join(folder, "openclaw.json");
      copyFileSync(site.gateway.configPath, copy);
      const before = await stateOf(site.gateway);
      const { exitCode, document } = await site.fix([
        ...AGREED_ELSEWHERE,
        "--config",
        copy,
        "--log",
        site.gateway.consoleLog,
      ]);
      assert.equal(document.outcome, "rolled-back", JSON.stringify(document));
      assert.equal(exitCode, 4);
      assert.equal(readFileSync(copy, "latin1"), before.config);
      const { config, paired } = await stateOf(site.gateway);
      assert.deepEqual({ config, paired }, { config: before.config, paired: before.paired });
    });

    for (const moment of CORE ? [0.5] : [0.1, 0.5, 0.9]) {
      test(`somebody else writes the config at ${moment} of the fix: nothing of theirs is lost`, (t) =>
        notAlone(site, moment, t));
    }

    test("killed at any instant, it is recognised and taken back", (t) =>
      killed(killable(site), CORE ? 3 : 25, t));
  });
}

describe("openclaw 2026.2.1", { skip }, () => {
  const site = useFixSite("2026.2.1", { gateway: { ...LAN.gateway, reload: { mode: "off" } } });

  test("a change that the gateway will not take up goes back, and the exit code is 4", async () => {
    site.forgetLogs();
    const { gateway } = site;
    const outcome = await site.client.connect(pageAttempt(gateway, PATHS["published port"], "right"));
    assert.match(outcome.closeReason ?? "", /pairing required/, JSON.stringify(outcome));
    const before = await stateOf(gateway);
    const weakening = ["--remedy", "set-allow-insecure-auth", "--allow-risk", "weakens-security"];
    const { exitCode, document } = await site.fix([...AGREED, ...weakening]);
    assert.equal(document.outcome, "rolled-back", JSON.stringify(document));
    assert.equal(exitCode, 4);
    assert.deepEqual(await stateOf(gateway), before);
  });
});

const THEIRS = "#a1b2c3";
const LATER = "#d4e5f6";

/** As another program does it: reads, changes its own key, and puts the file in place by a rename. */
function writeTheirs({ gateway }: FixSite, seamColor: string): void {
  const config = JSON5.parse(readFileSync(gateway.configPath, "utf8")) as Record<string, unknown>;
  const file = `${gateway.configPath}.theirs`;
  writeFileSync(file, `${JSON.stringify({ ...config, ui: { seamColor } }, null, 2)}\n`);
  renameSync(file, gateway.configPath);
}

const theirsIn = (text: string): unknown =>
  (JSON5.parse(text) as { ui?: { seamColor?: unknown } }).ui?.seamColor;

async function notAlone(site: FixSite, moment: number, t: TestContext): Promise<void> {
  const { gateway } = site;
  const original = readFileSync(gateway.configPath);
  const origins = allowed(original.toString());
  const whole = await wholeRun(killable(site));
  const [first = 0] = whole;
  const last = whole.at(-1) ?? first;
  await refuse(site);
  const fix = startFix(site, AGREED_ELSEWHERE);
  await until(() => fix.age() >= first + (last - first) * moment, 60_000, 5);
  writeTheirs(site, THEIRS);
  const exitCode = await fix.ended();
  const { outcome, detail } = fix.document();
  t.diagnostic(
    `written at ${Math.round(first + (last - first) * moment)} of ${last} ms: ${outcome} ${detail ?? ""}`,
  );
  assert.ok(exitCode === 0 || exitCode === 4, JSON.stringify(fix.document()));
  const after = readFileSync(gateway.configPath, "utf8");
  assert.equal(theirsIn(after), THEIRS, "their key is lost");
  assert.equal(allowed(after).includes(elsewhere.page), exitCode === 0);
  writeTheirs(site, LATER);
  if (exitCode === 0) {
    const back = await site.fix(["--undo", "--yes"]);
    assert.equal(back.document.outcome, "undone", JSON.stringify(back.document));
  }
  const undone = readFileSync(gateway.configPath, "utf8");
  assert.equal(theirsIn(undone), LATER, "their later key is lost");
  assert.deepEqual(allowed(undone), origins);
  await gateway.reconfigure(JSON5.parse(original.toString()));
}

/** The fix that allows the other site's origin. */
function killable(site: FixSite): Killable {
  return {
    home: site.gateway.home,
    start: () => startFix(site, AGREED_ELSEWHERE),
    fix: (args) => site.fix(args),
    config: () => site.configBytes(),
    isDone: (config) => allowed(config).includes(elsewhere.page),
    refuse: () => refuse(site),
  };
}
