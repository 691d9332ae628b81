import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import JSON5 from "json5";
import type { DeploymentKind } from "../src/core/deployment-kind.ts";
import type { Deployment, DeploymentNames } from "../src/core/facts.ts";
import type { JsonValue, Step } from "../src/core/finding.ts";
import type { Workload } from "../src/core/workload.ts";
import { commandsFor } from "../src/kinds/commands.ts";
import { dockerSources } from "../src/kinds/docker/sources.ts";
import { deploymentOf } from "../src/kinds/index.ts";
import type { CommandContext } from "../src/kinds/kind.ts";
import { shellLine, shellWord, windowsWord } from "../src/kinds/quote.ts";

const REQUEST = "13cdbf31-cf5b-463d-8852-6016110fbf6c";
const DEVICE = "6f251b3a661c1e98d8a100e89cb1a64987779fd18b8d1c981af5ae33a81bc305";

const STEPS: readonly Step[] = [
  { do: "config.set", key: "gateway.controlUi.allowInsecureAuth", value: true },
  {
    do: "config.set",
    key: "gateway.controlUi.allowedOrigins",
    value: ["https://claw.example", "http://10.0.0.2:18789"],
  },
  { do: "config.set", key: "gateway.bind", value: "loopback" },
  { do: "config.unset", key: "gateway.trustedProxies" },
  { do: "device.list" },
  { do: "device.approve", requestId: REQUEST },
  { do: "device.approve" },
  { do: "device.reject", requestId: REQUEST },
  { do: "device.remove", deviceId: DEVICE },
  { do: "dashboard.link", json: true },
  { do: "token.show" },
  { do: "gateway.start" },
  { do: "gateway.restart" },
  { do: "gateway.status" },
  { do: "logs.show" },
  { do: "doctor.fix" },
  { do: "tailscale.serve" },
  { do: "ssh.tunnel", port: 18789 },
  { do: "page.open", url: "http://localhost:18789/" },
  { do: "human", message: "press-connect" },
];

const SITUATIONS: readonly (readonly [string, DeploymentKind, DeploymentNames, CommandContext])[] = [
  ["local, 2026.2.1, no service", "local", {}, { release: "2026.2.1", platform: "linux" }],
  ["local, 2026.9.6, no service", "local", {}, { release: "2026.9.6", platform: "linux" }],
  [
    "local, 2026.3.13, user unit, profile",
    "local",
    { unit: { name: "openclaw-gateway-work", user: true } },
    { release: "2026.3.13", platform: "linux", profile: "work" },
  ],
  [
    "local, system unit, release unknown",
    "local",
    { unit: { name: "openclaw", user: false } },
    { platform: "linux" },
  ],
  [
    "local, config of another place",
    "local",
    {},
    {
      release: "2026.9.6",
      platform: "linux",
      home: "/home/me",
      configPath: "/data/claw home/openclaw.json",
      logFile: "/data/claw.log",
    },
  ],
  ["local, macOS, 2026.5.28", "local", {}, { release: "2026.5.28", platform: "darwin" }],
  ["local, Windows, 2026.9.6", "local", {}, { release: "2026.9.6", platform: "win32" }],
  ["docker, nothing known", "docker", {}, { release: "2026.3.13" }],
  [
    "docker compose, own names, two files",
    "docker",
    { composeService: "claw", composeFiles: ["docker-compose.yml", "my override.yml"] },
    { release: "2026.9.6" },
  ],
  [
    "docker compose, container down",
    "docker",
    { composeService: "claw", composeCliService: "claw-cli" },
    { release: "2026.2.1", running: false },
  ],
  ["docker run", "docker", { container: "openclaw" }, { release: "2026.9.6" }],
  [
    "docker run, container down",
    "docker",
    { container: "openclaw" },
    { release: "2026.2.1", running: false },
  ],
  [
    "docker, inside the container",
    "docker",
    { container: "9176124ba561" },
    { release: "2026.3.13", inside: true },
  ],
  ["kubernetes, nothing known", "kubernetes", {}, { release: "2026.3.13" }],
  [
    "kubernetes, own names, config from a ConfigMap",
    "kubernetes",
    { namespace: "bots", workload: "statefulset/claw", container: "main" },
    { release: "2026.9.6", configMap: "claw-config", port: 19000 },
  ],
  [
    "kubernetes, a bare pod",
    "kubernetes",
    { namespace: "bots", workload: "pod/claw" },
    { release: "2026.2.1" },
  ],
  [
    "kubernetes, another context, pods that are wanted and do not run",
    "kubernetes",
    {
      context: "arn:aws:eks:eu-1:12:cluster/prod",
      namespace: "bots",
      workload: "deploy/claw",
      container: "main",
    },
    { release: "2026.3.13", replicas: 1 },
  ],
  [
    "vps, over SSH",
    "vps",
    { sshHost: "me@claw.example", unit: { name: "openclaw-gateway", user: true } },
    { release: "2026.9.6" },
  ],
  [
    "vps, Compose on it, over SSH",
    "vps",
    { sshHost: "me@claw.example", composeService: "openclaw-gateway" },
    { release: "2026.3.13" },
  ],
  [
    "vps, in the SSH session",
    "vps",
    { sshHost: "me@claw.example", unit: { name: "openclaw-gateway", user: true } },
    { release: "2026.3.13", inside: true },
  ],
  ["vps, host unknown", "vps", {}, { release: "2026.3.13" }],
];

