// The doctor against real gateways: its first finding is the cause that an independent client met, and its verdict
// on each remedy is what that client meets after the remedy was applied.
import assert from "node:assert/strict";
import { readFileSync, truncateSync } from "node:fs";
import { before, describe, test } from "node:test";
import { compareReleases } from "../../src/core/release.ts";
import {
  CASES,
  type Case,
  caseName,
  gateOf,
  PATHS,
  type PathName,
  SITUATIONS,
  type Situation,
  shown,
  visit,
} from "./cases.ts";
import { expectedCauses } from "./expected.ts";
import { applyRemedy } from "./remedy.ts";
import { newDevice } from "./rig/client.ts";
import {
  type DoctorDocument,
  type DoctorRun,
  type DocumentRemedy,
  openclawOnPath,
  runDoctor,
} from "./rig/doctor.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { until } from "./rig/processes.ts";
import { type Site, useSite } from "./rig/site.ts";
import { CORE, RELEASES } from "./selection.ts";

/** Ways without anything between browser and gateway that only the user knows of. */
const VISIBLE: ReadonlySet<PathName> = new Set(["loopback", "published port", "lan address"]);

const noNamespaces = await whyNoNamespaces();

/**
 * What the user would type, on the machine where the browser is refused. Who is let in has no page to ask about;
 * only on a way that the doctor can see for itself is it asked all the same.
 */
async function diagnose({ gateway, network }: Site, one: Case, admitted: boolean): Promise<DoctorRun> {
  const path = PATHS[one.path];
  const outside = one.path === "published port";
  return runDoctor({
    args: [
      "diagnose",
      "--json",
      ...(admitted && !VISIBLE.has(one.path) ? [] : ["--origin", path.page]),
      "--config",
      gateway.configPath,
      ...(outside ? ["--deployment", "docker", "--target", path.url] : []),
      "--log",
      gateway.fileLog,
    ],
    host: outside ? network.client : network.gateway,
    home: gateway.home,
    path: [openclawOnPath(gateway)],
  });
}

/** What became of the remedies, over all releases. */
const proof = { agreed: 0, notApplied: new Map<string, number>() };

const verdictText = (after: DocumentRemedy["after"]): string =>
  after === undefined ? "not asked" : after === "admitted" ? "admitted" : `refused at ${after.refusedAt}`;

for (const release of RELEASES) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });

    for (const situation of CORE ? SITUATIONS.slice(0, 2) : SITUATIONS) {
      describe(situation.name, () => {
        before(() => site.gateway.reconfigure(situation.config));
        for (const one of CASES)
          test(caseName(one), (t) => judge(situation, one, (line) => t.diagnostic(line)));
      });
    }

    async function judge(situation: Situation, one: Case, say: (line: string) => void): Promise<void> {
      // The doctor reads what this visit leaves in the log, not what the visits before left.
      for (const file of [site.gateway.consoleLog, site.gateway.fileLog]) truncateSync(file);
      const device = newDevice();
      const truth = await visit(site, one, device);
      say(`the browser met: ${shown(truth)}`);
      if (!truth.admitted && one.credentials !== "right" && !(await isLogged())) {
        // 2026.5.28 keeps a refusal quiet that repeats one of the minute before; nobody could know of it.
        say("the gateway did not log this refusal");
        return;
      }
      const run = await diagnose(site, one, truth.admitted);
      const { document } = run;
      assert.ok(document, `no document; exit ${run.exitCode}\n${run.stdout.slice(0, 500)}\n${run.stderr}`);
      const errors = document.findings.filter(({ severity }) => severity === "error");
      const found = errors.map(({ id }) => id).join(", ") || "nothing";
      if (truth.admitted) {
        assert.equal(found, "nothing", `admitted, yet the doctor found ${found}`);
        assert.equal(run.exitCode, 0, run.stderr);
        return;
      }
      const causes = expectedCauses(release, situation, one, truth);
      const first = document.findings[0];
      assert.ok(
        first && causes.includes(first.id),
        `expected ${causes.join(" or ")} first, got ${document.findings.map(({ id }) => id).join(", ") || "nothing"}`,
      );
      assert.equal(run.exitCode, 1, run.stderr);
      assert.ok(isThisRelease(document.gateway), JSON.stringify(document.gateway));
      for (const remedy of first.remedies) await prove(situation, one, remedy, device, say);
    }

    const isLogged = (): Promise<boolean> =>
      until(() => /unauthorized/.test(readFileSync(site.gateway.fileLog, "utf8")), 1500);

    /** An old release tells no more than its era. */
    function isThisRelease({ version, versionRange }: DoctorDocument["gateway"]): boolean {
      if (versionRange === undefined) return version === release;
      const [from, to] = versionRange;
      return compareReleases(from, release) <= 0 && compareReleases(release, to) <= 0;
    }

    /** The doctor foretold what the browser meets after this remedy: apply it, and look. */
    async function prove(
      situation: Situation,
      one: Case,
      remedy: DocumentRemedy,
      device: string,
      say: (line: string) => void,
    ): Promise<void> {
      if (remedy.after === undefined) {
        say(`${remedy.id}: the model was not asked`);
        return;
      }
      let changed = true;
      try {
        const applied = await applyRemedy(site, one, remedy, device);
        if ("notApplied" in applied) {
          changed = false;
          say(`${remedy.id}: foretold ${verdictText(remedy.after)}, not applied: ${applied.notApplied}`);
          const why = `${remedy.id}: ${applied.notApplied}`;
          proof.notApplied.set(why, (proof.notApplied.get(why) ?? 0) + 1);
          return;
        }
        changed = applied.changedConfig;
        const gate = gateOf(applied.outcome);
        const real = gate === "admitted" ? "admitted" : `refused at ${gate}`;
        say(`${remedy.id}: foretold ${verdictText(remedy.after)}, met ${real}`);
        assert.equal(verdictText(remedy.after), real, `${remedy.id}: ${shown(applied.outcome)}`);
        proof.agreed++;
      } finally {
        if (changed) await site.gateway.reconfigure(situation.config);
      }
    }
  });
}

test("remedies were really tried", { skip: noNamespaces ?? false }, (t) => {
  t.diagnostic(`${proof.agreed} remedies applied, each met as foretold`);
  for (const [why, times] of proof.notApplied) t.diagnostic(`not applied, ${times} times: ${why}`);
  assert.ok(proof.agreed >= 20, `only ${proof.agreed}`);
});
