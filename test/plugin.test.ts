// OpenClaw's plugin against the doubles of the host that every release has in common: what it registers, what it answers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { REFUSED } from "../src/plugin/ask-doctor.ts";
import { type Ask, answer } from "../src/plugin/chat.ts";
import { auditFindings, healthFindings } from "../src/plugin/findings.ts";
import type { ChatCommand, ChatContext, CliContext, Command, PluginApi } from "../src/plugin/host.ts";
import type { FixDocument } from "../src/report/fix-report.ts";
import { type JsonReport, toJsonReport } from "../src/report/json.ts";
import { ensureBuilt } from "./support/cli.ts";
import { fixReports } from "./support/fix-reports.ts";
import { diagnoseSituation, situations } from "./support/situation.ts";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Record<string, unknown>;
const manifest = json("openclaw.plugin.json");
const pack = json("package.json");

const REQUEST = "0f5a3c1e-1111-4222-8333-444455556666";

interface Plugin {
  readonly id: string;
  register(api: PluginApi): void;
}

async function built(): Promise<Plugin> {
  const path = join(ensureBuilt(), "..", "plugin.js");
  return ((await import(pathToFileURL(path).href)) as { default: Plugin }).default;
}

test("manifest, package and plugin name the same thing", async () => {
  const plugin = await built();
  // Up to 2026.2 the package's own name is the id.
  assert.equal(plugin.id, pack.name);
  assert.equal(manifest.id, pack.name);
  assert.equal(manifest.version, pack.version);
  assert.deepEqual((pack.openclaw as { extensions: string[] }).extensions, ["./dist/plugin.js"]);
  assert.ok((pack.files as string[]).includes("openclaw.plugin.json"));
  // A gateway of 2026.9.6 starts without a plugin that does not say so, and its chats then have no command (measured).
  assert.deepEqual(manifest.activation, { onStartup: true });
});

test("the built plugin stands alone: no chunk, no top-level await, no require", () => {
  const text = readFileSync(join(ensureBuilt(), "..", "plugin.js"), "utf8");
  const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from);
  assert.deepEqual(
    imports.filter((from) => !from?.startsWith("node:")),
    [],
  );
  assert.doesNotMatch(text, /^(?:const \w+ = )?await |\brequire\(/m);
});

describe("register", () => {
  test("gives the command, the chat's command and the audit, as often as it is called, and waits for nothing", async () => {
    const plugin = await built();
    const commands: string[] = [];
    const chat: ChatCommand[] = [];
    const audits: unknown[] = [];
    const api: PluginApi = {
      registerCli: (register, options) => {
        commands.push(...(options?.commands ?? []));
        const words: unknown[] = [];
        const command: Command = {
          command: (name) => {
            words.push(name);
            return command;
          },
          description: () => command,
          allowUnknownOption: () => command,
          allowExcessArguments: () => command,
          helpOption: () => command,
          argument: () => command,
          action: () => command,
        };
        register({ program: command } satisfies CliContext);
        assert.deepEqual(words, ["pairing-doctor"]);
      },
      registerCommand: (command) => chat.push(command),
      registerSecurityAuditCollector: (collector) => audits.push(collector),
    };
    for (let i = 0; i < 2; i++) assert.equal(plugin.register(api), undefined);
    assert.deepEqual(commands, ["pairing-doctor", "pairing-doctor"]);
    assert.equal(audits.length, 2);
    const [command] = chat;
    // 2026.2.1's rule for a name, and Telegram's, which has no hyphen.
    assert.match(command?.name ?? "", /^[a-z][a-z0-9_]{0,31}$/);
    assert.equal(command?.requireAuth, true);
    assert.deepEqual(command?.requiredScopes, ["operator.pairing"]);
  });

  test("a host that has none of the doors loads it all the same", async () => {
    (await built()).register({});
  });
});

const classic = async (): Promise<JsonReport> =>
  toJsonReport(await diagnoseSituation("classic-2026.3.13"), "en");

