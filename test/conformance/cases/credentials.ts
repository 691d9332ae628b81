// Secrets and proofs: which credential stands in which field, whose it is, and what the signature covers.
import type { Connection, ConnectionDevice, SentCredentials } from "../../../src/core/connection.ts";
import {
  ABSENT,
  type Case,
  cliOn,
  NEW,
  nodeOn,
  pageOn,
  paired,
  READ_WRITE,
  WAYS,
  type Way,
} from "../case.ts";

const DEVICE = paired(READ_WRITE);

const SENT: readonly (readonly [string, SentCredentials, ConnectionDevice, Connection["auth"]])[] = [
  ["its device token", { deviceToken: "device-token" }, DEVICE, "missing"],
  ["its device token as token", { token: "device-token" }, DEVICE, "wrong"],
  ["a wrong device token", { deviceToken: "wrong" }, DEVICE, "missing"],
  ["a wrong token", { token: "wrong" }, DEVICE, "wrong"],
  ["another device's token", { deviceToken: "device-token-of-another-device" }, DEVICE, "missing"],
  ["another device's token as token", { token: "device-token-of-another-device" }, DEVICE, "wrong"],
  ["another role's token", { deviceToken: "device-token-of-another-role" }, DEVICE, "missing"],
  ["its device token beside a wrong token", { token: "wrong", deviceToken: "device-token" }, DEVICE, "wrong"],
  [
    "its device token beside the token",
    { token: "gateway-token", deviceToken: "device-token" },
    DEVICE,
    "valid",
  ],
  [
    "a wrong device token beside the token",
    { token: "gateway-token", deviceToken: "wrong" },
    DEVICE,
    "valid",
  ],
  ["a wrong device token beside a wrong token", { token: "wrong", deviceToken: "wrong" }, DEVICE, "wrong"],
  ["a rotated device token", { deviceToken: "rotated-device-token" }, DEVICE, "missing"],
  ["a rotated device token as token", { token: "rotated-device-token" }, DEVICE, "wrong"],
  [
    "a revoked device token",
    { deviceToken: "revoked-device-token" },
    { ...DEVICE, tokenRevoked: true },
    "missing",
  ],
  ["a device token of nobody", { deviceToken: "wrong" }, NEW, "missing"],
  ["a token of nobody", { token: "wrong" }, NEW, "wrong"],
  ["a device token without a device", { deviceToken: "wrong" }, ABSENT, "missing"],
  ["the token as password", { password: "gateway-token" }, NEW, "password-instead-of-token"],
  ["a wrong password", { password: "wrong" }, NEW, "password-instead-of-token"],
  ["a wrong password without a device", { password: "wrong" }, ABSENT, "password-instead-of-token"],
  ["a wrong token and the token as password", { token: "wrong", password: "gateway-token" }, NEW, "wrong"],
  ["the token and a wrong password", { token: "gateway-token", password: "wrong" }, NEW, "valid"],
  ["the token with blanks around it", { token: "padded-gateway-token" }, NEW, "valid"],
  ["a wrong setup code", { bootstrapToken: "wrong" }, NEW, "missing"],
  ["a wrong setup code beside the token", { token: "gateway-token", bootstrapToken: "wrong" }, NEW, "valid"],
  ["a wrong setup code beside a wrong token", { token: "wrong", bootstrapToken: "wrong" }, NEW, "wrong"],
  ["a wrong setup code without a device", { bootstrapToken: "wrong" }, ABSENT, "missing"],
];

export function credentialCases(): Case[] {
  const cases: Case[] = [];
  for (const way of WAYS) {
    for (const [what, sends, device, auth] of SENT) {
      const change = { scopes: READ_WRITE, auth, sends, device };
      cases.push(
        { name: `credentials/cli sends ${what} on ${way.name}`, connection: cliOn(way, change) },
        { name: `credentials/page sends ${what} on ${way.name}`, connection: pageOn(way, change) },
      );
    }
    cases.push(...tokenCases(way), ...plainCases(way));
  }
  return cases;
}

/** A device token for more than it was given for, and setup codes that are good. */
function tokenCases(way: Way): Case[] {
  const sends = { deviceToken: "device-token" } as const;
  const more = [...READ_WRITE, "operator.admin"];
  const asToken = { token: "device-token" } as const;
  const code = { bootstrapToken: "setup-code" } as const;
  const missing = { auth: "missing" } as const;
  return [
    {
      name: `credentials/cli asks for more with its device token on ${way.name}`,
      connection: cliOn(way, { ...missing, sends, scopes: more, device: DEVICE }),
    },
    {
      name: `credentials/page asks for more with its device token on ${way.name}`,
      connection: pageOn(way, { ...missing, sends, scopes: more, device: DEVICE }),
    },
    {
      name: `credentials/cli asks for more with its device token as token on ${way.name}`,
      connection: cliOn(way, { auth: "wrong", sends: asToken, scopes: more, device: DEVICE }),
    },
    {
      name: `credentials/cli asks for less with its device token on ${way.name}`,
      connection: cliOn(way, { ...missing, sends, scopes: ["operator.read"], device: DEVICE }),
    },
    {
      name: `credentials/cli asks as node with its device token on ${way.name}`,
      connection: nodeOn(way, { ...missing, sends, device: { ...DEVICE, approvedRole: "operator" } }),
    },
    {
      name: `credentials/backend with its device token on ${way.name}`,
      connection: cliOn(way, {
        ...missing,
        sends,
        client: { id: "gateway-client", mode: "backend" },
        scopes: READ_WRITE,
        device: DEVICE,
      }),
    },
    {
      name: `credentials/node with a setup code on ${way.name}`,
      connection: nodeOn(way, { ...missing, sends: code }),
    },
    {
      name: `credentials/app as node with a setup code on ${way.name}`,
      connection: nodeOn(way, {
        ...missing,
        sends: code,
        client: { id: "openclaw-ios", mode: "node", platform: "iOS 18.0", deviceFamily: "iPhone" },
      }),
    },
    {
      name: `credentials/cli with a setup code on ${way.name}`,
      connection: cliOn(way, { ...missing, sends: code, scopes: ["operator.read"] }),
    },
    {
      name: `credentials/page with a setup code on ${way.name}`,
      connection: pageOn(way, { ...missing, sends: code, scopes: ["operator.read"] }),
    },
  ];
}

