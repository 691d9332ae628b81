import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { displayWidth } from "../src/report/layout.ts";
import { catalogueOf, causeText, fill, wordsOf } from "../src/report/messages/index.ts";
import type { CauseText } from "../src/report/messages/types.ts";
import { CAUSES } from "./support/ledger.ts";

const REMEDIES =
  `approve-device open-dashboard-link set-allow-insecure-auth unset-retired-keys add-allowed-origin
  set-trusted-proxies set-bind-lan align-token paste-token ssh-tunnel tailscale-serve https-proxy start-gateway
  wait-for-start reload-page upgrade sync-clock update-client reject-device restart-gateway`.split(/\s+/);

const STEPS = `config.set config.unset device.list device.approve dashboard.link token.show gateway.start
  gateway.restart gateway.status logs.show doctor.fix tailscale.serve ssh.tunnel page.open`.split(/\s+/);

// Words that put the reader in the wrong, or call easy what is not.
const BANNED =
  /\b(?:just|simply|obviously|of course|easy|easily|clearly|you forgot|your mistake|stupid|wrongly)\b/i;

const languages = ["en", "zh"] as const;
const en = catalogueOf("en");
const zh = catalogueOf("zh");
const FULL_STOP = { en: /[.]$/, zh: /。$/ } as const;

function textsOf(value: unknown): string[] {
  return Object.values(leavesOf(value));
}

/** Every text by its dotted path. */
function leavesOf(value: unknown, path = ""): Record<string, string> {
  if (typeof value === "string") return { [path]: value };
  if (typeof value !== "object" || value === null) return {};
  return Object.assign({}, ...Object.entries(value).map(([key, item]) => leavesOf(item, `${path}/${key}`)));
}

