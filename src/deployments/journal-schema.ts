import { isAbsolute, normalize } from "node:path";
import * as z from "zod/mini";
import type { Undo } from "../core/change.ts";
import type { DeviceList } from "../core/facts.ts";
import type { ComposeChange, Step } from "../core/finding.ts";
import type { Journal, JournalStep } from "../core/journal.ts";
import { FRONT_LACKS, FRONT_PROGRAMS } from "../core/proxies.ts";
import type { ProgramStep } from "../core/step.ts";
import { sha256 } from "./atomic-file.ts";

/** `2026-11-22T00-00-00-000Z-3f9a1c`: the time of its start, and what tells two of one moment apart. */
export const JOURNAL_ID = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-[0-9a-f]{6}$/;

/** What a journal is not, when it is none that this release may act on. Nothing of its text is in it. */
export type Flaw =
  | { readonly flaw: "form"; readonly at: string }
  | { readonly flaw: "hash" }
  /** It would write a path that its step does not name. */
  | { readonly flaw: "path" };

/**
 * The journal in a parsed text, whole: every step and every way back of a known form, what is restored with its
 * SHA-256, and no way back that is not the way back of its own step. What it says of the world is checked again when
 * it is taken back: this is only what a file can be held to by itself.
 */
export function journalIn(value: unknown): { readonly journal: Journal } | Flaw {
  const parsed = journal.safeParse(value);
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path ?? [];
    return { flaw: "form", at: path.map(String).join(".").slice(0, 100) || "the whole" };
  }
  // Every part was just held to its type, but for `exactOptionalPropertyTypes`: JSON has no `undefined`.
  const found = parsed.data as Journal;
  return flawOf(found) ?? { journal: found };
}

function flawOf({ configPath, before, steps, id, startedAt }: Journal): Flaw | undefined {
  if (!id.startsWith(`${startedAt.replaceAll(/[:.]/g, "-")}-`)) return { flaw: "form", at: "id" };
  const { config, devices } = before;
  // A container's is behind the name of its place.
  if (config !== undefined && config.path !== configPath && !configPath.endsWith(`:${config.path}`))
    return { flaw: "path" };
  const restored = [
    config,
    ...steps.map(({ undo }) => (undo?.undo === "file.restore" ? undo.before : undefined)),
  ];
  const isWhole = restored.every(
    (file) => file === undefined || sha256(Buffer.from(file.content, "base64")) === file.sha256,
  );
  if (!isWhole) return { flaw: "hash" };
  for (const [index, entry] of steps.entries()) {
    const flaw = flawOfUndo(entry, devices);
    if (flaw !== undefined) return flaw === "form" ? { flaw, at: `steps.${index}.undo` } : { flaw };
  }
  return undefined;
}

function flawOfUndo(
  { step, undo }: JournalStep,
  devices: DeviceList | undefined,
): "form" | "path" | undefined {
  switch (undo?.undo) {
    case undefined:
      return undefined;
    case "gateway.stop":
      return step.do === "gateway.start" ? undefined : "form";
    case "tailscale.serve":
      return step.do === "tailscale.status" ? undefined : "form";
    case "file.remove":
    case "file.restore": {
      const path = undo.undo === "file.remove" ? undo.path : undo.before.path;
      return path === sidePathOf(step) ? undefined : "path";
    }
    case "device.remove":
    case "device.restore":
      return step.do === "device.approve" && isOfRequest(undo, step.requestId, devices) ? undefined : "form";
    case "own.remove":
      return CALLS.has(step.do) && !isPaired(undo.own, devices) ? undefined : "form";
  }
}

/** Steps that call OpenClaw's own command about a device, and last. */
const CALLS: ReadonlySet<Step["do"]> = new Set(["device.reject", "device.remove", "device.rotate"]);

/** What was paired before the step is nobody's trace. */
function isPaired(own: string | undefined, devices: DeviceList | undefined): boolean {
  return own !== undefined && devices?.paired.some(({ deviceId }) => deviceId === own) === true;
}

/** The file beside openclaw.json that a step writes. */
export function sidePathOf(step: Step): string | undefined {
  if (step.do === "token.copy" || step.do === "proxy.write" || step.do === "proxy.edit") return step.path;
  return step.do === "compose.edit" ? step.file : undefined;
}

