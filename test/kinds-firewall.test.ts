import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Deployment } from "../src/core/facts.ts";
import { exposureOf } from "../src/kinds/exposure.ts";
import type { ExposureInput } from "../src/kinds/exposure-input.ts";
import { nftSays, servedBy, ufwSays } from "../src/kinds/firewall.ts";

const PORT = 18_789;
const ufw = (...rules: readonly string[]) =>
  `Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), deny (routed)\nNew profiles: skip\n\nTo                         Action      From\n--                         ------      ----\n${rules.join("\n")}\n`;

describe("ufw status verbose", () => {
  for (const [name, text, lets] of [
    ["nothing is said of the port", ufw("22/tcp                     ALLOW IN    Anywhere"), "closed"],
    ["the port for anybody", ufw("18789/tcp                  ALLOW IN    Anywhere"), "open"],
    ["the port for anybody, with a limit", ufw("18789                      LIMIT IN    Anywhere"), "open"],
    ["a range that has it", ufw("18000:19000/tcp            ALLOW IN    Anywhere (v6)"), "open"],
    ["the port over UDP", ufw("18789/udp                  ALLOW IN    Anywhere"), "closed"],
    ["for the home network", ufw("18789/tcp                  ALLOW IN    192.168.1.0/24"), "private"],
    ["for the tailnet's interface", ufw("Anywhere on tailscale0     ALLOW IN    Anywhere"), "private"],
    ["for one public address", ufw("18789/tcp                  ALLOW IN    198.51.100.7"), "open"],
    [
      "denied before it is allowed",
      ufw(
        "18789/tcp                  DENY IN     Anywhere",
        "18789/tcp                  ALLOW IN    Anywhere",
      ),
      "closed",
    ],
    ["outgoing only", ufw("18789/tcp                  ALLOW OUT   Anywhere"), "closed"],
    ["everybody by default", ufw().replace("deny (incoming)", "allow (incoming)"), "open"],
    ["not active", "Status: inactive\n", undefined],
    ["not allowed to look", "", undefined],
  ] as const)
    test(name, () => assert.equal(ufwSays(text, PORT)?.lets, lets));
});

const nft = (policy: string, ...rules: readonly string[]) =>
  `table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n${rules.map((rule) => `\t\t${rule}\n`).join("")}\t}\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n`;

describe("nft list ruleset", () => {
  const usual = ["ct state established,related accept", 'iif "lo" accept', "tcp dport 22 accept"];
  for (const [name, text, lets] of [
    ["a policy of drop, and other ports", nft("drop", ...usual), "closed"],
    ["the port among others", nft("drop", ...usual, "tcp dport { 80, 443, 18789 } accept"), "open"],
    ["the port for a private network", nft("drop", "ip saddr 10.0.0.0/8 tcp dport 18789 accept"), "private"],
    ["a range", nft("drop", "tcp dport 18000-19000 counter packets 3 bytes 180 accept"), "open"],
    ["a policy of accept says nothing", nft("accept", ...usual), undefined],
    ["a jump is not understood", nft("drop", ...usual, "jump allowed"), undefined],
    ["a set is not understood", nft("drop", "tcp dport @web accept"), undefined],
    ["not allowed to look", "", undefined],
  ] as const)
    test(name, () => assert.equal(nftSays(text, PORT)?.lets, lets));

  test("takes time that grows with its length", () => {
    for (const text of [
      "chain a { type filter hook input ".repeat(20_000),
      `chain a {\ntype filter hook input x\n${"a".repeat(300_000)}`,
    ])
      assert.equal(nftSays(text, PORT), undefined);
  });
});

describe("tailscale serve status --json", () => {
  const web = (proxy: string, more: object = {}) => ({
    TCP: { "443": { HTTPS: true } },
    Web: { "claw.tail1.ts.net:443": { Handlers: { "/": { Proxy: proxy } } } },
    ...more,
  });
  for (const [name, config, expected] of [
    [
      "the gateway for the tailnet",
      web("http://127.0.0.1:18789"),
      { funnel: false, at: "claw.tail1.ts.net:443" },
    ],
    [
      "https+insecure to it",
      web("https+insecure://localhost:18789"),
      { funnel: false, at: "claw.tail1.ts.net:443" },
    ],
    [
      "by Funnel",
      web("http://127.0.0.1:18789", { AllowFunnel: { "claw.tail1.ts.net:443": true } }),
      { funnel: true, at: "claw.tail1.ts.net:443" },
    ],
    ["a port beginning alike", web("http://127.0.0.1:187890"), undefined],
    ["another program", web("http://127.0.0.1:3000"), undefined],
    ["nothing", {}, undefined],
    ["no JSON", undefined, undefined],
  ] as const)
    test(name, () => assert.deepEqual(servedBy(config, PORT), expected));
});

describe("what stands in between counts in the verdict", () => {
  const host = {
    platform: "linux",
    wsl: false,
    sshSession: true,
    container: "none",
    addresses: [{ name: "eth0", address: "203.0.113.10", scope: "public" }],
    engines: [],
    units: [],
  } as const;
  const on = (address: string): ExposureInput => ({
    host,
    listeners: { sockets: [{ address, port: PORT, owner: "gateway" }], gateways: [] },
    url: "ws://203.0.113.10:18789",
  });
  const deployment = (names: readonly string[]) =>
    ({
      front: {
        programs: [],
        unread: [],
        fronts: [
          { proxy: "nginx", file: "/etc/nginx/claw", line: 3, names, tls: true, ports: [443], lacks: [] },
        ],
      },
    }) as unknown as Deployment;
  const closed = ufwSays(ufw(), PORT);
  for (const [name, input, exposure, because] of [
    ["no firewall was seen", { ...on("0.0.0.0"), url: "" }, "public", /public address/],
    [
      "a firewall that lets nobody in",
      { ...on("0.0.0.0"), firewall: closed },
      "private",
      /ufw lets nobody in/,
    ],
    [
      "one that lets anybody in",
      {
        ...on("0.0.0.0"),
        url: "",
        firewall: { by: "nftables", lets: "open", rule: "tcp dport 18789 accept" },
      },
      "public",
      /nftables lets anybody in/,
    ],
    [
      "a proxy with a public name",
      { ...on("127.0.0.1"), url: "", deployment: deployment(["claw.example.com"]) },
      "public",
      /nginx hands claw\.example\.com/,
    ],
    [
      "a proxy with a name of the house",
      { ...on("127.0.0.1"), url: "", deployment: deployment(["claw.lan"]) },
      "loopback",
      /127\.0\.0\.1/,
    ],
    [
      "Serve",
      { ...on("127.0.0.1"), url: "", served: { funnel: false, at: "a.ts.net:443" } },
      "private",
      /tailnet/,
    ],
    [
      "Funnel",
      { ...on("127.0.0.1"), url: "", served: { funnel: true, at: "a.ts.net:443" } },
      "public",
      /Funnel/,
    ],
  ] as const)
    test(name, () => {
      const { deployment: kind, ...rest } = input as ExposureInput;
      const whole = {
        ...rest,
        ...(kind === undefined ? {} : { deployment: { ...kind, kind: "vps" } }),
      } as ExposureInput;
      const found = exposureOf(whole);
      assert.equal(found.exposure, exposure, found.because);
      assert.match(found.because, because);
    });
});
