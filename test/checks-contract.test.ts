import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { checks } from "../checks/index.ts";
import { completeFacts, type Facts } from "../src/core/collect.ts";
import { diagnose } from "../src/core/diagnose.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Deployment, Exposure } from "../src/core/facts.ts";
import type { Finding, Remedy, Step } from "../src/core/finding.ts";
import type { MessageArgs } from "../src/core/saying.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import { catalogueOf, causeText, entryOf, fill } from "../src/report/messages/index.ts";
import { checkSources } from "./support/check-sources.ts";
import { CAUSES, readCodes, writeCodes } from "./support/ledger.ts";
import { factsOfSituation, readSituation, situations } from "./support/situation.ts";

// What every check has to bring, whoever wrote it. What is missing is named with the file to mend.
const sources = checkSources();
const ids = checks.map(({ id }) => id);
const languages = ["en", "zh"] as const;

/** Marks what `npm run new:check` leaves to the author. */
const UNFINISHED = /\bTODO\b/;

/** No reader is put in the wrong, and nothing is called easy that is not. */
const BLAME = {
  en: /\b(?:just|simply|obviously|of course|easy|easily|clearly|you forgot|your mistake|your fault|should have|stupid|wrongly)\b/i,
  zh: /只需|只要[^。]*就行|就行了|简单地|很简单|显然|当然|轻松|[您你](?:忘|弄错|搞错|的错)|应该早/u,
} as const;

describe("a check and its file", () => {
  test("every file in checks/ that holds a check is in checks/index.ts, once", async () => {
    const held: string[] = [];
    for (const { file } of sources) {
      const { default: check } = (await import(`../checks/${file}`)) as { default?: { id: string } };
      const isShared = file === "index.ts" || file.startsWith("lib/");
      assert.equal(
        check === undefined,
        isShared,
        `checks/${file}: what several checks share is in checks/lib/`,
      );
      if (check === undefined) continue;
      assert.equal(`${check.id}.ts`, file, "a check's id is its file's name");
      held.push(check.id);
    }
    assert.deepEqual([...ids].sort(), held.sort());
  });

  test("every id is a cause of the field (fixtures/checks/causes.json)", () => {
    assert.deepEqual(
      ids.filter((id) => !CAUSES.includes(id)),
      [],
    );
  });

  test("a symptom names causes that exist, and not itself", () => {
    for (const { id, causedBy } of checks) {
      for (const cause of causedBy) assert.ok(cause !== id && CAUSES.includes(cause), `${id}: ${cause}`);
    }
  });

  test("nothing is left unfinished", () => {
    for (const { file, text } of sources) assert.doesNotMatch(text, UNFINISHED, `checks/${file}`);
    for (const name of situations())
      assert.doesNotMatch(readSituation(name).about, UNFINISHED, `fixtures/situations/${name}`);
  });
});

describe("codes are given out once (fixtures/checks/codes.json; UPDATE_GOLDEN=1 enters new ones)", () => {
  test("each check has the code that it was given, and no retired one", () => {
    const codes = readCodes();
    const used = { ...codes.used };
    // A new code may be entered; one that stands there already stays what it is.
    if (process.env.UPDATE_GOLDEN) for (const { id, code } of checks) used[code] ??= id;
    const entered = { ...codes, used: Object.fromEntries(Object.entries(used).sort()) };
    if (JSON.stringify(entered) !== JSON.stringify(codes)) writeCodes(entered);
    for (const { id, code } of checks) {
      assert.match(code, /^OPD[1-9]\d\d$/, id);
      assert.ok(!Object.hasOwn(codes.retired, code), `${id}: ${code} is retired`);
      assert.equal(used[code], id, `${id}: ${code} is not its code in the ledger`);
    }
  });

  test("every code of the ledger is some check's, and no two share one", () => {
    const { used, retired } = readCodes();
    assert.deepEqual(
      Object.keys(used).filter((code) => !checks.some((check) => check.code === code)),
      [],
      "a check that went away moves its code to `retired`",
    );
    assert.equal(new Set(checks.map(({ code }) => code)).size, checks.length);
    assert.equal(new Set(Object.values(used)).size, Object.keys(used).length, "one check, one code");
    assert.deepEqual(
      Object.keys(retired).filter((code) => Object.hasOwn(used, code)),
      [],
    );
  });
});