for (const lang of languages) {
  const words = catalogueOf(lang);

  describe(`wording: ${lang}`, () => {
    test("every cause has every field, filled without any argument", () => {
      assert.deepEqual(Object.keys(words.causes).sort(), [...CAUSES].sort());
      for (const id of CAUSES) {
        for (const variant of [undefined, ...Object.keys(words.causes[id]?.variants ?? {})]) {
          const text = causeText(words, id, variant);
          assert.ok(text, id);
          for (const field of ["title", "healthy", "what", "why", "fix", "verify", "caveats"] as const) {
            const filled = text[field] ?? "";
            assert.ok(filled.trim().length > 0, `${id} ${variant}: ${field} is empty`);
            assert.doesNotMatch(filled, /[{}]|undefined/, `${id} ${variant}: ${field} shows a gap`);
          }
        }
      }
    });

    test("sentences end as sentences, headlines do not, and headlines stay short", () => {
      for (const id of CAUSES) {
        const text = causeText(words, id) as CauseText;
        for (const field of ["what", "why", "fix", "verify", "caveats"] as const) {
          assert.match(text[field] ?? "", FULL_STOP[lang], `${id}: ${field}`);
        }
        for (const headline of [text.title, text.healthy]) {
          assert.doesNotMatch(headline, /[.。]$/, headline);
          assert.ok(displayWidth(headline) <= 100, headline);
        }
      }
    });

    test("code spans are closed, and no space is doubled or hangs at an end", () => {
      for (const [path, text] of Object.entries(leavesOf(words))) {
        if (/^\/words\/(?:colon|inset|comma|clause|semicolon|or)$/.test(path)) continue;
        assert.doesNotMatch(text, /\s{2}|[\t\n]|^\s|\s$/, text);
        assert.equal((text.match(/`/g) ?? []).length % 2, 0, `unbalanced code span: ${text}`);
      }
    });

    test("every remedy and every step has words", () => {
      for (const id of REMEDIES) {
        const remedy = words.remedies[id];
        assert.ok(remedy && remedy.title.length > 0 && remedy.what.length > 0, id);
        for (const text of textsOf(remedy)) assert.doesNotMatch(fill(text), /[{}]/, id);
      }
      for (const id of STEPS) assert.ok(words.human[id], id);
    });
  });
}

test("nobody is blamed and nothing is called easy", () => {
  for (const text of textsOf(en)) assert.doesNotMatch(text, BANNED, text);
});

describe("the Chinese catalogue beside the English one", () => {
  const english = leavesOf(en);
  const chinese = leavesOf(zh);

  test("has the same keys", () => {
    assert.deepEqual(Object.keys(chinese).sort(), Object.keys(english).sort());
  });

  test("fills in the same arguments", () => {
    const namesIn = (text = "") =>
      [...text.matchAll(/\{[（(]?(\w+)/g)]
        .map(([, name]) => name)
        .filter((name, i, all) => all.indexOf(name) === i)
        .sort();
    for (const [path, text] of Object.entries(chinese)) {
      assert.deepEqual(namesIn(text), namesIn(english[path]), path);
    }
  });

  test("leaves commands, keys and OpenClaw's own words as they are", () => {
    const withoutFallback = (text: string) => text.replace(/\|[^{}]*\}/g, "}");
    const spans = (text = "") => (withoutFallback(text).match(/`[^`]*`/g) ?? []).sort();
    const keys = (text = "") => [...new Set(text.match(/gateway\.[A-Za-z.]+[A-Za-z]/g) ?? [])].sort();
    const releases = (text = "") => [...new Set(text.match(/\b2026\.\d+\.\d+\b/g) ?? [])].sort();
    for (const [path, text] of Object.entries(chinese)) {
      assert.deepEqual(spans(text), spans(english[path]), path);
      assert.deepEqual(keys(text), keys(english[path]), path);
      assert.deepEqual(releases(text), releases(english[path]), path);
    }
  });

  test("uses full-width punctuation between Chinese words, and a space beside Latin ones", () => {
    for (const [path, text] of Object.entries(chinese)) {
      assert.doesNotMatch(text, /\p{Script=Han}[,;:!?()]|[,;!?()]\p{Script=Han}/u, path);
      assert.doesNotMatch(
        fill(text),
        /\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/u,
        `${path}: ${text}`,
      );
    }
  });
});

describe("filling", () => {
  test("an argument is never a template itself", () => {
    assert.equal(fill("at {origin}", { origin: "{remote}", remote: "x" }), "at {remote}");
  });

  test("fallback words where there is no argument, and where it is empty", () => {
    assert.equal(fill("{client|A client} left", {}), "A client left");
    assert.equal(fill("{client|A client} left", { client: "" }), "A client left");
    assert.equal(fill("{client|A client} left", { client: "The CLI" }), "The CLI left");
  });

  test("an inset in brackets goes away without its argument", () => {
    assert.equal(fill("an address{(remote)} is"), "an address is");
    assert.equal(fill("an address{(remote)} is", { remote: "10.0.0.1" }), "an address (10.0.0.1) is");
    assert.equal(fill("地址{（remote）}不在", { remote: "10.0.0.1" }), "地址（10.0.0.1）不在");
  });

  test("in a Chinese text a space stands between Chinese and Latin, whatever the argument is", () => {
    assert.equal(fill("来自{remote|该地址}的连接", { remote: "10.0.0.1" }), "来自 10.0.0.1 的连接");
    assert.equal(fill("来自 {remote|该地址} 的连接"), "来自该地址的连接");
    assert.equal(fill("运行`{command}`后", { command: "cd 目录abc" }), "运行 `cd 目录abc` 后");
    assert.equal(fill("at {path}", { path: "/srv/数据a" }), "at /srv/数据a");
  });

  test("names of the prototype are no arguments and no keys", () => {
    assert.equal(fill("{constructor|none}", {}), "none");
    assert.equal(causeText(en, "constructor"), undefined);
    assert.equal(wordsOf(en.human, "toString"), "toString");
  });

  test("whatever an argument holds, nothing unprintable comes out", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point
        assert.doesNotMatch(fill("{value|-}", { value }), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});

test("one word for one thing, in Chinese too: an agent is no proxy, and nobody is blamed or addressed in two ways", () => {
  // 代理 is the proxy alone; 凭证, 节点 and 您 have their counterparts 凭据, node and 你.
  const STRAY = /子代理|凭证|节点|您|只需|只要[^。]*就行|显然|当然|简单地|[你](?:忘|弄错|搞错)/u;
  for (const [path, text] of Object.entries(leavesOf(zh)))
    assert.doesNotMatch(text, STRAY, `${path}: ${text}`);
});