/** The device of the request that was approved, and no more than it had. */
function isOfRequest(
  undo: Extract<Undo, { readonly undo: "device.remove" | "device.restore" }>,
  requestId: string | undefined,
  devices: DeviceList | undefined,
): boolean {
  const request = devices?.pending.find((one) => one.requestId === requestId);
  if (request === undefined || request.deviceId !== undo.deviceId) return false;
  if (isPaired(undo.own, devices)) return false;
  if (undo.undo === "device.remove") return true;
  const had = devices?.paired.find((one) => one.deviceId === undo.deviceId);
  return had !== undefined && undo.scopes.every((scope) => had.scopes.includes(scope));
}

// --- the form ----------------------------------------------------------------------------------------------------

const text = (max = 500) => z.string().check(z.maxLength(max));
const form = (pattern: RegExp) => z.string().check(z.regex(pattern));
const list = <T extends z.ZodMiniType>(item: T, max: number) => z.array(item).check(z.maxLength(max));
const count = (max: number) => z.int().check(z.minimum(0), z.maximum(max));

/** Of a file that the gateway itself tells where it is, which is asked again; nothing in it that a terminal acts on. */
const path = z.string().check(z.minLength(1), z.maxLength(4096), z.regex(/^\P{Cc}*$/u));
/** Of one that only the user named: as it is after every `..` was followed. */
const namedPath = path.check(z.refine((value) => isAbsolute(value) && normalize(value) === value));
const hash = form(/^[0-9a-f]{64}$/);
const key = z.string().check(
  z.maxLength(300),
  z.regex(/^[^.\p{Cc}]+(?:\.[^.\p{Cc}]+)*$/u),
  z.refine((value) => !value.split(".").includes("__proto__")),
);
const name = form(/^[\w.-]{1,200}$/);
const variable = form(/^[A-Za-z_]\w{0,200}$/);
const scopes = list(text(200), 200);
const args = z.record(text(100), z.union([text(5000), z.number(), z.boolean()]));
const holding = <T extends z.ZodMiniType>(inner: T) =>
  z.strictObject({
    message: name,
    args: z.optional(z.record(text(100), z.union([text(5000), z.number(), z.boolean(), inner]))),
  });
/** A sentence, which may hold another one, as deep as `sentence` reads it. */
const saying = holding(holding(holding(z.strictObject({ message: name, args: z.optional(args) }))));

/** Of what was there before: no bit of it can be setuid, setgid or sticky. */
const file = z.strictObject({
  path,
  // Whole base64 only: what is left out when it is read must not be.
  content: z.string().check(z.refine((value) => Buffer.from(value, "base64").toString("base64") === value)),
  sha256: hash,
  mode: count(0o777),
  uid: count(2 ** 32 - 2),
  gid: count(2 ** 32 - 2),
  attributes: z.optional(z.enum(["some", "unknown"])),
});

const device = {
  deviceId: text(200),
  client: z.optional(text()),
  platform: z.optional(text()),
  role: z.optional(text(200)),
  scopes,
  at: z.optional(text(100)),
};
const devices = z.strictObject({
  pending: list(
    z.strictObject({
      requestId: text(200),
      ...device,
      remoteIp: z.optional(text(200)),
      isRepair: z.optional(z.boolean()),
    }),
    10_000,
  ),
  paired: list(z.strictObject(device), 10_000),
  store: z.enum(["json", "sqlite"]),
  problems: z.optional(list(z.strictObject({ kind: text(50), path: text(4096), detail: text(1000) }), 10)),
});

const change = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("publish"), port: count(65_535), to: count(65_535) }),
  z.strictObject({ kind: z.literal("on-loopback"), to: count(65_535) }),
  z.strictObject({ kind: z.literal("reference"), variable }),
  z.strictObject({ kind: z.literal("bind"), value: z.literal("lan") }),
  z.strictObject({ kind: z.literal("network"), of: name }),
]) satisfies z.ZodMiniType<ComposeChange>;

const site = z.strictObject({
  proxy: z.enum(["caddy", "nginx"]),
  domain: form(/^[a-z0-9.-]{1,253}(?::\d{1,5})?$/),
  port: count(65_535),
  tls: z.enum(["public", "internal"]),
  certificate: z.optional(form(/^\/[\w@%+,./-]{1,400}$/)),
  certificateKey: z.optional(form(/^\/[\w@%+,./-]{1,400}$/)),
});

/** Steps that a program does: no other is ever in a journal. */
type Done = ProgramStep["do"];

