// The page of `pairing-doctor web` in a real Chromium, opened from its file in a network namespace where nothing is: it
// says what the command line says, asks for nothing, and axe-core finds nothing on it or on the HTML report.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { tar, tarGz, zip, zstd } from "../support/archives.ts";
import { cli, fixture, here } from "../support/cli.ts";
import { BIN } from "./rig/doctor.ts";
import { mustRun } from "./rig/processes.ts";

const WEB = pathToFileURL(path.join(path.dirname(BIN), "web.html")).href;
/** Pictures are left here for somebody to look at. */
const PICTURES = process.env.PAIRING_DOCTOR_PICTURES;

const work = mkdtempSync(path.join(tmpdir(), "opd-web-"));
let browser: Browser;

before(async () => {
  const executable = (await mustRun(["sh", "-c", "command -v chromium"])).trim();
  const wrapper = path.join(work, "chromium");
  writeFileSync(wrapper, `#!/bin/sh\nexec unshare --net env HOME='${work}' '${executable}' "$@"\n`);
  chmodSync(wrapper, 0o755);
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath: wrapper, args, timeout: 60_000 });
  if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
});

after(async () => {
  await browser?.close();
  rmSync(work, { recursive: true, force: true, maxRetries: 5 });
});

const LANGS = ["en", "zh"] as const;
const THEMES = ["light", "dark"] as const;
const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1200, height: 850 } } as const;
const LOOKS = LANGS.flatMap((lang) =>
  THEMES.flatMap((colorScheme) =>
    Object.entries(WIDTHS).map(([width, viewport]) => ({
      name: `${lang}-${colorScheme}-${width}`,
      lang,
      options: { colorScheme, viewport } as const,
    })),
  ),
);

/** Does `work` in a page of its own; whatever the page asked for or complained of is wrong. */
async function inPage(
  url: string,
  options: BrowserContextOptions,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  try {
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("request", (request) => {
      if (!/^(?:file|blob|data):/.test(request.url())) wrong.push(`asked for ${request.url()}`);
    });
    page.on("websocket", (socket) => wrong.push(`a socket to ${socket.url()}`));
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => wrong.push(message.text()));
    await page.goto(url);
    await work(page);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
  readonly passes: readonly unknown[];
}

const UNFOLD = "for (const details of document.querySelectorAll('details')) details.open = true";

async function mustBeAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<AxeResult>("axe.run(document)");
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(told, [], what);
  assert.ok(passes.length > 15, what);
  // Nothing is cut off at the side.
  const over = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assert.ok(over <= 0, `${what}: ${over} pixels too wide`);
  if (PICTURES !== undefined)
    await page.screenshot({ path: path.join(PICTURES, `${what}.png`), fullPage: true });
}

type Ticket = readonly (readonly [name: string, content: Uint8Array])[];

async function handIn(page: Page, ticket: Ticket): Promise<void> {
  const files = ticket.map(([name, content]) => ({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content),
  }));
  await page.locator("#ticket-files").setInputFiles(files);
  await read(page);
}

async function read(page: Page): Promise<void> {
  await page.locator("#ticket-form button[type=submit]").click();
  await page.locator("#answer-body h1").waitFor();
}

async function shown(page: Page, form: "json" | "markdown" | "agent"): Promise<string> {
  await page.locator("#answer-form").selectOption(form);
  return (await page.locator("#answer-body pre").textContent()) ?? "";
}

const of = (...names: readonly string[]): Ticket =>
  names.map((name) => [path.basename(name), readFileSync(fixture(name))]);

const log = readFileSync(fixture("situations/classic-2026.2.1/gateway.log"));
const config = readFileSync(fixture("situations/classic-2026.3.13-switch-set/openclaw.json"));

