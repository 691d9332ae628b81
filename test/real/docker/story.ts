// One gateway in a container from a refused browser to an admitted one, and back.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { AGREED, type FixDocument } from "../fix/site.ts";
import type { DoctorDocument, DocumentFinding } from "../rig/doctor.ts";
import { isAtLeast } from "../rig/releases.ts";
import type { Claw, DockerSite } from "./site.ts";

export interface Story {
  /** For `--target`. */
  readonly target: string;
  /** What the doctor names first. */
  readonly first: string;
  /** Beside what is asked for a device: which risks the fix is allowed. */
  readonly risks?: readonly string[];
  /** Nothing answers the browser until the first fix. */
  readonly shut?: boolean;
}

/** Gates that one browser can meet one after the other. */
const MAX_ROUNDS = 4;

export async function tell(site: DockerSite, claw: Claw, story: Story, t: TestContext): Promise<void> {
  const { target } = story;
  const say = (line: string) => t.diagnostic(line);
  const refused = story.shut ? await claw.browser() : await claw.answered();
  assert.equal(refused.admitted, false, "this release lets the browser in");
  if (!isAtLeast(claw.release, "2026.4.16")) await pairItself(site, claw);
  const before = await claw.state();

  const document = await site.diagnosed(target);
  assert.equal(document.findings[0]?.id, story.first, JSON.stringify(document.findings));
  await ofThisContainer(document, claw);

  const applied = await mend(site, claw, story, say);
  await claw.admits();
  const mended = await claw.state();
  say(`admitted; new files ${newIn(mended.files, before.files)}`);
  assert.deepEqual(newIn(mended.files, before.files).filter(isOurs), [], "something of ours is left");

  for (let back = 0; back < applied.length; back += 1) {
    const { exitCode, document } = await site.fix(target, claw.name, ["--undo", "--yes"]);
    assert.equal(document.outcome, "undone", JSON.stringify(document));
    assert.equal(exitCode, 0);
  }
  const again = story.shut ? await claw.browser() : await claw.answered();
  assert.equal(again.admitted, false, "it is let in although all was undone");
  const after = await claw.state();
  assert.equal(after.config, before.config, "the config is not as before");
  assert.equal(after.configOwner, before.configOwner);
  // Where no device was approved, the gateway pairs an admitted page by itself.
  const isPage = (row: string) => row.startsWith(refused.deviceId ?? " ");
  const approved = applied.some(({ requests }) => requests.length > 0);
  assert.deepEqual(
    after.paired.filter((row) => approved || !isPage(row)),
    before.paired,
  );
  assert.deepEqual(newIn(after.files, before.files).filter(isOurs), [], "something of ours is left");
}

/** Up to 2026.4.15 the release's own command line pairs itself on its first call. */
async function pairItself(site: DockerSite, claw: Claw): Promise<void> {
  await site.shell(`docker exec ${claw.name} node openclaw.mjs devices list --json`);
}

/** Fix after fix, as each gate behind the last shows. */
export async function mend(
  site: DockerSite,
  claw: Claw,
  { target, risks = [] }: Story,
  say: (line: string) => void,
): Promise<readonly FixDocument[]> {
  const applied: FixDocument[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const plan = await foretold(site, claw, { target });
    say(`planned ${outcomeOf(plan)}`);
    assert.equal(plan.outcome, "planned", JSON.stringify(plan));
    const request = plan.requests[0]?.requestId;
    const asked = request === undefined ? [] : ["--request", request];
    const allowed = risks.flatMap((risk) => ["--allow-risk", risk]);
    const { exitCode, document } = await site.fix(target, claw.name, [...AGREED, ...asked, ...allowed]);
    say(`fix ${outcomeOf(document)}`);
    assert.match(document.outcome, /^(?:kept|partly|unproven)$/, JSON.stringify(document));
    applied.push(document);
    const outcome = await claw.answered();
    say(`the browser met ${outcome.admitted ? "nothing" : (outcome.closeReason ?? outcome.transport)}`);
    if (document.outcome === "kept") assert.equal(exitCode === 0 || exitCode === 1, true);
    if (outcome.admitted) return applied;
  }
  assert.fail(`not admitted after ${MAX_ROUNDS} fixes`);
}

/** The plan, which changes nothing. `itself`: the container starts again and again. */
export async function foretold(
  site: DockerSite,
  claw: Claw,
  {
    target,
    asked = [],
    itself = false,
  }: { readonly target: string; readonly asked?: readonly string[]; readonly itself?: boolean },
): Promise<FixDocument> {
  const before = await claw.state();
  const { Status, StartedAt } = (await claw.container.inspect()).State;
  const { exitCode, document } = await site.fix(target, claw.name, ["--dry-run", ...asked]);
  assert.equal(exitCode, 1, JSON.stringify(document));
  assert.deepEqual(await claw.state(), before, "a dry run changed something");
  const { State } = await claw.container.inspect();
  if (!itself) assert.deepEqual([State.Status, State.StartedAt], [Status, StartedAt]);
  return document;
}

/** What the doctor says of the path has this container's own addresses in it. */
async function ofThisContainer(document: DoctorDocument, claw: Claw): Promise<void> {
  const [network] = Object.values((await claw.container.inspect()).NetworkSettings.Networks);
  const hops = hopsOf(document);
  assert.deepEqual(hops, [
    ["browser", "127.0.0.1"],
    ["docker-proxy", `127.0.0.1:${claw.port}`],
    ["bridge", network?.Gateway],
    ["gateway", `${network?.IPAddress}:18789`],
  ]);
}

export function hopsOf(document: DoctorDocument): readonly (readonly [string, string | undefined])[] {
  const { path: hops = [] } = document as { path?: readonly { hop: string; address?: string }[] };
  return hops.map(({ hop, address }) => [hop, address]);
}

export function newIn(files: readonly string[], before: readonly string[]): readonly string[] {
  return files.filter((name) => !before.includes(name));
}

/** What a change is written to before it takes the place of a file. */
export const isOurs = (name: string): boolean => /pairing-doctor|\.tmp$/.test(name);

export function commandsOf(finding: DocumentFinding | undefined): readonly string[] {
  return finding?.remedies[0]?.commands ?? [];
}

export function outcomeOf({ outcome, finding, remedies, gate, detail }: FixDocument): string {
  const parts = [outcome, finding?.id, remedies.map(({ id }) => id).join(" + "), gate, detail];
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}