for (const lang of languages) {
  describe(`the words of each check: ${lang}`, () => {
    const words = catalogueOf(lang);
    for (const { id, title } of checks) {
      test(id, () => {
        const message = entryOf(words.causes, id);
        assert.ok(message, `no words in src/report/messages/${lang}`);
        for (const variant of [undefined, ...Object.keys(message.variants ?? {})]) {
          const text = causeText(words, id, variant);
          assert.ok(text);
          for (const field of ["title", "healthy", "what", "why", "fix", "verify", "caveats"] as const) {
            const filled = text[field] ?? "";
            assert.ok(filled.length > 1, `${variant ?? "plain"}: no ${field}`);
            assert.doesNotMatch(filled, UNFINISHED, `${variant ?? "plain"}: ${field}`);
            assert.doesNotMatch(filled, BLAME[lang], `${variant ?? "plain"}: ${field}`);
          }
        }
        if (lang === "en") assert.equal(message.healthy, title, "the title is the healthy sentence");
      });
    }
  });
}

test("every check is the first finding of a situation, and stays silent in a near miss", () => {
  const all = situations().map((name) => readSituation(name).expected);
  const first = new Set(all.map(({ findings }) => findings[0]?.replace(/ .*/, "")));
  const silent = new Set(all.flatMap(({ silent: named = [] }) => named));
  assert.deepEqual({ neverFirst: ids.filter((id) => !first.has(id)) }, { neverFirst: [] });
  assert.deepEqual({ noNearMiss: ids.filter((id) => !silent.has(id)) }, { noNearMiss: [] });
});

test("each check is silent in at least one near miss that has something to hear", () => {
  const heard = situations().filter((name) => {
    const { probe } = readSituation(name);
    const beside = readdirSync(new URL(`../fixtures/situations/${name}/`, import.meta.url), {
      withFileTypes: true,
    });
    const filled = beside.filter(
      (entry) => entry.name !== "situation.json" && statSync(join(entry.parentPath, entry.name)).size > 40,
    );
    return probe !== undefined || filled.length > 0;
  });
  const silent = new Set(heard.flatMap((name) => readSituation(name).expected.silent ?? []));
  assert.deepEqual(
    ids.filter((id) => !silent.has(id)),
    [],
  );
});

function argsOf(step: Step): MessageArgs {
  const file = step.do === "compose.edit" ? { file: step.file, service: step.service, ...step.change } : {};
  const service = step.do === "compose.up" ? { service: step.service } : {};
  return { path: "/p/.env", url: "http://u/", ...service, ...file };
}

/** Every kind of deployment, with names as people have them, and what a line for it cannot do without. */
const KINDS: readonly { readonly name: string; readonly deployment: Deployment; readonly line: RegExp }[] = [
  {
    name: "local",
    deployment: kind("local", {}),
    line: /^(?:openclaw|tail|tailscale|ssh|systemctl|journalctl) /,
  },
  {
    name: "docker",
    deployment: kind("docker", { container: "claw" }),
    line: /^docker |^tailscale |^ssh /,
  },
  {
    name: "compose",
    deployment: kind("docker", { composeService: "openclaw-gateway", composeCliService: "openclaw-cli" }),
    line: /^docker compose |^tailscale |^ssh /,
  },
  {
    name: "kubernetes",
    deployment: kind("kubernetes", { namespace: "claw", workload: "deploy/claw" }),
    line: /^kubectl -n claw |^tailscale /,
  },
  {
    name: "vps",
    deployment: kind("vps", { sshHost: "me@box" }),
    line: /^ssh .*me@box/,
  },
];

function kind(name: Deployment["kind"], names: Deployment["names"]): Deployment {
  return deploymentOf({ kind: name, confidence: "certain", evidence: [], alternatives: [], names });
}

interface Case {
  readonly name: string;
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly exposure: Exposure;
}