const STEPS = {
  "config.set": z.strictObject({ do: z.literal("config.set"), key, value: z.json() }),
  "config.unset": z.strictObject({
    do: z.literal("config.unset"),
    key,
    refused: z.optional(z.literal(true)),
  }),
  "device.approve": z.strictObject({ do: z.literal("device.approve"), requestId: name }),
  "device.reject": z.strictObject({ do: z.literal("device.reject"), requestId: name }),
  "device.remove": z.strictObject({ do: z.literal("device.remove"), deviceId: name }),
  "device.rotate": z.strictObject({ do: z.literal("device.rotate"), deviceId: name, role: name }),
  "gateway.start": z.strictObject({ do: z.literal("gateway.start") }),
  "gateway.restart": z.strictObject({
    do: z.literal("gateway.restart"),
    afresh: z.optional(z.literal(true)),
  }),
  "token.generate": z.strictObject({ do: z.literal("token.generate") }),
  "token.copy": z.strictObject({
    do: z.literal("token.copy"),
    path,
    variable: z.optional(variable),
    on: z.optional(z.literal("this-machine")),
    adds: z.optional(z.literal(true)),
  }),
  "compose.edit": z.strictObject({ do: z.literal("compose.edit"), file: path, service: name, change }),
  "compose.up": z.strictObject({ do: z.literal("compose.up"), service: name }),
  "tailscale.status": z.strictObject({
    do: z.literal("tailscale.status"),
    name: z.optional(form(/^[a-z0-9.-]{1,253}$/)),
  }),
  "proxy.write": z.strictObject({
    do: z.literal("proxy.write"),
    site,
    path: namedPath,
    adds: z.optional(z.literal(true)),
  }),
  "proxy.edit": z.strictObject({
    do: z.literal("proxy.edit"),
    proxy: z.enum(FRONT_PROGRAMS),
    path: namedPath,
    port: count(65_535),
    adds: list(z.enum(FRONT_LACKS), FRONT_LACKS.length),
  }),
  "proxy.reload": z.strictObject({
    do: z.literal("proxy.reload"),
    proxy: z.enum(FRONT_PROGRAMS),
    config: namedPath,
  }),
} satisfies { readonly [D in Done]: z.ZodMiniType<{ do: D }> };

const traces = {
  own: z.optional(name),
  ownFiles: z.optional(list(z.enum(["identity/device.json", "identity/device-auth.json"]), 2)),
};

const UNDOS = {
  "device.remove": z.strictObject({ undo: z.literal("device.remove"), deviceId: name, ...traces }),
  "device.restore": z.strictObject({
    undo: z.literal("device.restore"),
    deviceId: name,
    ...traces,
    role: z.optional(text(200)),
    scopes,
    entry: z.optional(z.record(text(200), z.json())),
  }),
  "own.remove": z.strictObject({ undo: z.literal("own.remove"), ...traces }),
  "tailscale.serve": z.strictObject({ undo: z.literal("tailscale.serve") }),
  "gateway.stop": z.strictObject({ undo: z.literal("gateway.stop") }),
  "file.remove": z.strictObject({ undo: z.literal("file.remove"), path, sha256: hash }),
  "file.restore": z.strictObject({ undo: z.literal("file.restore"), before: file, sha256: hash }),
} satisfies { readonly [U in Undo["undo"]]: z.ZodMiniType<{ undo: U }> };

const journal = z.strictObject({
  version: z.literal(1),
  id: form(JOURNAL_ID),
  state: z.enum(["open", "kept", "undoing", "undone"]),
  pid: z.int().check(z.minimum(1), z.maximum(2 ** 31 - 1)),
  startedAt: form(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  configPath: text(5000),
  release: z.optional(text(100)),
  remedies: list(
    z.strictObject({
      id: name,
      risk: z.enum(["none", "restart", "grants-access", "weakens-security"]),
      args: z.optional(args),
    }),
    50,
  ),
  before: z.strictObject({ config: z.optional(file), devices: z.optional(devices) }),
  steps: list(
    z.strictObject({
      step: z.discriminatedUnion(
        "do",
        Object.values(STEPS) as [(typeof STEPS)[Done], ...(typeof STEPS)[Done][]],
      ),
      state: z.enum(["planned", "started", "done", "undone"]),
      how: z.optional(text(5000)),
      say: z.optional(saying),
      undo: z.optional(
        z.discriminatedUnion(
          "undo",
          Object.values(UNDOS) as [(typeof UNDOS)[Undo["undo"]], ...(typeof UNDOS)[Undo["undo"]][]],
        ),
      ),
      set: z.optional(hash),
    }),
    100,
  ),
  left: z.optional(hash),
});
