// `pairing-doctor fix` with a real Chromium: a page that is refused, the fix, the same page let in, and the way back.
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { gateOf } from "./cases.ts";
import { AGREED, type FixDocument, type FixSite, shoot, useFixSite, WAYS, type Way } from "./fix/site.ts";
import { openclawArguments } from "./remedy.ts";
import type { OpenPage } from "./rig/browser.ts";
import { ensureClient } from "./rig/clients.ts";
import { type Gateway, TOKEN } from "./rig/gateway.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { run, until } from "./rig/processes.ts";
import { isAtLeast } from "./rig/releases.ts";
import { type KeptState, stateOf } from "./rig/state.ts";
import { CHANGER_RELEASES, CORE } from "./selection.ts";

const skip = (await whyNoNamespaces()) ?? (await ensureClient("chromium")) ?? false;

/** `PAIRING_DOCTOR_ONLY`: a pattern of release and case. */
const only = new RegExp(process.env.PAIRING_DOCTOR_ONLY ?? "");

interface Story {
  readonly way: Way;
  readonly token?: string;
  /** Which releases refuse the page there (BROWSER.md, sections 1 to 6). */
  readonly refuses: (release: string) => boolean;
  readonly core?: readonly string[];
}

const STORIES: readonly Story[] = [
  { way: WAYS.published, refuses: (release) => !isAtLeast(release, "2026.4.7"), core: ["2026.2.1"] },
  { way: WAYS.proxied, refuses: () => true, core: ["2026.9.6"] },
  { way: WAYS.ownHost, refuses: (release) => isAtLeast(release, "2026.2.2"), core: ["2026.9.6"] },
  { way: WAYS.lan, refuses: () => true },
  { way: WAYS.loopback, token: "rig-wrong-token", refuses: () => true, core: ["2026.2.1"] },
];

/** Gates that one page can meet one after the other. */
const MAX_ROUNDS = 4;

for (const release of CHANGER_RELEASES) {
  const stories = STORIES.filter(
    ({ way, refuses, core }) =>
      refuses(release) && (!CORE || core?.includes(release)) && only.test(`${release} ${way.name}`),
  );
  if (stories.length === 0) continue;
  describe(`openclaw ${release}`, { skip }, () => {
    const site = useFixSite(release);
    for (const story of stories) test(story.way.name, (t) => new Telling(site, story, t).run());
  });
}

/** One page from its refusal to its connection, and back. */
class Telling {
  readonly #site: FixSite;
  readonly #story: Story;
  readonly #t: TestContext;
  #applied = 0;

  constructor(site: FixSite, story: Story, t: TestContext) {
    this.#site = site;
    this.#story = story;
    this.#t = t;
  }

