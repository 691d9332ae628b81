/** Which other platform a paired device may say, before and after each release that changed it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admit } from "../src/admission/admit.ts";
import type { ConnectionClient } from "../src/core/connection.ts";

const RELEASES = ["2026.2.25", "2026.3.13", "2026.5.19", "2026.7.35", "2026.8.1", "2026.9.1", "2026.9.2"];
const NODE = { id: "node-host", mode: "node" };
const CLI = { id: "cli", mode: "cli" };
const app = (name: string) => ({ id: `openclaw-${name}`, mode: "ui" });

type Said = Pick<ConnectionClient, "platform" | "deviceFamily">;

/** From another machine, so that nothing is approved silently. `y`: let in, `n`: it has to be approved again. */
const TABLE: readonly (readonly [client: ConnectionClient, pinned: Said, said: Said, answers: string])[] = [
  [CLI, { platform: "linux" }, { platform: " Linux " }, "y y y y y y y"],
  [CLI, { platform: "linux" }, { platform: "darwin" }, "y n n n n n n"],
  [CLI, {}, { platform: "darwin" }, "y y y y y y y"],
  [CLI, { platform: "linux" }, {}, "y n n n n n n"],
  [CLI, { platform: "darwin" }, { platform: "macos", deviceFamily: "Mac" }, "y n n n n n y"],
  [CLI, { platform: "darwin" }, { platform: "macos" }, "y n n n n n n"],
  [
    CLI,
    { platform: "darwin", deviceFamily: "Mac" },
    { platform: "macos", deviceFamily: "Mac" },
    "y n n n n n n",
  ],
  [CLI, { platform: "macos" }, { platform: "darwin" }, "y n n n n n n"],
  [CLI, { platform: "win32" }, { platform: "windows", deviceFamily: "Windows" }, "y n n n n n y"],
  [CLI, { platform: "linux", deviceFamily: "Linux" }, { platform: "linux" }, "y n n n n n n"],
  [NODE, { platform: "darwin" }, { platform: "macos" }, "y n y y y y y"],
  [NODE, { platform: "windows" }, { platform: "win32" }, "y n y y y y y"],
  [NODE, { platform: "linux" }, { platform: "win32" }, "y n n n n n n"],
  [NODE, { platform: "darwin" }, {}, "y n n n n n n"],
  [NODE, { platform: "macOS 15.1" }, { platform: "darwin" }, "y n n n y y y"],
  [NODE, { platform: "macOS 15.1.2.3" }, { platform: "darwin" }, "y n n n n n n"],
  [NODE, { platform: "macos", deviceFamily: "Mac" }, { platform: "darwin" }, "y n n n y y y"],
  [
    NODE,
    { platform: "macos", deviceFamily: "Mac" },
    { platform: "darwin", deviceFamily: "iPad" },
    "y n n n n n n",
  ],
  [app("ios"), { platform: "iOS 18.1" }, { platform: "iPadOS 18.2" }, "y n y y y y y"],
  [app("ios"), { platform: "iOS 18.1" }, { platform: "android 15" }, "y n n n n n n"],
  [app("android"), { platform: "Android 14" }, { platform: "Android 15" }, "y n y y y y y"],
  [app("macos"), { platform: "macOS 15.1" }, { platform: "macOS 15.2" }, "y n n n y y y"],
  [app("macos"), { platform: "darwin" }, { platform: "macOS 15.2" }, "y n n n y y y"],
  [app("macos"), { platform: "macOS 15.1" }, { platform: "macOS next" }, "y n n n n n n"],
];

for (const [client, pinned, said, answers] of TABLE) {
  test(`${client.id} ${JSON.stringify(pinned)} says ${JSON.stringify(said)}`, () => {
    const found = RELEASES.map((release) => {
      const isNode = client.mode === "node";
      const role = isNode ? "node" : "operator";
      const scopes = isNode ? [] : ["operator.read"];
      const { outcome, gate, reason } = admit({
        release,
        config: { gateway: { bind: "lan", auth: { mode: "token", token: true } } },
        connection: {
          remoteAddress: "203.0.113.7",
          headers: { host: "192.168.1.5:18789" },
          client: { ...client, ...said },
          role,
          scopes,
          auth: "valid",
          device: { state: "paired", approvedRole: role, approvedScopes: scopes, pinned },
        },
      });
      if (outcome === "refused") assert.deepEqual([gate, reason], ["pairing", "metadata-upgrade"], release);
      return outcome === "admitted" ? "y" : "n";
    });
    assert.equal(found.join(" "), answers);
  });
}
