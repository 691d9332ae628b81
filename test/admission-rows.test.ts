/** The model against every connection that was observed on a real gateway (fixtures/admissions). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { admit } from "../src/admission/admit.ts";
import { MEASURED_RELEASES } from "../src/admission/releases.ts";
import type { Admission, AdmissionInput } from "../src/core/connection.ts";
import { compareReleases } from "../src/core/release.ts";
import { readFixture } from "./conformance/fixture.ts";
import { deviceAsMet } from "./support/as-met.ts";

interface Row extends AdmissionInput {
  readonly case: string;
  readonly outcome: {
    readonly admitted: boolean;
    readonly httpStatus: number;
    readonly closeCode?: number;
    readonly closeReason?: string;
    readonly detailCode?: string;
    readonly detailReason?: string;
    readonly autoApproved?: boolean;
  };
}

function read(name: string): readonly Row[] {
  const file = new URL(`../fixtures/admissions/${name}`, import.meta.url);
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Row);
}

/** The measurement that the model was made from. */
const given = read("rows.jsonl.gz");
/** Measured with the same drivers after the model was written, on releases that it had not seen. */
const unseen = read("unseen-rows.jsonl.gz");
/** What those never varied, on two releases: spellings, forwarded headers, other modes, device tokens, limits. */
const beyond = read("beyond-rows.jsonl.gz");

/** Request ids differ from run to run, and the gateway cuts the reason at 120 bytes, sometimes within the id. */
function withoutRequestId(reason: string | undefined): string {
  return (reason ?? "").replace(/ \(requestId: .*$/, "");
}

function observed({ outcome }: Row): string {
  if (outcome.admitted) return `admitted autoApproved=${outcome.autoApproved === true}`;
  const { httpStatus, closeCode, closeReason, detailCode = "-" } = outcome;
  return `${httpStatus} ${closeCode} ${detailCode} ${withoutRequestId(closeReason)}`;
}

function foretold(admission: Admission): string {
  if (admission.outcome === "admitted") return `admitted autoApproved=${admission.autoApproved}`;
  const { httpStatus, closeCode, closeReason, detailCode = "-" } = admission;
  return `${httpStatus} ${closeCode} ${detailCode} ${closeReason}`;
}

function inputOf({ release, config, connection }: Row): AdmissionInput {
  return { release, config, connection };
}

function inputAsMet(row: Row): AdmissionInput {
  const device = deviceAsMet(row.connection, row.outcome);
  return { ...inputOf(row), connection: { ...row.connection, device } };
}

function isMislabelled(row: Row): boolean {
  return !isDeepStrictEqual(deviceAsMet(row.connection, row.outcome), row.connection.device);
}

function askAll(file: string, rows: readonly Row[], inputFor: (row: Row) => AdmissionInput): void {
  const releases = [...new Set(rows.map((row) => row.release))].sort(compareReleases);
  for (const release of releases) {
    test(`${file} ${release}: every observed connection`, () => {
      const own = rows.filter((row) => row.release === release);
      const misses: string[] = [];
      for (const row of own) {
        const answer = foretold(admit(inputFor(row)));
        if (answer !== observed(row))
          misses.push(`${row.case}\n    observed ${observed(row)}\n    foretold ${answer}`);
      }
      const relabelled = own.filter((row) => !isDeepStrictEqual(inputFor(row), inputOf(row))).length;
      const note = relabelled === 0 ? "" : ` (${relabelled} with the device as the answer shows it)`;
      console.log(`${file} ${release} ${own.length - misses.length}/${own.length}${note}`);
      assert.equal(
        misses.length,
        0,
        `${misses.length} of ${own.length} differ:\n${misses.slice(0, 12).join("\n")}`,
      );
    });
  }
}

askAll("matrix", [...given, ...unseen], inputAsMet);
askAll("beyond", beyond, inputOf);

test("sixteen rows of the matrix contradict their own label", () => {
  assert.deepEqual(
    [...given, ...unseen].filter(isMislabelled).map((row) => `${row.release} ${row.case}`),
    [
      "2026.3.13 lan-trustedProxies/loopback/ui-device-paired+auth",
      "2026.3.13 lan-trustedProxies/docker-nat-172/ui-device-paired+auth",
      "2026.3.13 lan-trustedProxies/lan-ip/ui-device-paired+auth",
      "2026.3.13 lan-trustedProxies/proxy-xff-hostkept/ui-device-paired+auth",
      "2026.3.13 lan-trustedProxies/proxy-noxff-hostkept/ui-device-paired+auth",
      "2026.3.13 lan-trustedProxies/dockerproxy-xff/ui-device-paired+auth",
      "2026.3.13 loopback-default/loopback/ui-device-paired+auth",
      "2026.3.13 loopback-none/loopback/ui-device-paired+auth",
      "2026.5.28 lan-default/docker-nat-172/repeat-pending-same-device",
      "2026.5.28 lan-default/docker-nat-172/repeat-pending-same-device",
      "2026.9.6 lan-default/loopback/ui-device-scope-upgrade",
      "2026.9.6 lan-default/docker-nat-172/repeat-pending-same-device",
      "2026.9.6 lan-default/docker-nat-172/repeat-pending-same-device",
      "2026.9.6 lan-trusted-proxy/dockerproxy-xff/ui-device-paired+auth",
      "2026.9.6 lan-trustedProxies/loopback/ui-device-paired+auth",
      "2026.9.6 loopback-default/loopback/ui-device-paired+auth",
    ],
  );
});

test("the measured releases are those with rows", () => {
  const rows = [...given, ...unseen, ...beyond, ...readFixture()];
  const releases = new Set(rows.map((row) => row.release));
  assert.deepEqual(MEASURED_RELEASES, [...releases].sort(compareReleases));
});

test("the fixtures hold all measured connections", () => {
  assert.deepEqual([given.length, beyond.length], [1741, 1807]);
});