  async run(): Promise<void> {
    const { way } = this.#story;
    const { release } = this.#site.gateway;
    const before = await stateOf(this.#site.gateway);
    const others = await this.#refused(async (page) => {
      await shoot(page, release, way.name, "before");
      const alternatives = await this.#mend(page);
      assert.ok(page.admitted(), await page.text());
      await shoot(page, release, way.name, "after");
      await this.#undo(before, page);
      return alternatives;
    });
    for (const remedy of others) await this.#refused((page) => this.#tryOther(remedy, before, page));
  }

  /** A new browser that is refused, and a log that tells of nothing else. */
  async #refused<T>(act: (page: OpenPage) => Promise<T>): Promise<T> {
    this.#site.forgetLogs();
    const page = await this.#site.open(this.#story.way, this.#story.token);
    try {
      await page.answered();
      assert.equal(page.admitted(), false, "this release lets the page in");
      return await act(page);
    } finally {
      await page.close();
    }
  }

  /** Fix after fix, as each gate behind the last shows; gives the other remedies for the first. */
  async #mend(page: OpenPage): Promise<readonly string[]> {
    let others: readonly string[] | undefined;
    for (let round = 0; round < MAX_ROUNDS && !page.admitted(); round += 1) {
      const first = await this.#foretold([]);
      // Pages of earlier stories wait as well: the person at this one knows when it asked.
      const own = [...(first.candidates ?? [])].sort((a, b) => (a.age ?? 0) - (b.age ?? 0))[0];
      const request = own === undefined ? [] : ["--request", own.requestId];
      const plan = own === undefined ? first : await this.#foretold(request);
      // The gateway writes that refusal once for each start, so a second page leaves nothing to go by.
      if (plan.finding?.id === "proxy-attribution-required") others = [];
      others ??= plan.alternatives.filter(isOffered).flatMap(({ remedies }) => remedies.slice(0, 1));
      if (plan.outcome === "by-hand") await this.#byHand(plan, page);
      else await this.#apply(plan, request, page);
    }
    return others ?? [];
  }

  /** The plan, which changes nothing. */
  async #foretold(args: readonly string[]): Promise<FixDocument> {
    const before = await stateOf(this.#site.gateway);
    const { exitCode, document } = await this.#site.fix(["--dry-run", ...this.#named(), ...args]);
    this.#say(`planned ${told(document)}`);
    assert.equal(exitCode, 1, JSON.stringify(document));
    assert.match(document.outcome, /^(?:planned|by-hand)$/, JSON.stringify(document));
    assert.deepEqual(await stateOf(this.#site.gateway), before, "a dry run changed something");
    return document;
  }

  /** What was foretold is done, and is what the page meets then. */
  async #apply(plan: FixDocument, args: readonly string[], page: OpenPage): Promise<void> {
    const { exitCode, document } = await this.#site.fix([...AGREED, ...this.#named(), ...args]);
    this.#say(`fix ${told(document)}`);
    assert.deepEqual(
      document.remedies.map(({ id }) => id),
      plan.remedies.map(({ id }) => id),
    );
    const { gate } = plan;
    const isModelled = plan.remedies.every(({ after }) => after !== undefined);
    const expected = gate !== undefined ? "partly" : isModelled ? "kept" : "unproven";
    assert.equal(document.outcome, expected, JSON.stringify(document));
    const { remains = [] } = document;
    for (const one of remains) this.#say(`remains: ${JSON.stringify(one)}`);
    assert.equal(exitCode, { partly: 1, kept: remains.length === 0 ? 0 : 1, unproven: 3 }[expected]);
    this.#applied += 1;
    await this.#reconnect(document, page);
    const met = page.admitted() ? "admitted" : await gateMet(page);
    this.#say(`the page met ${met}`);
    if (expected === "kept") assert.equal(met, "admitted", await page.text());
    if (expected === "partly") assert.equal(met, gate);
  }

  /** As the report says that this release needs it. */
  async #reconnect({ see }: FixDocument, page: OpenPage): Promise<void> {
    const says = (message: string) => see.some((one) => one.message === message);
    if (says("page-connects")) {
      assert.ok(await until(() => page.admitted(), 60_000), `it did not by itself:\n${await page.text()}`);
      return;
    }
    const button = page.page.getByRole("button", { name: "Connect", exact: true }).first();
    if (says("page-reload") && this.#story.way === WAYS.published && (await button.isVisible())) {
      await button.click();
      if (await until(() => page.admitted(), 30_000)) return;
      assert.fail(`Connect was pressed:\n${await page.text()}`);
    }
    // A page that never came in has not kept the token of its link, and one that was no page still has it.
    await page.page.goto("about:blank");
    await page.page.goto(this.#site.link(this.#story.way), { waitUntil: "load" });
    await page.answered();
  }

  async #byHand({ byHand }: FixDocument, page: OpenPage): Promise<void> {
    const { gateway } = this.#site;
    let url: string = this.#story.way.page;
    for (const { command = "", message, args } of byHand) {
      const forward = /^ssh -N -L (\d+):127\.0\.0\.1:(\d+) /.exec(command);
      if (forward) {
        const close = await this.#site.tunnel(Number(forward[1]), Number(forward[2]));
        this.#t.after(close);
      } else if (command !== "") {
        const words = openclawArguments(command);
        assert.ok(words, command);
        const shown = await inTerminal(gateway, words);
        // From 2026.5.28 to 2026.7.35 it says where the token stands, on a machine without a desktop.
        const isToken = shown.includes(TOKEN) || shown.includes("gateway.auth.token");
        assert.ok(isToken, `${command} does not lead to the token:\n${shown}`);
      }
      if (message === "open-on-loopback") url = args?.url?.replace(/\/$/, "") ?? url;
      else if (message !== undefined) assert.equal(message, "paste-token");
    }
    await page.page.goto(this.#site.link({ page: url }), { waitUntil: "load" });
    assert.ok(await until(() => page.admitted(), 30_000), await page.text());
  }

  /** A remedy that was not the first: what it promises is kept, too. */
  async #tryOther(remedy: string, before: KeptState, page: OpenPage): Promise<void> {
    const args = ["--remedy", remedy, "--allow-risk", "weakens-security"];
    const plan = await this.#foretold(args);
    if (plan.outcome === "by-hand") return;
    await this.#apply(plan, args, page);
    await this.#undo(before, page);
  }

  /** Config byte for byte, nobody paired whom the fix let in, and the page is refused as it was. */
  async #undo(before: KeptState, page: OpenPage): Promise<void> {
    if (this.#applied === 0) return;
    for (; this.#applied > 0; this.#applied -= 1) {
      const { exitCode, document } = await this.#site.fix(["--undo", "--yes"]);
      assert.equal(document.outcome, "undone", JSON.stringify(document));
      assert.equal(exitCode, 0);
    }
    const now = await stateOf(this.#site.gateway);
    assert.equal(now.config, before.config);
    await page.page.reload();
    await page.answered();
    assert.equal(page.admitted(), false, "it is let in although all was undone");
  }

  #named(): readonly string[] {
    return this.#story.way.named ?? [];
  }

  #say(line: string): void {
    this.#t.diagnostic(line);
  }
}

function isOffered({ whyNot }: FixDocument["alternatives"][number]): boolean {
  return whyNot !== "refused-at" && whyNot !== "exposed";
}

function told({ outcome, finding, remedies, gate, detail }: FixDocument): string {
  const parts = [outcome, finding?.id, remedies.map(({ id }) => id).join(" + "), gate, detail];
  return parts.filter((part) => part !== undefined && part !== "").join(" · ");
}

/** What a person at the gateway's machine reads: from 2026.8.1 on a token is shown on a terminal only. */
async function inTerminal(
  { host, installed, home, cliEnv }: Gateway,
  words: readonly string[],
): Promise<string> {
  const line = [installed.node, installed.entry, ...words].map((word) => `'${word}'`).join(" ");
  const argv = host.inside(["script", "--quiet", "--return", "--command", line, "/dev/null"]);
  return (await run(argv, { env: { ...cliEnv(), TERM: "xterm", SHELL: "/bin/sh" }, cwd: home })).stdout;
}

async function gateMet(page: OpenPage): Promise<string> {
  if (page.status() === 403) return "proxy-attribution";
  const reason = (await page.closes()).at(-1)?.reason;
  return reason === undefined ? "no answer" : gateOf({ admitted: false, closeReason: reason });
}