function deployment(kind: DeploymentKind, names: DeploymentNames): Deployment {
  return deploymentOf({ kind, confidence: "certain", evidence: [], alternatives: [], names });
}

function label(step: Step): string {
  if (step.do === "config.set") return `config.set ${step.key.split(".").at(-1) ?? ""}`;
  return step.do === "device.approve" && step.requestId === undefined
    ? "device.approve (id not known)"
    : step.do;
}

/** To write the file anew after a wanted change: UPDATE_GOLDEN=1, then read the difference. */
test("the lines of every deployment are those of the golden file", () => {
  const text = SITUATIONS.map(([name, kind, names, context]) => {
    const lines = commandsFor(STEPS, deployment(kind, names), context).map(
      ({ step, command, placeholders }) =>
        `  ${label(step).padEnd(30)} ${command ?? "-"}${placeholders === undefined ? "" : `   # fill in ${placeholders.join(", ")}`}`,
    );
    return `${name}\n${lines.join("\n")}\n`;
  }).join("\n");
  const file = new URL("../fixtures/commands/golden.txt", import.meta.url);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"));
});

test("the config's place is part of a line only when it is not the usual one", () => {
  const line = (configPath: string, home?: string) =>
    commandsFor([{ do: "device.list" }], deployment("local", {}), {
      configPath,
      ...(home === undefined ? {} : { home }),
    })[0]?.command;
  assert.equal(line("/home/me/.openclaw/openclaw.json"), "openclaw devices list");
  assert.equal(line("/home/me/.openclaw/openclaw.json", "/home/me"), "openclaw devices list");
  assert.equal(
    line("/srv/claw/.openclaw/openclaw.json", "/home/me"),
    "OPENCLAW_STATE_DIR=/srv/claw/.openclaw OPENCLAW_CONFIG_PATH=/srv/claw/.openclaw/openclaw.json openclaw devices list",
  );
  assert.equal(line("/tmp/copy/openclaw.json"), "openclaw devices list");
  assert.equal(line("/x/$(reboot)/openclaw.json", "/home/me"), "openclaw devices list");
});

