import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { here } from "./support/cli.ts";

const FIXTURES = new URL("../fixtures/answers/", import.meta.url);

describe("the language of a reply", () => {
  const lang = async (file: string, ...args: readonly string[]) => {
    const path = decodeURIComponent(new URL(file, FIXTURES).pathname);
    const { stdout } = await here(["triage", path, ...args], { env: { LANG: "en_US.UTF-8" } });
    return /[\u4e00-\u9fff]{4}/.test(stdout) ? "zh" : "en";
  };

  test("is the ticket's own, where none is asked for", async () => {
    assert.equal(await lang("chinese-origin.md", "--format", "markdown"), "zh");
    assert.equal(await lang("compose-and-config.md", "--format", "markdown"), "en");
    assert.equal(await lang("chinese-origin.md", "--format", "markdown", "--lang", "en"), "en");
  });

  test("of what a person reads at the terminal is theirs", async () => {
    assert.equal(await lang("chinese-origin.md", "--format", "agent"), "en");
    assert.match(
      (
        await here(
          ["triage", decodeURIComponent(new URL("over.log", FIXTURES).pathname), "--format", "markdown"],
          { env: { LANG: "zh_CN.UTF-8" } },
        )
      ).stdout,
      /[\u4e00-\u9fff]{4}/,
    );
  });
});