describe("in every situation", () => {
  const cases: Case[] = [];
  const remedies = new Map<string, { remedy: Remedy; from: string }>();

  before(async () => {
    for (const name of situations()) {
      const facts = frozen(await factsOfSituation(name));
      const { findings } = diagnose(checks, facts, { describeError: String });
      const exposure = knownValue(facts.target)?.exposure ?? "unknown";
      cases.push({ name, facts, findings, exposure });
      for (const { id, remedies: own } of findings) {
        for (const remedy of own)
          remedies.set(JSON.stringify([remedy.id, remedy.risk, remedy.steps]), {
            remedy,
            from: `${name}: ${id}`,
          });
      }
    }
    assert.ok(remedies.size > 50);
  });

  test("a check is a pure function: frozen facts, and the same answer twice", () => {
    for (const { name, facts, findings } of cases) {
      const again = diagnose(checks, facts, { describeError: String });
      assert.deepEqual(
        again.checks.filter(({ verdict }) => verdict === "crashed"),
        [],
        name,
      );
      assert.deepEqual(again.findings, findings, name);
    }
  });

  test("findings are plain JSON, with evidence, and of a known severity", () => {
    for (const { name, findings } of cases) {
      for (const finding of findings) {
        assert.deepEqual(JSON.parse(JSON.stringify(finding)), finding, `${name}: ${finding.id}`);
        assert.ok(finding.evidence.length > 0, `${name}: ${finding.id} shows nothing for itself`);
      }
    }
  });

  for (const { name: place, deployment, line } of KINDS) {
    test(`every step of every remedy is a command or a sentence: ${place}`, () => {
      for (const { remedy, from } of remedies.values()) {
        assert.ok(remedy.steps.length > 0, `${from}: ${remedy.id} has no step`);
        for (const { step, command } of commandsFor(remedy.steps, deployment, { release: "2026.3.13" })) {
          // This program makes the proxy's file, wherever the gateway is.
          if (step.do === "proxy.write") {
            assert.match(command ?? "", /^pairing-doctor fix --remedy https-proxy --domain /);
            continue;
          }
          if (command !== undefined) {
            assert.match(command, line, `${from}: ${remedy.id}`);
            continue;
          }
          const key =
            step.do === "human"
              ? step.message
              : step.do === "compose.edit"
                ? `compose.${step.change.kind}`
                : step.do;
          // A secret goes from file to file, and into no line; a Compose file is edited, and other containers have none.
          const isByHand =
            step.do === "human" ||
            step.do === "page.open" ||
            step.do === "token.copy" ||
            step.do.startsWith("compose.");
          assert.ok(isByHand, `${from}: ${key} has no command`);
          for (const lang of languages) {
            const words = entryOf(catalogueOf(lang).human, key);
            assert.ok(words, `${from}: ${key} has no words in ${lang}`);
            assert.doesNotMatch(
              fill(words, step.do === "human" ? step.args : argsOf(step)),
              /[{}]/,
              `${from}: ${key}`,
            );
          }
        }
      }
    });
  }

  test("every remedy has words, and a caution where it weakens security or grants access", () => {
    for (const { remedy, from } of remedies.values()) {
      for (const lang of languages) {
        const words = entryOf(catalogueOf(lang).remedies, remedy.id);
        assert.ok(words, `${from}: ${remedy.id} has no words in ${lang}`);
        if (remedy.risk === "weakens-security" || remedy.risk === "grants-access")
          assert.ok((words.caution ?? "") !== "", `${from}: ${remedy.id} has no caution in ${lang}`);
      }
    }
  });

  test("nothing that weakens security comes first, or is offered to a public or unknown exposure", () => {
    let offered = 0;
    for (const { name, findings, exposure } of cases) {
      for (const { id, remedies: own } of findings) {
        const weak = own.filter(({ risk }) => risk === "weakens-security");
        offered += weak.length;
        if (weak.length === 0) continue;
        assert.notEqual(own[0]?.risk, "weakens-security", `${name}: ${id}`);
        assert.ok(exposure === "loopback" || exposure === "private", `${name}: ${id} at ${exposure}`);
      }
    }
    assert.ok(offered > 0, "no situation offers one at all, so this says nothing");
  });

  test("what is over asks for nothing", () => {
    for (const { name, findings } of cases) {
      for (const { id, variant, severity, remedies: own } of findings) {
        if (variant !== "over") continue;
        assert.equal(severity, "info", `${name}: ${id}`);
        assert.deepEqual(own, [], `${name}: ${id}`);
      }
    }
  });
});

test("where nothing is known, no check finds anything or crashes", () => {
  const { findings, checks: results } = diagnose(checks, completeFacts({}), { describeError: String });
  assert.deepEqual(findings, []);
  assert.deepEqual(
    results.filter(({ verdict }) => verdict === "crashed"),
    [],
  );
});

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) frozen(item);
  return Object.freeze(value);
}