/** The command's answers; what it was asked. */
function asking(documents: Readonly<Record<string, unknown>>): { ask: Ask; asked: string[][] } {
  const asked: string[][] = [];
  const ask: Ask = async (args) => {
    asked.push([...args]);
    const key = args.includes("--dry-run") ? "plan" : (args[0] ?? "");
    return documents[key];
  };
  return { ask, asked };
}

const EVIL = "evil`\n/pairing_doctor approve x ![](http://x)";
const PLAN = {
  requests: [
    {
      requestId: REQUEST,
      deviceId: "d",
      client: EVIL,
      address: "172.18.0.1",
      role: "operator",
      scopes: ["operator.read"],
    },
  ],
};

describe("the chat's command", () => {
  const owner: ChatContext = { isAuthorizedSender: true, senderIsOwner: true };

  test("what a stranger put into a sentence is no link, no picture, no element, and calls nobody", async () => {
    const report = await classic();
    const [finding] = report.findings;
    assert.ok(finding !== undefined);
    const evil = "![x](http://e) ![x][r] <img src=e> <!channel> <@U1> @everyone @here";
    const findings = [{ ...finding, title: evil, message: evil, fixHint: evil }];
    const text = await answer(owner, asking({ diagnose: { ...report, findings }, plan: PLAN }).ask, "en");
    assert.doesNotMatch(text.replaceAll(/`[^`]*`/g, ""), /\]\(|\]\[|<[a-z!/@#]|@(?:everyone|here)/i);
  });

  test("an owner gets the finding, the request that waits and the exact command; nothing is changed", async () => {
    const report = await classic();
    const { ask, asked } = asking({ diagnose: report, plan: PLAN });
    const text = await answer(owner, ask, "en");
    const [finding] = report.findings;
    assert.match(text, new RegExp(`^\\*\\*${finding?.code} `));
    assert.ok(text.includes(`/pairing_doctor approve ${REQUEST}`));
    assert.ok(text.includes(finding?.remedies[0]?.commands[0] ?? "-"));
    for (const args of asked) assert.ok(args[0] === "diagnose" || args.includes("--dry-run"), args.join(" "));
    // A stranger's words stay in one code span of one line.
    assert.doesNotMatch(text.replace(/`[^`\n]*`/g, ""), /evil|!\[/);
  });

  test("an approval is of the one request whose id was typed", async () => {
    const kept =
      fixReports[Object.keys(fixReports).find((name) => fixReports[name]?.outcome === "kept") ?? ""];
    const { ask, asked } = asking({
      fix: { ...kept, outcome: "kept" } satisfies Partial<FixDocument> | object,
    });
    let current = 0;
    const text = await answer(
      { ...owner, args: `approve ${REQUEST}`, assertOwnerCurrent: () => current++ },
      ask,
      "en",
    );
    assert.match(text, /^Approved: /);
    assert.equal(current, 1);
    assert.equal(asked.length, 1);
    const line = asked[0]?.join(" ") ?? "";
    assert.ok(
      line.startsWith(`fix --remedy approve-device --request ${REQUEST} --yes --allow-risk grants-access`),
      line,
    );
    const refused = await answer(
      { ...owner, args: `approve ${REQUEST}` },
      asking({ fix: { ...kept, outcome: "rolled-back" } }).ask,
      "en",
    );
    assert.match(refused, /^Not approved: rolled-back/);
  });

  test("an id that no request has: the command refuses the question, and that is said", async () => {
    const text = await answer({ ...owner, args: `approve ${REQUEST}` }, asking({ fix: REFUSED }).ask, "en");
    assert.match(text, /^Nothing was approved: no request/);
  });

  for (const args of [
    "approve",
    "approve --latest",
    "approve latest",
    `approve ${REQUEST};id`,
    "approve ../../x",
    `approve ${REQUEST} --allow-risk`,
    "fix",
    "approve-all",
  ])
    test(`"${args}" approves nothing`, async () => {
      const { ask, asked } = asking({});
      const text = await answer({ ...owner, args }, ask, "en");
      assert.deepEqual(asked, []);
      assert.match(text, /no id of a request|lets one device in/);
    });

  const NOT_OWNERS: readonly ChatContext[] = [
    { isAuthorizedSender: true, senderIsOwner: false },
    { isAuthorizedSender: false, senderIsOwner: true },
    { isAuthorizedSender: true, gatewayClientScopes: ["operator.read"] },
    { isAuthorizedSender: true, gatewayClientScopes: [] },
    { isAuthorizedSender: true, senderIsOwner: false, gatewayClientScopes: ["operator.admin"] },
    { isAuthorizedSender: 0, senderIsOwner: true } as unknown as ChatContext,
    { isAuthorizedSender: true, senderIsOwner: "false" } as unknown as ChatContext,
  ];
  for (const context of NOT_OWNERS)
    test(`${JSON.stringify(context)} gets nothing`, async () => {
      for (const args of ["", `approve ${REQUEST}`]) {
        const { ask, asked } = asking({});
        assert.equal(await answer({ ...context, args }, ask, "en"), "Only an owner may ask that here.");
        assert.deepEqual(asked, []);
      }
    });

  test("a release that does not tell who an owner is: the diagnosis, no request, no approval", async () => {
    const { ask, asked } = asking({ diagnose: await classic(), plan: PLAN });
    const text = await answer({ isAuthorizedSender: true }, ask, "en");
    assert.doesNotMatch(text, /approve 0f5a/);
    assert.equal(asked.length, 1);
    const approval = await answer({ isAuthorizedSender: true, args: `approve ${REQUEST}` }, ask, "en");
    assert.match(approval, new RegExp(`does not tell .* \`openclaw devices approve ${REQUEST}\``));
    assert.equal(asked.length, 1);
  });

  test("a client of the gateway with the scope counts as an owner", async () => {
    const { ask } = asking({ diagnose: await classic(), plan: PLAN });
    const context = { isAuthorizedSender: true, gatewayClientScopes: ["operator.pairing"] };
    assert.ok((await answer(context, ask, "zh")).includes(REQUEST));
  });

  test("an owner who is none any more is heard by the host's own word", async () => {
    const { ask, asked } = asking({ fix: {} });
    const gone = () => {
      throw new Error("no owner");
    };
    await assert.rejects(
      answer({ ...owner, args: `approve ${REQUEST}`, assertOwnerCurrent: gone }, ask, "en"),
      /no owner/,
    );
    assert.deepEqual(asked, []);
  });

  test("no document is no health", async () => {
    assert.match(await answer(owner, asking({}).ask, "en"), /gave no answer/);
    const open = { ...(await classic()), findings: [], verdict: "undetermined" };
    assert.match(await answer(owner, asking({ diagnose: open }).ask, "en"), /could not be found out/);
    const healthy = { ...open, verdict: "healthy" };
    assert.equal(
      await answer(owner, asking({ diagnose: healthy }).ask, "en"),
      "Nothing keeps the Control UI out.",
    );
  });
});

describe("findings in the host's contracts", () => {
  test("of every situation: what is over is not told, the rest has every field", async () => {
    for (const name of situations().slice(0, 60)) {
      const report = toJsonReport(await diagnoseSituation(name), "en");
      const expected = report.findings.filter(({ severity }) => severity !== "info");
      const audit = auditFindings(report);
      assert.equal(audit.length, expected.length);
      for (const [at, { checkId, severity, title, detail }] of audit.entries()) {
        assert.equal(checkId, `pairing-doctor.${expected[at]?.id}`);
        assert.equal(severity, expected[at]?.severity === "error" ? "critical" : "warn");
        assert.ok(title.length > 0 && detail.length > 0);
      }
      const health = healthFindings(report, "openclaw-pairing-doctor/admission");
      assert.deepEqual(
        health.map(({ errorCode }) => errorCode),
        expected.map(({ code }) => code),
      );
      for (const { checkId } of health) assert.ok(!checkId.startsWith("core/doctor/"));
    }
  });
});
