import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LocateInput, locateConfig } from "../src/config/locate.ts";

function locate(more: Partial<LocateInput> = {}) {
  return locateConfig({ env: {}, homedir: "/home/user", platform: "linux", cwd: "/srv", ...more });
}

/** input, config path, state directory. */
const GRID: readonly (readonly [string, Partial<LocateInput>, string, string])[] = [
  ["nothing set", {}, "/home/user/.openclaw/openclaw.json", "/home/user/.openclaw"],
  ["--profile", { profile: "work" }, "/home/user/.openclaw-work/openclaw.json", "/home/user/.openclaw-work"],
  ["--profile default", { profile: "Default" }, "/home/user/.openclaw/openclaw.json", "/home/user/.openclaw"],
  [
    "OPENCLAW_PROFILE",
    { env: { OPENCLAW_PROFILE: "dev" } },
    "/home/user/.openclaw-dev/openclaw.json",
    "/home/user/.openclaw-dev",
  ],
  [
    "OPENCLAW_STATE_DIR",
    { env: { OPENCLAW_STATE_DIR: "/data/.openclaw" } },
    "/data/.openclaw/openclaw.json",
    "/data/.openclaw",
  ],
  ["~ in it", { env: { OPENCLAW_STATE_DIR: "~/claw" } }, "/home/user/claw/openclaw.json", "/home/user/claw"],
  ["a relative one", { env: { OPENCLAW_STATE_DIR: "claw" } }, "/srv/claw/openclaw.json", "/srv/claw"],
  [
    "OPENCLAW_CONFIG_PATH",
    { env: { OPENCLAW_CONFIG_PATH: "/etc/oc.json" } },
    "/etc/oc.json",
    "/home/user/.openclaw",
  ],
  [
    "both",
    { env: { OPENCLAW_CONFIG_PATH: "/data/openclaw.json", OPENCLAW_STATE_DIR: "/data" } },
    "/data/openclaw.json",
    "/data",
  ],
  [
    "OPENCLAW_HOME",
    { env: { OPENCLAW_HOME: "/srv/claw" } },
    "/srv/claw/.openclaw/openclaw.json",
    "/srv/claw/.openclaw",
  ],
  [
    "an empty variable",
    { env: { OPENCLAW_STATE_DIR: "  " } },
    "/home/user/.openclaw/openclaw.json",
    "/home/user/.openclaw",
  ],
  ["an earlier name", { env: { CLAWDBOT_STATE_DIR: "/old" } }, "/old/openclaw.json", "/old"],
  [
    "a profile that is none",
    { profile: "../../etc" },
    "/home/user/.openclaw/openclaw.json",
    "/home/user/.openclaw",
  ],
  [
    "Windows",
    { platform: "win32", homedir: "C:\\Users\\me", profile: "work" },
    "C:\\Users\\me\\.openclaw-work\\openclaw.json",
    "C:\\Users\\me\\.openclaw-work",
  ],
];

describe("where the config is", () => {
  for (const [name, input, configPath, stateDir] of GRID)
    test(name, () => {
      const found = locate(input);
      assert.equal(found.configPath, configPath);
      assert.equal(found.stateDir, stateDir);
      assert.equal(found.candidates[0]?.configPath, configPath);
    });

  test("directories of earlier names come after the own one", () => {
    const paths = locate().candidates.map(({ configPath }) => configPath);
    assert.ok(
      paths.indexOf("/home/user/.clawdbot/clawdbot.json") >
        paths.indexOf("/home/user/.openclaw/openclaw.json"),
    );
    assert.ok(paths.includes("/home/user/.moltbot/openclaw.json"));
  });

  test("a profile asked for by name is never replaced by the default one", () => {
    assert.ok(
      locate({ profile: "work" }).candidates.every(
        ({ stateDir }) => stateDir === "/home/user/.openclaw-work",
      ),
    );
  });

  test("in a container the image's home is looked at after the own one", () => {
    const { candidates } = locate({ homedir: "/root", extraHomes: ["/home/node", "/root"] });
    const paths = candidates.map(({ configPath }) => configPath);
    assert.equal(paths[0], "/root/.openclaw/openclaw.json");
    assert.ok(paths.includes("/home/node/.openclaw/openclaw.json"));
    assert.equal(new Set(paths).size, paths.length);
  });
});
