/** The model and the page against 128 visits of a real browser (fixtures/admissions/visits, from BROWSER.md). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { admit } from "../src/admission/admit.ts";
import { browserDevice, isSecureContext, pageBehaviour } from "../src/admission/page.ts";
import type { Admission, AdmissionConfig, ConnectionAuth } from "../src/core/connection.ts";
import { compareReleases } from "../src/core/release.ts";

interface Visit {
  readonly release: string;
  readonly config: AdmissionConfig;
  readonly path: string;
  /** Origin of the page. */
  readonly page: string;
  /** The TCP peer that the gateway saw. */
  readonly peer: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: "right" | "wrong" | "none";
  /** Where the token stood in the URL. */
  readonly form: string;
  /** `admitted`, `403`, or the close reason without request id. */
  readonly seen: string;
  /** Visible text of a page that was refused. */
  readonly text?: string;
}

const visits = gunzipSync(readFileSync(new URL("../fixtures/admissions/visits.jsonl.gz", import.meta.url)))
  .toString("utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Visit);

/** The credentials that the page sends: it looks for the token in one or both parts of the URL. */
function authOf({ release, token, form }: Visit): ConnectionAuth {
  const { tokenFrom } = pageBehaviour(release, { outcome: "admitted", httpStatus: 101, autoApproved: false });
  if (token === "none" || (tokenFrom !== "both" && tokenFrom !== form)) return "missing";
  return token === "right" ? "valid" : "wrong";
}

function foretell(visit: Visit): Admission {
  const { release, config, page, peer, headers } = visit;
  return admit({
    release,
    config,
    connection: {
      remoteAddress: peer,
      headers,
      client: { id: "openclaw-control-ui", mode: "webchat" },
      role: "operator",
      scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
      auth: authOf(visit),
      device: { state: browserDevice(release, isSecureContext(page)) },
    },
  });
}

const releases = [...new Set(visits.map(({ release }) => release))].sort(compareReleases);
for (const release of releases) {
  test(`${release}: every visit, and what the page shows`, () => {
    const own = visits.filter((visit) => visit.release === release);
    for (const visit of own) {
      const answer = foretell(visit);
      const said =
        answer.outcome === "admitted" ? "admitted" : answer.httpStatus === 403 ? "403" : answer.closeReason;
      const name = `${release} path ${visit.path} token ${visit.token} ${visit.form}`;
      assert.equal(said, visit.seen, name);
      const { shows } = pageBehaviour(release, answer);
      assert.equal(shows === undefined, answer.outcome === "admitted", name);
      if (shows !== undefined && visit.seen !== "403")
        assert.ok(visit.text?.includes(shows), `${name}: ${shows}\n${visit.text}`);
    }
    console.log(`${release} ${own.length}/${own.length} visits`);
  });
}

test("the fixture holds the visits of thirteen releases", () => {
  assert.deepEqual([visits.length, releases.length], [128, 13]);
});
