// Causes provoked on real gateways: the first finding names each of them, and a sibling that is healthy is not blamed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { compareReleases } from "../../src/core/release.ts";
import { type Cause, forgetLogs, type Handed, LAN, type Setup } from "./causes/cause.ts";
import { credentialCauses } from "./causes/credentials.ts";
import { hostCauses } from "./causes/host.ts";
import { pairingCauses } from "./causes/pairing.ts";
import { wayCauses } from "./causes/way.ts";
import { type DoctorRun, openclawOnPath, runDoctor } from "./rig/doctor.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { type Site, useSite } from "./rig/site.ts";
import { stateOf } from "./rig/state.ts";
import { CORE } from "./selection.ts";

const noNamespaces = await whyNoNamespaces();

const ALL: readonly Cause[] = [...hostCauses, ...wayCauses, ...credentialCauses, ...pairingCauses];
/** `PAIRING_DOCTOR_ONLY`: a pattern of release and cause, to provoke a few. */
const only = new RegExp(process.env.PAIRING_DOCTOR_ONLY ?? "");
const chosen = ALL.filter(({ core, release, id }) => (CORE ? core === true : only.test(`${release} ${id}`)));
const releases = [...new Set(chosen.map(({ release }) => release))].sort(compareReleases);

const ids = ({ document }: DoctorRun): string[] => (document?.findings ?? []).map(({ id }) => id);

const logsOf = (site: Site, { logs }: Handed): readonly string[] => logs ?? [site.gateway.fileLog];

function diagnose(site: Site, handed: Handed): Promise<DoctorRun> {
  const { gateway } = site;
  const logs = logsOf(site, handed);
  if (handed.offline) return runDoctor({ args: ["triage", "--json", "--lang", "en", ...logs] });
  return runDoctor({
    args: [
      "diagnose",
      "--json",
      "--lang",
      "en",
      "--config",
      gateway.configPath,
      ...(handed.origin === undefined ? [] : ["--origin", handed.origin]),
      ...logs.flatMap((log) => ["--log", log]),
      ...(handed.args ?? []),
    ],
    host: handed.host ?? site.network.gateway,
    home: gateway.home,
    path: [openclawOnPath(gateway)],
  });
}

/** What every site is in between two set-ups. */
const PLAIN = JSON.stringify([LAN, {}]);

for (const release of releases) {
  describe(`openclaw ${release}`, { skip: noNamespaces ?? false }, () => {
    const site = useSite({ release });
    let standing = PLAIN;

    /** Sets up, provokes, and asks the doctor, who leaves everything as it is. */
    async function examine({ config = LAN, env = {}, provoke }: Setup): Promise<[DoctorRun, Handed]> {
      const wanted = JSON.stringify([config, env]);
      if (wanted !== standing || site.gateway.pid() === undefined) {
        standing = "";
        await site.gateway.restart(config, env);
        standing = wanted;
      }
      forgetLogs(site);
      const handed = await provoke(site);
      const before = await stateOf(site.gateway);
      const run = await diagnose(site, handed);
      assert.deepEqual(await stateOf(site.gateway), before, "the doctor changed something");
      return [run, handed];
    }

    for (const cause of chosen.filter((one) => one.release === release)) {
      test(`${cause.id}: ${cause.how}`, async (t) => {
        const [run, handed] = await examine(cause.sick);
        const { document } = run;
        assert.ok(document, `no document; exit ${run.exitCode}\n${run.stdout.slice(0, 500)}\n${run.stderr}`);
        const [first] = document.findings;
        assert.equal(
          first?.id,
          cause.id,
          `found ${ids(run).join(", ") || "nothing"} ${JSON.stringify(first?.evidence)}`,
        );
        assert.equal(first.severity, cause.severity ?? "error");
        assert.equal(run.exitCode, cause.sick.exit ?? 1);
        assert.equal(first.confidence, cause.confidence ?? "certain");
        if (cause.quote) {
          const quoted = first.evidence.find(({ quote }) => cause.quote?.test(quote));
          assert.ok(quoted, `no evidence like ${cause.quote}: ${JSON.stringify(first.evidence)}`);
          t.diagnostic(`${quoted.source}: ${quoted.quote.slice(0, 200)}`);
          if (quoted.fact === "logs") assertReal(quoted.quote, logsOf(site, handed));
        }
        const [well] = await examine(cause.well);
        assert.ok(well.document, `no document; exit ${well.exitCode}\n${well.stderr}`);
        assert.ok(!ids(well).includes(cause.id), `the sibling is blamed: ${ids(well).join(", ")}`);
        assert.equal(well.exitCode, cause.well.exit ?? 0, `the sibling: ${ids(well).join(", ")}`);
      });
    }
  });
}

/** The words of the quote stand in one line of what was handed over, but for what is masked or cut. */
function assertReal(quote: string, logs: readonly string[]): void {
  const lines = logs.flatMap((log) => readFileSync(log, "utf8").split("\n"));
  const words = quote.split(/\s+/).filter((word) => /^[\w.:=,/-]{4,}$/.test(word));
  assert.ok(words.length > 0, quote);
  assert.ok(
    lines.some((line) => words.every((word) => line.includes(word))),
    `not in the log: ${quote}`,
  );
}