describe("words", () => {
  const printable = fc.string({ unit: "grapheme", maxLength: 60 }).filter((text) => !text.includes("\0"));

  test("every word comes back from a shell as it went in", () => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1, maxLength: 5 }), (words) => {
        const out = execFileSync("sh", ["-c", `printf '%s\\0' ${shellLine(words)}`], { encoding: "utf8" });
        assert.deepEqual(
          out.split("\0").slice(0, -1),
          words.map((word) => word.toWellFormed()),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("a word that a shell would expand is quoted", () => {
    for (const word of [
      "",
      "~",
      "a b",
      "$(id)",
      "`id`",
      "*",
      "a;b",
      "a&b",
      "<requestId>",
      "=x",
      "{a,b}",
      "!x",
      "#x",
      "a\nb",
    ])
      assert.match(shellWord(word), /^'/, word);
    assert.equal(shellWord("deploy/openclaw"), "deploy/openclaw");
  });

  test("a line through ssh comes out as the line that was meant", () => {
    const values = fc.array(fc.stringMatching(/^https?:\/\/[a-z'"$ ]{1,20}$/), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(values, (origins) => {
        const [printed] = commandsFor(
          [{ do: "config.set", key: "gateway.trustedProxies", value: origins }],
          deployment("vps", { sshHost: "me@claw.example" }),
        );
        // `ssh` hands its last word to a shell on the other side; two shells, one after the other, stand for that.
        const outer = execFileSync(
          "sh",
          ["-c", `ssh() { shift; printf %s "$1"; }; ${printed?.command ?? ""}`],
          {
            encoding: "utf8",
          },
        );
        const inner = execFileSync("sh", ["-c", `openclaw() { printf '%s\\0' "$@"; }; ${outer}`], {
          encoding: "utf8",
        });
        assert.deepEqual(JSON.parse(inner.split("\0")[3] ?? ""), origins);
      }),
      { numRuns: 25 },
    );
  });

  test("a value that is set is the value that OpenClaw reads", () => {
    const value = fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.constantFrom("true", "null", "18789", "Infinity", "/claw", "lan", "'x'", "-x", "// c", "a, b"),
      fc.stringMatching(/^[ -~]{0,30}$/),
      fc.array(fc.stringMatching(/^[ -~]{0,20}$/), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        value,
        fc.constantFrom("2026.2.1", "2026.3.13", "2026.9.6"),
        (wanted: JsonValue, release) => {
          const [printed] = commandsFor(
            [{ do: "config.set", key: "a.b", value: wanted }],
            deployment("local", {}),
            {
              release,
              platform: "linux",
            },
          );
          const out = execFileSync(
            "sh",
            ["-c", `openclaw() { printf '%s\\0' "$@"; }; ${printed?.command ?? ""}`],
            {
              encoding: "utf8",
            },
          );
          const [, , , text = "", flag] = out.split("\0");
          assert.deepEqual(asOpenClawReads(text, flag !== ""), wanted);
          assert.equal(text.startsWith("-") && typeof wanted === "string", false);
        },
      ),
      { numRuns: 120 },
    );
  });

  test("on Windows a word is read by cmd.exe and PowerShell as it was meant, or has no form", () => {
    const hostile = fc.string({ unit: fc.constantFrom(..."a9 '\"`$%!^&|<>;,()@-.:/\\‘’‚‛“”„–—―ʺ＂\0\n") });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: "grapheme" })), (word) => {
        const form = windowsWord(word);
        if (form === undefined) return;
        assert.deepEqual(powershellReads(form), [word]);
        assert.deepEqual(cmdReads(form), [word]);
      }),
      { numRuns: 500 },
    );
    assert.equal(windowsWord("['https://x']"), "\"['https://x']\"");
    for (const word of ["", "!!", "%X%", "C:\\a b\\", "http://a”;calc;“", "-–x"])
      assert.equal(windowsWord(word), undefined, word);
  });

  test("a step whose value has no exact form on Windows has no command", () => {
    const windows = { release: "2026.9.6", platform: "win32" } as const;
    const steps: readonly Step[] = [
      ...["http://a”;calc;“", "!!", "%X%", 'a"b', "it's"].flatMap((text): Step[] => [
        { do: "config.set", key: "a.b", value: [text] },
        { do: "config.unset", key: `a.${text}`.replace("it's", "it`s") },
        { do: "proxy.write", path: `C:\\${text.replace("it's", "it`s")}` },
      ]),
    ];
    for (const printed of commandsFor(steps, deployment("local", {}), windows))
      assert.equal(printed.command, undefined, JSON.stringify(printed));
  });

  test("what is no origin is repeated in no command, in no shell", () => {
    for (const platform of ["win32", "linux"] as const)
      for (const odd of ["http://a”;calc;“", "javascript:alert(1)", "$(id)", "http://a b", ""]) {
        const set = (value: JsonValue): string | undefined =>
          commandsFor(
            [{ do: "config.set", key: "gateway.controlUi.allowedOrigins", value }],
            deployment("local", {}),
            { platform },
          )[0]?.command;
        assert.equal(set(["https://claw.example", odd]), undefined, odd);
        assert.match(set(["*", "https://claw.example:8443", "http://[::1]:18789"]) ?? "", /:8443/);
      }
  });
});

