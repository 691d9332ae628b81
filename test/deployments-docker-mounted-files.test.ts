// What keeps the config of a container where it is: told before anything is tried.
import assert from "node:assert/strict";
import { test } from "node:test";
import { heldBy } from "../src/deployments/docker/mounted-files.ts";

const FILE = "/home/node/.openclaw/openclaw.json";
const mount = (Destination: string, RW: boolean, Source = "/srv/claw") => ({ Destination, RW, Source });

const cases = [
  ["a folder that may be written to", [mount("/home/node/.openclaw", true)], false, undefined],
  ["no mount", [mount("/home/node/.openclawx", false)], false, undefined],
  ["no mount, and a root that may not", [mount("/data", true)], true, /container that may not be written/],
  ["a read-only folder", [mount("/home/node", false)], false, /read-only from \/srv\/claw: change it there/],
  ["the inner mount counts", [mount("/home", false), mount("/home/node/.openclaw/", true)], false, undefined],
  ["a file of its own", [mount(FILE, true), mount("/", false)], false, /single file from \/srv\/claw/],
  ["a read-only file of its own", [mount("/", true), mount(FILE, false)], false, /read-only from/],
  ["a volume, by its name", [{ ...mount("/home/node", false), Name: "claw_state" }], false, /claw_state/],
] as const;

for (const [title, mounts, readOnlyRoot, words] of cases)
  test(title, () => {
    const held = heldBy(mounts, FILE, readOnlyRoot);
    if (words === undefined) assert.equal(held, undefined);
    else {
      assert.equal(held?.reason, "denied");
      assert.match(held.message, words);
    }
  });
