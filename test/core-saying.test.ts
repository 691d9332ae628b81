// Sentences are typed: what a line below expects as an error is one of the compiler's, which `npm run check` holds.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { wordsFor } from "../src/cli/words/index.ts";
import { inEnglish, quoted, say, sentence } from "../src/core/saying.ts";
import { SENTENCES } from "../src/core/sentences/index.ts";
import { fill } from "../src/core/template.ts";
import { translation } from "../src/core/translation.ts";
import { catalogueOf, sentenceOf } from "../src/report/messages/index.ts";

const english = { took: "it took {seconds} s", plain: "it is so" } as const;

test("a wrong or a missing argument does not compile, nor does a key that nobody has", () => {
  const wrong = [
    // @ts-expect-error: no such sentence
    () => say("of-another-house"),
    // @ts-expect-error: its argument is missing
    () => say("request-not-waiting"),
    // @ts-expect-error: it has another name
    () => say("request-not-waiting", { request: "r1" }),
    // @ts-expect-error: seconds are a number
    () => say("took-longer", { seconds: "5" }),
    // @ts-expect-error: why is a sentence
    () => say("edited-for", { why: "the command would drop the formatting" }),
    // @ts-expect-error: it takes none
    () => say("interrupted", { by: "somebody" }),
    // @ts-expect-error: one key is missing
    () => translation(english, { took: "用了 {seconds} 秒" }),
    // @ts-expect-error: it loses its placeholder
    () => translation(english, { took: "用了几秒", plain: "是这样" }),
    // @ts-expect-error: a placeholder that the English one does not have
    () => translation(english, { took: "用了 {seconds} 秒", plain: "{who} 是这样" }),
    // @ts-expect-error: a key that the English ones do not have
    () => translation(english, { took: "用了 {seconds} 秒", plain: "是这样", more: "还有" }),
  ];
  assert.equal(wrong.length, 10);
  assert.deepEqual(say("request-not-waiting", { id: "r1" }).args, { id: "r1" });
});

describe("a sentence", () => {
  test("holds another one, in the same language", () => {
    const why = say("place-not-written", { place: "/home/a", code: "EROFS" });
    const unkept = say("journal-unkept", { why });
    assert.match(inEnglish(unkept), /cannot be kept, as \/home\/a cannot be written \(EROFS\): /);
    assert.match(sentenceOf(catalogueOf("zh"), unkept) ?? "", /无法写入 \/home\/a（EROFS）/);
  });

  test("that holds itself again and again ends, and one of a later release is not made up", () => {
    let deep = say("interrupted");
    for (let at = 0; at < 50; at += 1) deep = say("edited-for", { why: deep });
    assert.ok(inEnglish(deep).length < 500);
    assert.equal(sentence({ message: "of-a-later-release" }, SENTENCES), undefined);
    assert.equal(sentence({ message: "constructor" }, SENTENCES), undefined);
  });

  test("another program's words are no template and stay as they are", () => {
    assert.equal(inEnglish(quoted("exit {code}: {x|none}")), "exit {code}: {x|none}");
    assert.equal(inEnglish(say("unread", { path: "{why}", why: quoted("EIO") })), "{why}: EIO");
  });
});

describe("every sentence has both languages", () => {
  const tables = [
    ["sentences", catalogueOf("en").sayings, catalogueOf("zh").sayings],
    ["the command line", wordsFor("en"), wordsFor("zh")],
  ] as const;
  // Nothing but what is filled in, or a name.
  const BARE = /^(?:[^A-Za-z\p{Script=Han}]|\{\w+\})*$/u;
  for (const [what, en, zh] of tables)
    test(what, () => {
      assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
      for (const [key, text] of Object.entries(en)) {
        const other = (zh as Readonly<Record<string, string>>)[key] ?? "";
        if (!BARE.test(text)) assert.match(other, /\p{Script=Han}/u, key);
        const spans = (one: string) => (one.match(/`[^`]*`/g) ?? []).sort();
        assert.deepEqual(spans(other), spans(text), key);
        assert.doesNotMatch(fill(other), /\p{Script=Han}[,;:!?()]|[,;!?()]\p{Script=Han}/u, key);
        assert.doesNotMatch(fill(other), /\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}/u, key);
      }
    });
});
