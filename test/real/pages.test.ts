// Releases that no other suite runs: a real page that is refused, the fix, a second diagnosis that is green, and the way back.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { AGREED, type FixDocument, type FixSite, useFixSite, WAYS, type Way } from "./fix/site.ts";
import type { OpenPage } from "./rig/browser.ts";
import { ensureClient } from "./rig/clients.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { isAtLeast } from "./rig/releases.ts";
import { stateOf } from "./rig/state.ts";

const skip = (await whyNoNamespaces()) ?? (await ensureClient("chromium")) ?? false;

/** `PAIRING_DOCTOR_ONLY`: a pattern of release and way. */
const only = new RegExp(process.env.PAIRING_DOCTOR_ONLY ?? "");

const RELEASES = ["2026.2.19", "2026.4.7", "2026.6.11", "2026.8.2"] as const;

interface Story {
  readonly way: Way;
  readonly token?: string;
  /** Which of the releases refuse the page there. */
  readonly refuses: (release: string) => boolean;
}

const STORIES: readonly Story[] = [
  { way: WAYS.published, refuses: (release) => !isAtLeast(release, "2026.4.7") },
  { way: WAYS.proxied, refuses: () => true },
  { way: WAYS.lan, refuses: (release) => isAtLeast(release, "2026.8.1") },
  { way: WAYS.ownHost, refuses: () => true },
];

/** Gates that one page can meet one after the other. */
const MAX_ROUNDS = 4;

for (const release of RELEASES) {
  const stories = STORIES.filter(
    ({ way, refuses }) => refuses(release) && only.test(`${release} ${way.name}`),
  );
  if (stories.length === 0) continue;
  describe(`openclaw ${release}`, { skip }, () => {
    const site = useFixSite(release);
    for (const story of stories) test(story.way.name, (t) => tell(site, story, t));
  });
}

async function tell(site: FixSite, { way, token }: Story, t: TestContext): Promise<void> {
  site.forgetLogs();
  const before = await stateOf(site.gateway);
  const identity = identityOf(site);
  const page = await site.open(way, token);
  const letIn: string[] = [];
  let applied = 0;
  try {
    await page.answered();
    assert.equal(page.admitted(), false, "this release lets the page in");
    for (let round = 0; round < MAX_ROUNDS && !page.admitted(); round += 1) {
      const document = await mend(site, way, t);
      applied += 1;
      letIn.push(...document.requests.map(({ deviceId }) => deviceId));
      await again(site, way, page);
      if (document.outcome === "kept") assert.ok(page.admitted(), await page.text());
    }
    assert.ok(page.admitted(), await page.text());
    t.diagnostic(`after: ${await site.isGreen(way.named ?? [])}`);
    assertKept(identityOf(site), identity);
    for (; applied > 0; applied -= 1) {
      const { exitCode, document } = await site.fix(["--undo", "--yes"]);
      assert.deepEqual([exitCode, document.outcome], [0, "undone"], JSON.stringify(document));
    }
    const after = await stateOf(site.gateway);
    assert.equal(after.config, before.config);
    const paired = after.paired.map((row) => row.split(" ")[0] ?? "");
    assert.deepEqual(
      letIn.filter((id) => paired.includes(id)),
      [],
      "whom the fix let in is paired",
    );
    // The gateway approves a page on its own host by itself once its origin is allowed; the fix lets in nobody there.
    const more = after.paired.filter((row) => !before.paired.includes(row));
    if (letIn.length > 0) assert.deepEqual(more, [], "somebody is paired who was not");
    assertKept(identityOf(site), identity);
    await again(site, way, page);
    assert.equal(page.admitted(), false, "it is let in although all was undone");
  } finally {
    await page.close();
  }
}

/** One fix; where several requests wait, the youngest is the page's, which has just asked. */
async function mend(site: FixSite, way: Way, t: TestContext): Promise<FixDocument> {
  const named = way.named ?? [];
  const plan = (await site.fix(["--dry-run", ...named])).document;
  const [own] = [...(plan.candidates ?? [])].sort((a, b) => (a.age ?? 0) - (b.age ?? 0));
  const request = own === undefined ? [] : ["--request", own.requestId];
  const { document } = await site.fix([...AGREED, ...named, ...request]);
  const { outcome, finding, remedies, gate, detail } = document;
  t.diagnostic([outcome, finding?.id, ...remedies.map(({ id }) => id), gate, detail].join(" · "));
  assert.match(outcome, /^(?:kept|partly)$/, JSON.stringify(document));
  return document;
}

/** The link of the page, opened anew in the same profile. */
async function again(site: FixSite, way: Way, page: OpenPage): Promise<void> {
  await page.page.goto("about:blank");
  await page.page.goto(site.link(way), { waitUntil: "load" });
  await page.answered();
}

/** Digests of the files by which devices and the gateway know each other. */
function identityOf({ gateway }: FixSite): Readonly<Record<string, string>> {
  const folder = path.join(gateway.stateDir, "identity");
  const names = statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder);
  return Object.fromEntries(
    names
      // The command line's own credential, which it renews when it likes.
      .filter((name) => name !== "device-auth.json")
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(path.join(folder, name)))
          .digest("hex"),
      ]),
  );
}

/** What was there is as it was; the release's own command makes its identity at its first call. */
function assertKept(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): void {
  for (const [name, digest] of Object.entries(before)) assert.equal(now[name], digest, name);
}