/** about_Quoting_Rules, about_Parsing: all quotes and dashes of PowerShell count; what expands or ends a word throws. */
function powershellReads(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let open = "";
  for (const sign of line) {
    const is = /["\u201c-\u201e]/.test(sign) ? '"' : /['\u2018-\u201b]/.test(sign) ? "'" : sign;
    if (open !== "'" && (is === "$" || is === "`")) throw new Error(`expands: ${line}`);
    if (open !== "") {
      if (is === open) open = "";
      else word += sign;
    } else if (is === '"' || is === "'") {
      open = is;
      word ??= "";
    } else if (/\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[;|&<>(){},@#]/.test(sign)) throw new Error(`operator: ${line}`);
    else word = (word ?? "") + sign;
  }
  if (open !== "") throw new Error(`open: ${line}`);
  return word === undefined ? words : [...words, word];
}

/** `cmd /?` for what cmd.exe expands, also in quotes; then the C runtime's rules for the command line of a program. */
function cmdReads(line: string): readonly string[] {
  if (/[%!^\n\0]/.test(line) || /[&|<>]/.test(line.replaceAll(/"[^"]*"/g, "")))
    throw new Error(`expands: ${line}`);
  const words: string[] = [];
  let word: string | undefined;
  let open = false;
  for (const [part] of line.matchAll(/\\*"|\\+|[^\\"]/gs)) {
    const slashes = part.endsWith('"') ? part.length - 1 : 0;
    if (part.endsWith('"')) {
      word = (word ?? "") + "\\".repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) word += '"';
      else open = !open;
    } else if (!open && /[ \t]/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + part;
  }
  if (open) throw new Error(`open: ${line}`);
  return word === undefined ? words : [...words, word];
}

describe("hostile names become placeholders or standard names, never options or code", () => {
  test("request ids", () => {
    for (const requestId of ["--all", "$(reboot)", "a b", "x".repeat(200), "\u001b[31mid", ""]) {
      const [printed] = commandsFor([{ do: "device.approve", requestId }], deployment("local", {}));
      assert.equal(printed?.command, "openclaw devices approve <requestId>");
      assert.deepEqual(printed?.placeholders, ["<requestId>"]);
    }
  });

  test("the ids of requests to reject and of devices to remove", () => {
    for (const id of ["--all", "$(reboot)", "a b", ""]) {
      const lines = commandsFor(
        [
          { do: "device.reject", requestId: id },
          { do: "device.remove", deviceId: id },
        ],
        deployment("local", {}),
        { release: "2026.9.6" },
      );
      assert.deepEqual(
        lines.map(({ command }) => command),
        ["openclaw devices reject <requestId>", "openclaw devices remove <deviceId>"],
      );
    }
  });

  test("hosts, containers, namespaces, workloads, services", () => {
    const bad = ["-oProxyCommand=reboot", "$(reboot)", "a;b", "../x", "a\nb"];
    for (const name of bad) {
      const all = [
        ...commandsFor(STEPS, deployment("vps", { sshHost: name })),
        ...commandsFor(STEPS, deployment("docker", { container: name })),
        ...commandsFor(STEPS, deployment("docker", { composeService: name })),
        ...commandsFor(STEPS, deployment("kubernetes", { namespace: name, workload: name, container: name })),
        ...commandsFor(STEPS, deployment("local", { cli: name, unit: { name, user: true } }), {
          profile: name,
        }),
      ];
      for (const { command } of all)
        assert.equal(command?.includes(name) ?? false, false, `${name}: ${command}`);
    }
  });

  test("control characters of a value never reach the line", () => {
    const value = ["https://x\u001b[31m", "\u202eevil"];
    const [printed] = commandsFor([{ do: "config.set", key: "a", value }], deployment("local", {}));
    assert.equal(
      [...(printed?.command ?? "")].some((char) => char < " " || char === "\u202e"),
      false,
    );
  });
});

/** What `config set` makes of its value: JSON with the flag, else JSON5 or the raw text. */
function asOpenClawReads(text: string, strict: boolean): unknown {
  if (strict) return JSON.parse(text);
  try {
    return JSON5.parse(text);
  } catch {
    return text;
  }
}

test("a config that its mount holds is not written by a line: it is changed where it is mounted from", () => {
  const workload: Workload = {
    name: "claw",
    image: "openclaw:local",
    state: "running",
    restarts: 0,
    network: "own",
    addresses: [],
    ports: [],
    mounts: [],
    user: "node",
    others: [],
    shownBy: dockerSources("claw"),
    engine: { kind: "docker", id: "0123456789ab", networkMode: "bridge" },
  };
  const linesOf = (held: object) => {
    const stateDir = { path: "/home/node/.openclaw", on: "mount" as const, readOnly: false, ...held };
    const there = { ...deployment("docker", { container: "claw" }), workload: { ...workload, stateDir } };
    const steps: readonly Step[] = [
      { do: "config.set", key: "gateway.bind", value: "lan" },
      { do: "gateway.restart" },
    ];
    return commandsFor(steps, there).map(({ command }) => command);
  };
  const restart = "docker restart claw";
  assert.match(linesOf({})[0] ?? "", /^docker exec .* config set gateway\.bind /);
  assert.deepEqual(linesOf({ configAlone: true }), [undefined, restart]);
  assert.deepEqual(linesOf({ configReadOnly: true }), [undefined, restart]);
});
