// The page of `pairing-doctor web`, as far as it has no screen: its address, its words, its one file. In a browser it is
// tried by test/real/web.test.ts.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { createContext, Script } from "node:vm";
import { admit } from "../src/admission/admit.ts";
import { webPage } from "../src/build/web.ts";
import {
  CHOICE_RELEASES,
  CHOICES,
  type Choices,
  choicesFrom,
  chosen,
  USUAL,
} from "../src/doctor/pure/what-if/choices.ts";
import { whatIfReport } from "../src/doctor/pure/what-if/what-if-report.ts";
import { hashOf, placeOf } from "../src/web/place.ts";
import { webWords } from "../src/web/words/index.ts";

describe("an address of the page", () => {
  test("leads to what was chosen, and back to itself", () => {
    const hash = "#release=2026.3.13&via=lan&secret=wrong&lang=zh";
    const place = placeOf(hash);
    assert.deepEqual(place, {
      view: "what-if",
      choices: { ...USUAL, release: "2026.3.13", via: "lan", secret: "wrong" },
      lang: "zh",
    });
    assert.equal(hashOf(place), hash);
  });

  test("without choices is the ticket's, also where it means nothing", () => {
    for (const hash of ["", "#", "#ticket=", "#ticket=&lang=xx", "#%", "#__proto__=release"])
      assert.deepEqual(placeOf(hash), { view: "ticket", choices: USUAL }, hash);
  });

  test("with what is no choice has the usual one", () => {
    assert.deepEqual(placeOf("#release=yesterday&via=tunnel&bind=__proto__").choices, USUAL);
    assert.equal(placeOf("#release=2026.2.6-3").choices.release, "2026.2.6-3");
  });
});

describe("every choice", () => {
  /** Each value of each choice, with the others as they usually are, in old and new releases. */
  const cases = ["2026.2.1", "2026.3.13", "2026.5.28", CHOICE_RELEASES[0] ?? ""].flatMap((release) =>
    Object.entries(CHOICES).flatMap(([key, values]) =>
      values.map((value) => ({ ...USUAL, release, [key]: value })),
    ),
  );

  test("has an answer, and a refusal has its gate, its broken hop, a finding and a remedy", () => {
    const bare: string[] = [];
    for (const choices of cases) {
      const { input } = chosen(choices);
      const told = whatIfReport(input, choices.deployment);
      if ("startup" in told) continue;
      const { verdict, gateway, path, findings } = told.report;
      const { outcome, gate } = admit(input);
      assert.equal(gateway.admission?.gate, gate);
      assert.equal(verdict, outcome === "refused" ? "found" : "healthy");
      assert.deepEqual(
        path.flatMap(({ breaks }) => breaks?.gate ?? []),
        gate === undefined ? [] : [gate],
      );
      if (outcome === "refused" && !findings.some(({ remedies }) => remedies.length > 0))
        bare.push(hashOf({ view: "what-if", choices }));
    }
    assert.deepEqual(bare, []);
  });

  test("moves something in some release", () => {
    const keys = Object.keys(CHOICES) as (keyof typeof CHOICES)[];
    const still = keys.flatMap((key) => {
      const moves = (value: string): boolean =>
        WAYS.some(([via, mode]) =>
          CHOICE_RELEASES.some((release) => {
            const usual = { ...USUAL, originAllowed: "no", via, mode, release, [key]: CHOICES[key][0] };
            return told(choicesFrom(usual)) !== told(choicesFrom({ ...usual, [key]: value }));
          }),
        );
      return CHOICES[key].slice(1).flatMap((value) => (moves(value) ? [] : `${key}=${value}`));
    });
    // Tunnels and port-forwards arrive from loopback, as a browser on the machine itself does.
    assert.deepEqual(still, ["via=ssh", "via=port-forward"]);
  });
});

const WAYS = CHOICES.via.flatMap((via) =>
  (["token", "trusted-proxy"] as const).map((mode) => [via, mode] as const),
);

function told(choices: Choices): string {
  const { input } = chosen(choices);
  return JSON.stringify([choices.deployment, admit(input), input.config]);
}

test("a setting that a release does not know is left out, and whoever asked for it hears that", () => {
  const { input, notes } = chosen({ ...USUAL, release: "2026.2.1", hostFallback: "yes" });
  assert.deepEqual(input.config.gateway?.controlUi ?? {}, {});
  assert.deepEqual(
    notes.map(({ message }) => message),
    ["key-left-out"],
  );
});

test("the words are there in both languages, and not the same", () => {
  const [en, zh] = [webWords("en"), webWords("zh")];
  const same = Object.keys(en).filter((key) => en[key as keyof typeof en] === zh[key as keyof typeof zh]);
  assert.deepEqual(same, ["answer.json", "allowTailscale.yes", "allowTailscale.no"]);
});

describe("the file", async () => {
  const page = await webPage();

  test("is small, and the same each time it is made", async () => {
    assert.ok(page.length < 500_000, `${page.length} bytes`);
    assert.equal(Buffer.byteLength(page), Buffer.byteLength(await webPage()));
    assert.equal(await webPage(), page);
  });

  test("names no other place, and its policy allows none", () => {
    const outside = page.replace(/<script type="text\/plain"[^>]*>[^<]*/, "");
    assert.doesNotMatch(outside, /(?:src|href)="(?!data:,")|url\(|@import|https?:\/\//);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? "";
    assert.match(policy, /^default-src 'none'; /);
    assert.doesNotMatch(policy, /unsafe|blob:|https?:|\*/);
    assert.ok(page.indexOf("Content-Security-Policy") < page.indexOf("<script"));
  });

  test("has the very scripts and the style that its policy names", () => {
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const [, load = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const [, packed = ""] = /id="program">([^<]*)</.exec(page) ?? [];
    // The loader unpacks the program as it does in a browser.
    const script = { textContent: "" };
    const replaced: unknown[] = [];
    const document = {
      getElementById: () => ({ textContent: packed, replaceWith: (one: unknown) => replaced.push(one) }),
      createElement: () => script,
    };
    new Script(load).runInContext(createContext({ document, atob, TextDecoder, Uint8Array }));
    assert.deepEqual(replaced, [script]);
    assert.match(script.textContent, /docker-nat-not-local/);
    assert.match(script.textContent, /ISC License|MIT License/);
    for (const text of [style, load, script.textContent]) assert.ok(page.includes(hash(text)));
  });
});