function plainCases(way: Way): Case[] {
  const cases: Case[] = [];
  for (const auth of ["valid", "wrong", "missing", "password-instead-of-token"] as const) {
    for (const state of ["unpaired", "absent"] as const) {
      const change = { auth, device: { state } };
      cases.push(
        { name: `secret/page, ${auth}, device ${state} on ${way.name}`, connection: pageOn(way, change) },
        { name: `secret/cli, ${auth}, device ${state} on ${way.name}`, connection: cliOn(way, change) },
        { name: `secret/node, ${auth}, device ${state} on ${way.name}`, connection: nodeOn(way, change) },
      );
    }
    if (auth !== "valid") {
      cases.push(
        {
          name: `secret/page, ${auth}, device paired on ${way.name}`,
          connection: pageOn(way, { auth, device: paired() }),
        },
        {
          name: `secret/cli, ${auth}, device paired on ${way.name}`,
          connection: cliOn(way, { auth, device: paired() }),
        },
      );
    }
  }
  const empty = { auth: "missing", sends: {} } as const;
  cases.push({ name: `secret/cli with empty fields on ${way.name}`, connection: cliOn(way, empty) });
  return cases;
}

export function proofCases(): Case[] {
  const proofs: readonly (readonly [string, Partial<ConnectionDevice>, Partial<Connection>?])[] = [
    ["v1 without nonce", { signature: "v1", nonce: "missing" }],
    ["v1 with nonce", { signature: "v1" }],
    ["v2", { signature: "v2" }],
    ["v3", { signature: "v3" }],
    ["v2 without nonce", { nonce: "missing" }],
    ["a blank nonce", { nonce: "blank" }],
    ["another nonce", { nonce: "wrong" }],
    ["a signature that does not hold", { signature: "invalid" }],
    ["an id of another key", { id: "not-derived-from-key" }],
    ["an old signature with another nonce", { clockSkewMs: -700_000, nonce: "wrong" }],
    ["a bad signature and a wrong secret", { signature: "invalid" }, { auth: "wrong" }],
    ["a bad signature and no secret", { signature: "invalid" }, { auth: "missing" }],
    ...[-601_000, -595_000, -125_000, -115_000, 115_000, 125_000, 605_000].map(
      (clockSkewMs) => [`a clock ${clockSkewMs / 1000} s off`, { clockSkewMs }] as const,
    ),
  ];
  return WAYS.flatMap((way) =>
    proofs.flatMap(([what, proof, more = {}]) => [
      {
        name: `proof/page with ${what} on ${way.name}`,
        connection: pageOn(way, { device: { ...NEW, ...proof }, ...more }),
      },
      {
        name: `proof/cli with ${what} on ${way.name}`,
        connection: cliOn(way, { device: { ...NEW, ...proof }, ...more }),
      },
    ]),
  );
}

/** Wrong secrets in a row, from an address or a page that nobody else uses, around the limit of the config. */
export function limitCases(limit = 10): Case[] {
  const local = WAYS[0] as Way;
  const kinds: readonly (readonly [string, (change: Partial<Connection>) => Connection])[] = [
    ["page on loopback", (change) => pageOn(local, change)],
    [
      "page on the LAN",
      (change) => pageOn({ name: "", remoteAddress: "10.0.0.5", host: "192.168.50.10:18789" }, change),
    ],
    [
      "page from a public address",
      (change) => pageOn({ name: "", remoteAddress: "203.0.113.50", host: "192.168.50.10:18789" }, change),
    ],
    ["cli on loopback", (change) => cliOn(local, change)],
    [
      "cli on the LAN",
      (change) => cliOn({ name: "", remoteAddress: "192.168.50.20", host: "192.168.50.10:18789" }, change),
    ],
    [
      "cli from the bridge",
      (change) => cliOn({ name: "", remoteAddress: "172.18.0.9", host: "192.168.50.10:18789" }, change),
    ],
  ];
  const cases: Case[] = [];
  const group = limit === 10 ? "limit" : `limit-${limit}`;
  for (const [who, on] of kinds) {
    const push = (what: string, over: number, change: Partial<Connection> = {}) => {
      const earlierFailures = Math.max(0, limit + over);
      const name = `${group}/${who}, ${what} after ${earlierFailures}`;
      cases.push({ name, connection: on({ ...change, earlierFailures }) });
    };
    for (const over of [-2, -1, 0, 1]) push("wrong", over, { auth: "wrong" });
    push("missing", 2, { auth: "missing" });
    push("nothing and no device", 2, { auth: "missing", device: ABSENT });
    push("wrong without device", 2, { auth: "wrong", device: ABSENT });
    push("a wrong device token", 3, { auth: "missing", sends: { deviceToken: "wrong" } });
    push("right without device", 3, { device: ABSENT });
    push("right", 3);
  }
  return cases;
}