/** In all the forms in which tickets come. */
const TICKETS: Readonly<Record<string, () => Ticket | Promise<Ticket>>> = {
  "a ticket in Chinese": () => of("answers/chinese-origin.md"),
  "a ticket with a Compose file and a config": () => of("answers/compose-and-config.md"),
  "hostile text": () => of("answers/hostile.txt"),
  "a cluster, with a token": () => of("answers/kubernetes-token.txt"),
  "nothing that is recognised": () => of("answers/not-recognised.txt"),
  "what is over": () => of("answers/over.log"),
  "the classic one": () => of("situations/classic-2026.2.1/gateway.log"),
  "shortened lines": () => of("situations/classic-2026.2.1-shortened/ticket.log"),
  "a log and its config": () =>
    of(
      "situations/classic-2026.3.13-switch-set/gateway.log",
      "situations/classic-2026.3.13-switch-set/openclaw.json",
    ),
  "a loopback bind in a container": () =>
    of("situations/bind-loopback-docker/terminal.log", "situations/bind-loopback-docker/openclaw.json"),
  "another subsystem": () => of("logs/aside.log"),
  "the page's own words": () => of("logs/client-page.log"),
  "a log of JSON lines": () => of("logs/file-2026.5.28.jsonl"),
  "the manifests of a cluster": () => of("kubernetes/loopback-behind-service.json"),
  gzip: () => [["gateway.log.gz", gzipSync(log)]],
  "gzip in several members, as log rotation appends them": () => {
    const half = log.indexOf("\n", log.length / 2) + 1;
    const members = [log.subarray(0, half), log.subarray(half)].map((part) => gzipSync(part));
    return [["gateway.log.gz", Buffer.concat(members)]];
  },
  Zstandard: () => [["gateway.log.zst", zstd(log)]],
  tar: () => [["all.tar", tar(["gateway.log", log], ["openclaw.json", config])]],
  "tar.gz, with a name that leads elsewhere": () => [
    ["all.tar.gz", tarGz(["gateway.log", log], ["../../etc/passwd", "root"], ["openclaw.json", config])],
  ],
  zip: async () => [
    [
      "all.zip",
      await zip([
        ["logs/gateway.log", log],
        ["openclaw.json", config],
      ]),
    ],
  ],
  "zip, with a name that leads elsewhere": async () => [
    [
      "all.zip",
      await zip(
        [
          ["logs/gateway.log", log],
          ["qqqqqqqqqqqqqqqq", "root"],
          ["openclaw.json", config],
        ],
        { rename: { qqqqqqqqqqqqqqqq: "../../etc/passwd" } },
      ),
    ],
  ],
  "UTF-16 with Windows line ends": () => [
    ["gateway.log", Buffer.from(`\ufeff${log.toString().replaceAll("\n", "\r\n")}`, "utf16le")],
  ],
  "nothing in it": () => [["empty.txt", Buffer.alloc(0)]],
};

