// A password or a PIN of digits alone, wherever it is named; and numbers that stand near such a word and are none.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createScrubber } from "../src/core/scrub.ts";

const scrub = createScrubber();

describe("is taken out", () => {
  for (const text of [
    "password: 482913",
    "password 482913",
    "my password is 482913",
    "my password was 482913, changed",
    'the password "482913" is right',
    "wrong password (482913)",
    "--password 1234",
    "--password=1234",
    "password:482913",
    "password：482913",
    '{"password":482913}',
    '{\\"password\\":482913}',
    "| password | 482913 |",
    "passcode 482913",
    "pin=4829",
    "PIN: 4829",
    "pin 4829",
    "the pin is 482913",
    '"pin": 4829,',
    "PIN码：4829",
    "密码：482913",
    "密码是482913",
    "密码 482913",
    "口令为 482913",
    "密碼：482913",
    "пароль: 482913",
  ])
    test(text, () => {
      const { text: clean, hits } = scrub(text);
      assert.doesNotMatch(clean, /\d{4}/);
      assert.equal(hits, 1);
      assert.equal(scrub(clean).text, clean);
    });
});

describe("is left", () => {
  for (const text of [
    "password attempts: 3",
    "password mismatch 1008",
    "connect failed: password 1008",
    "password required code=1008",
    "pin 2026.3.13",
    "pinned 2026",
    "password was set 2026-03-14 08:00",
    "password is 12:30",
    "token expires in 3600",
    "tokens 1200",
    "口令错误 code=1008",
    "passing 482913 bytes",
  ])
    test(text, () => assert.equal(scrub(text).text, text));
});
