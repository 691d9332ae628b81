import { say } from "../../src/core/saying.ts";
import { EMPTY_FIX, type FixOutcome, type FixReport } from "../../src/report/fix-report.ts";

const BASE: FixReport = {
  schemaVersion: 1,
  tool: { name: "openclaw-pairing-doctor", version: "0.1.0" },
  outcome: "planned",
  target: { kind: "local", name: "/home/ann/.openclaw/openclaw.json", exposure: "private" },
  gateway: { version: "2026.3.13" },
  ...EMPTY_FIX,
};

const ORIGIN = "https://claw.example.test";
const LIST = `'["${ORIGIN}"]'`;

const origin: Partial<FixReport> = {
  finding: { id: "origin-not-allowed", code: "OPD110", args: { origin: ORIGIN } },
  remedies: [
    {
      id: "add-allowed-origin",
      risk: "none",
      args: { origin: ORIGIN },
      actions: [
        {
          kind: "command",
          command: `openclaw config set gateway.controlUi.allowedOrigins ${LIST} --strict-json`,
        },
      ],
    },
  ],
  changes: [{ key: "gateway.controlUi.allowedOrigins", after: `["${ORIGIN}"]` }],
  diff: [`+ gateway.controlUi.allowedOrigins: ["${ORIGIN}"]`],
  alternatives: [
    { remedies: ["set-allow-insecure-auth"], whyNot: "weakens-security" },
    { remedies: ["ssh-tunnel"], whyNot: "refused-at", gate: "origin" },
  ],
  popular: [
    { id: "allow-insecure-auth", verdict: "no-effect", gate: "origin" },
    { id: "allow-every-origin", verdict: "other-gate", gate: "pairing" },
  ],
};

const approve: Partial<FixReport> = {
  finding: { id: "first-time-not-paired", code: "OPD202" },
  risk: "grants-access",
  remedies: [
    {
      id: "approve-device",
      risk: "grants-access",
      actions: [
        { kind: "human", message: "check-request" },
        { kind: "command", command: "openclaw devices approve 0b0e7a10-95c4-47cb-bd4c-460014a47e3b" },
        { kind: "human", message: "press-connect" },
      ],
    },
  ],
  requests: [
    {
      requestId: "0b0e7a10-95c4-47cb-bd4c-460014a47e3b",
      deviceId: "5a6ddeb3c94a6ab9f0a6f8a5f2c1d3e45a6ddeb3c94a6ab9f0a6f8a5f2c1d3e4",
      client: "openclaw-control-ui",
      platform: "Linux x86_64",
      address: "192.168.50.9",
      age: 200,
      role: "operator",
      scopes: ["operator.admin", "operator.approvals", "operator.pairing"],
    },
  ],
};

const EDITED = say("edited-for", { why: say("writes-defaults") });

/** One of each end that a person meets, by its name. */
export const fixReports: Readonly<Record<string, FixReport>> = {
  planned: { ...BASE, ...origin },
  "planned-approval": { ...BASE, ...approve },
  "planned-with-notes": {
    ...BASE,
    ...origin,
    writes: ["/home/ann/.openclaw/openclaw.json", "/home/ann/.local/state/openclaw-pairing-doctor/fixes"],
    notes: [
      { message: "hard-links", args: { path: "/home/ann/.openclaw/openclaw.json", count: 2 } },
      { message: "written-anew", args: { path: "/home/node/.openclaw/openclaw.json" } },
    ],
  },
  "journal-not-believed": {
    ...BASE,
    outcome: "not-begun",
    detail: say("journal-not-believed"),
    refused: [
      {
        path: "/tmp/state/openclaw-pairing-doctor/fixes",
        why: say("place-user", { place: "/tmp/state/openclaw-pairing-doctor/fixes", user: 1001 }),
      },
      {
        path: "/tmp/state/openclaw-pairing-doctor/fixes/x.json",
        why: say("place-open", {
          place: "/tmp/state/openclaw-pairing-doctor/fixes/x.json",
          mode: "644",
          wanted: "600",
        }),
      },
    ],
  },
  "journal-not-kept": {
    ...BASE,
    ...origin,
    outcome: "not-begun",
    detail: say("journal-unkept", {
      why: say("place-not-written", { place: "/home/ann/.local", code: "EROFS" }),
    }),
  },
  "undone-in-part": {
    ...BASE,
    ...origin,
    outcome: "undone-in-part",
    left: [say("changed-since", { path: "gateway.bind" }), say("changed-since", { path: "/etc/caddy/claw" })],
  },
  declined: {
    ...BASE,
    ...approve,
    outcome: "declined",
    detail: say("no-terminal", { option: "--allow-risk grants-access" }),
  },
  kept: {
    ...BASE,
    ...origin,
    outcome: "kept",
    how: [EDITED],
    remains: [{ id: "gateway-token-mismatch", code: "OPD301" }],
    see: [
      { message: "setting", args: { line: "openclaw config get gateway.controlUi.allowedOrigins" } },
      { message: "reloaded" },
      { message: "page-reload" },
      { message: "connected" },
      { message: "private-window" },
      { message: "undo-later" },
    ],
  },
  partly: {
    ...BASE,
    ...origin,
    outcome: "partly",
    gate: "pairing",
    how: [EDITED],
    byHand: [
      { kind: "command", command: "openclaw devices list" },
      { kind: "human", message: "choose-request" },
      { kind: "command", command: "openclaw devices approve <requestId>" },
    ],
    see: [{ message: "undo-later" }],
  },
  "rolled-back": {
    ...BASE,
    ...origin,
    outcome: "rolled-back",
    how: [EDITED],
    detail: say("refused-again", { gate: "pairing", reason: "not-paired" }),
  },
  undone: {
    ...BASE,
    outcome: "undone",
    remedies: (origin.remedies ?? []).map((remedy) => ({ ...remedy, actions: [] })),
    changes: (origin.changes ?? []).map(({ key, after = "" }) => ({ key, before: after })),
    diff: (origin.diff ?? []).map((line) => line.replace(/^\+/, "-")),
  },
};

/** Every end that there is. */
export const fixOutcomes: readonly FixOutcome[] = [
  "planned",
  "declined",
  "kept",
  "unproven",
  "would-refuse",
  "partly",
  "rolled-back",
  "by-hand",
  "no-plan",
  "healthy",
  "undetermined",
  "not-begun",
  "stuck",
  "undone",
  "undone-in-part",
  "nothing-to-undo",
];