describe("a ticket that is read in the page", () => {
  for (const [name, ticket] of Object.entries(TICKETS))
    test(`${name}: the same document as on the command line`, async () => {
      const files = await ticket();
      const folder = mkdtempSync(path.join(work, "ticket-"));
      const paths = files.map(([file, content]) => {
        const own = path.join(folder, file);
        writeFileSync(own, content);
        return own;
      });
      const { stdout, stderr } = await cli(["triage", "--json", ...paths]);
      assert.equal(stderr, "");
      await inPage(`${WEB}#ticket=&lang=en`, {}, async (page) => {
        await handIn(page, files);
        assert.deepEqual(JSON.parse(await shown(page, "json")), JSON.parse(stdout));
        const there = await here(["triage", "--format", "markdown", ...paths]);
        assert.equal(await shown(page, "markdown"), there.stdout);
        assert.doesNotMatch(await page.content(), /lantern-sextant/);
        await page.locator("#language").click();
        await page.locator("html[lang=zh-CN]").waitFor();
        const chinese = await here(["triage", "--json", "--lang", "zh", ...paths]);
        assert.deepEqual(JSON.parse(await shown(page, "json")), JSON.parse(chinese.stdout));
        const agent = await here(["triage", "--format", "agent", "--lang", "zh", ...paths]);
        assert.equal(await shown(page, "agent"), agent.stdout);
      });
    });

  test("pasted, with what is known besides, by keyboard alone", async () => {
    await inPage(`${WEB}#ticket=&lang=en`, {}, async (page) => {
      await page.locator("#ticket-text").focus();
      await page.keyboard.insertText(log.toString());
      for (const key of ["Tab", "Tab", "Enter", "Tab"]) await page.keyboard.press(key);
      await page.keyboard.type("2026.2.1");
      for (const key of ["Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
      await page.locator("#answer-body h1").waitFor();
      assert.equal(await page.evaluate("document.activeElement.tagName"), "H1");
      assert.match((await page.locator("#status").textContent()) ?? "", /^Done: .*Docker/);
      const { gateway, findings } = JSON.parse(await shown(page, "json"));
      assert.equal(gateway.version, "2026.2.1");
      assert.equal(findings[0].id, "docker-nat-not-local");
    });
  });

  test("nothing to read, and a release that is none, are said", async () => {
    await inPage(`${WEB}#ticket=&lang=en`, {}, async (page) => {
      const submit = page.locator("#ticket-form button[type=submit]");
      await submit.click();
      assert.match((await page.locator("#status").textContent()) ?? "", /nothing to read/);
      await page.locator("#ticket-text").fill("x");
      await page.locator("summary").first().click();
      await page.locator("#ticket-release").fill("yesterday");
      await submit.click();
      assert.match((await page.locator("#status").textContent()) ?? "", /yesterday/);
    });
  });

  test("a change of the language keeps what was given and what came of it", async () => {
    await inPage(`${WEB}#ticket=&lang=en`, {}, async (page) => {
      await page.locator("#ticket-text").fill(log.toString());
      await read(page);
      await page.locator("#language").click();
      await page.locator("html[lang=zh-CN]").waitFor();
      assert.match((await page.locator("#answer-body h1").textContent()) ?? "", /\p{Script=Han}/u);
      assert.equal(await page.locator("#ticket-text").inputValue(), log.toString());
    });
  });
});

describe("what if", () => {
  test("a link leads to an answer, and a choice makes a link", async () => {
    await inPage(`${WEB}#release=2026.2.1&lang=en`, {}, async (page) => {
      const headline = page.locator("#what-if-answer h1");
      assert.match((await headline.textContent()) ?? "", /^refused at pairing/);
      assert.match(
        (await page.locator("#what-if-answer").textContent()) ?? "",
        /devices approve <requestId>/,
      );
      await page.locator("#choice-release").selectOption("2026.9.6");
      assert.match((await headline.textContent()) ?? "", /^admitted, and approved by itself/);
      await page.locator("#choice-via").selectOption("proxy");
      assert.match((await headline.textContent()) ?? "", /^refused at proxy attribution/);
      await page.locator("#choice-proxyTrusted").check();
      assert.match((await headline.textContent()) ?? "", /^refused at pairing/);
      assert.match((await page.locator("#status").textContent()) ?? "", /^refused at pairing/);
      const link = page.url();
      assert.match(link, /#release=2026\.9\.6&via=proxy&proxyTrusted=yes&lang=en$/);
      await page.goto("about:blank");
      await page.goto(link);
      assert.match((await headline.textContent()) ?? "", /^refused at pairing/);
      assert.equal(await page.locator("#choice-via").inputValue(), "proxy");
    });
  });

  test("a gateway that does not start lets nobody in", async () => {
    await inPage(`${WEB}#release=2026.9.6&mode=none&lang=en`, {}, async (page) => {
      assert.match((await page.locator("#what-if-answer h1").textContent()) ?? "", /does not start/);
    });
  });

  test("what a link has in it beside choices does nothing", async () => {
    const hostile = encodeURIComponent("<img src=x onerror=alert(1)>");
    await inPage(`${WEB}#release=${hostile}&via=${hostile}&${hostile}=1&__proto__=x`, {}, async (page) => {
      await page.locator("#what-if-answer h1").waitFor();
      assert.equal(await page.locator("img").count(), 0);
    });
  });
});

test("the page could not ask for anything if it wanted to", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(WEB);
  await page.locator("#ticket-text").waitFor();
  const blocked = await page.evaluate<string[]>(`(async () => {
    const blocked = [];
    document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
    await fetch("http://127.0.0.1:9/").catch(() => undefined);
    new Image().src = "http://127.0.0.1:9/";
    try { new WebSocket("ws://127.0.0.1:9/"); } catch {}
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    await new Promise((done) => setTimeout(done, 300));
    return [...blocked, String(window.ran)];
  })()`);
  await context.close();
  assert.deepEqual([...new Set(blocked)].sort(), ["connect-src", "img-src", "script-src-elem", "undefined"]);
});

describe("axe-core finds nothing", () => {
  for (const { name, lang, options } of LOOKS) {
    test(`on the page, ${name}`, async () => {
      await inPage(`${WEB}#ticket=&lang=${lang}`, options, async (page) => {
        await page.locator("#ticket-text").waitFor();
        await mustBeAccessible(page, `empty-${name}`);
        await handIn(page, of("answers/compose-and-config.md"));
        await page.evaluate(UNFOLD);
        await mustBeAccessible(page, `answer-${name}`);
        await shown(page, "markdown");
        await mustBeAccessible(page, `reply-${name}`);
      });
      for (const link of [
        "release=2026.3.13&via=lan",
        "release=2026.9.6",
        "release=2026.9.6&mode=none&allowInsecureAuth=yes",
      ])
        await inPage(`${WEB}#${link}&lang=${lang}`, options, async (page) => {
          await page.locator("#what-if-answer h1").waitFor();
          await mustBeAccessible(page, `what-if-${link.replaceAll(/\W/g, "-")}-${name}`);
        });
    });

    test(`on the HTML report, ${name}`, async () => {
      for (const file of ["compose-and-config.md", "not-recognised.txt", "over.log", "hostile.txt"]) {
        const report = path.join(work, `${file}-${name}.html`);
        await here([
          "triage",
          "--format",
          "html",
          "--lang",
          lang,
          "--output",
          report,
          fixture(`answers/${file}`),
        ]);
        await inPage(pathToFileURL(report).href, options, async (page) => {
          await page.evaluate(UNFOLD);
          await mustBeAccessible(page, `report-${file.replace(/\.\w+$/, "")}-${name}`);
        });
      }
    });
  }
});
