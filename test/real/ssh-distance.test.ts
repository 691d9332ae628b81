// A host that is far away: 50 ms on the link (a delaying proxy of the test's, as not every kernel has netem), one connection, and no more questions than are needed. The time is
// printed and held to that of twelve times `ssh host true` on the same link, never to a clock.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startGateway } from "./rig/gateway.ts";
import { whyNoNamespaces } from "./rig/namespace.ts";
import { mustRun, progress } from "./rig/processes.ts";
import { whyNoSshHost } from "./rig/ssh-host.ts";
import { type Seat, takeSeat } from "./ssh/seat.ts";

const missing = (await whyNoNamespaces()) ?? (await whyNoSshHost());
const WAY_MS = 25;

describe("a host behind SSH that is far away", { skip: missing ?? false, timeout: 1_800_000 }, () => {
  let seat: Seat;
  before(async () => {
    seat = await takeSeat([], { delayMs: WAY_MS });
  });
  after(() => seat?.leave());

  test("2026.2.1: one connection, at most twelve questions, and less than three times as long as twelve logins", async () => {
    const gateway = await startGateway({
      release: "2026.2.1",
      host: seat.network.gateway,
      config: { gateway: { bind: "loopback" } },
      startMs: 600_000,
    });
    try {
      const login = seat.network.client.inside([
        `${seat.host.bin}/ssh`,
        "-o",
        "BatchMode=yes",
        seat.host.alias,
        "true",
      ]);
      const began = Date.now();
      for (let logins = 0; logins < 12; logins += 1) await mustRun(login, { timeoutMs: 60_000 });
      const logins = Date.now() - began;
      const start = Date.now();
      await seat.diagnose([]);
      const ratio = (Date.now() - start) / logins;
      progress(`a diagnosis takes ${ratio.toFixed(2)} x twelve logins, with ${seat.questions()} questions`);
      assert.ok(seat.questions() <= 12, `${seat.questions()} questions`);
      assert.ok(ratio < 3, `${ratio.toFixed(2)} times twelve logins`);
    } finally {
      await gateway.stop();
    }
  });
});
