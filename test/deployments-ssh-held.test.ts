// The connection to a host lasts as long as a place on it is looked at: a fleet has many hosts.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { findPlace, lookAround } from "../src/deployments/find-place.ts";
import { parseTarget } from "../src/deployments/target.ts";
import { nodeWorld } from "../src/deployments/world.ts";
import { sshStandIn } from "./support/ssh-stand-in.ts";

const skip = process.platform === "win32" ? "the stand-in for ssh is a script" : false;
const standIn = sshStandIn();
after(() => standIn.remove());

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("two places of one host share its connection, which ends with the last of them", { skip }, async () => {
  const world = nodeWorld({ env: standIn.env() });
  const look = async (text: string) => {
    const target = parseTarget(text);
    assert.ok(target.ok, text);
    return findPlace({ target: target.value, around: lookAround(target.value, { world, salt: "s" }) });
  };
  const masters = () => standIn.started().filter(({ words }) => words.includes("-M"));

  const [one, two] = [await look("ssh:vps"), await look("ssh:vps")];
  const other = await look("ssh:elsewhere");
  const [shared, separate, ...more] = masters();
  assert.ok(shared !== undefined && separate !== undefined);
  assert.deepEqual(more, []);

  one.close?.();
  // Twice is once.
  one.close?.();
  await delay(100);
  assert.ok(isAlive(shared.pid), "somebody still looks at the host");
  two.close?.();
  for (let at = 0; at < 100 && isAlive(shared.pid); at += 1) await delay(50);
  assert.ok(!isAlive(shared.pid));
  assert.ok(isAlive(separate.pid), "another host's is another matter");

  const again = await look("ssh:vps");
  assert.equal(masters().length, 1, "a later look signs in anew");
  again.close?.();
  other.close?.();
});
