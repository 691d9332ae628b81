import { randomBytes } from "node:crypto";
import { type ConnectParams, clients } from "../protocol.ts";
import type { DeviceBook } from "./devices.ts";
import { methodsOf } from "./methods.ts";
import type { Traits } from "./traits.ts";

/** The scopes that the admitted connection has. */
export function scopesOf(
  params: ConnectParams,
  traits: Traits,
  isLocal: boolean,
  book: DeviceBook,
): readonly string[] {
  if (params.device !== undefined && book.pairedOf(params.device.id)) return params.scopes;
  // A page that a switch lets in without pairing keeps what it asks for; from 2026.8.1 no switch does.
  if (params.client.id === clients.page.id) return traits.knowsBuildId ? [] : params.scopes;
  if (params.device !== undefined) return params.scopes;
  const { id } = params.client;
  switch (traits.scopesWithoutDevice) {
    case "all":
      return params.scopes;
    case "none":
      return [];
    case "local-backend":
      return isLocal && id === clients.backend.id ? params.scopes : [];
    case "local-backend-and-cli":
      return isLocal && (id === clients.backend.id || id === clients.cli.id) ? params.scopes : [];
  }
}

/** hello-ok as far as a client of ours, the CLI or a page at the door looks at it. */
export function helloOf(
  params: ConnectParams,
  of: {
    readonly traits: Traits;
    readonly book: DeviceBook;
    readonly conn: string;
    readonly bootId: string;
    readonly scopes: readonly string[];
    readonly authMode: string;
    readonly now: number;
  },
): object {
  const { traits, scopes } = of;
  const auth = authPart(params, of);
  return {
    type: "hello-ok",
    protocol: traits.protocol,
    server: {
      version: traits.helloVersion,
      ...(traits.knowsBuildId ? { buildId: traits.buildId } : {}),
      ...(traits.logMeta ? { bootId: of.bootId, controlUiBuildSource: "bundled" } : {}),
      ...(traits.helloHost ? { host: "embedded" } : {}),
      connId: of.conn,
    },
    features: { methods: methodsOf(traits), events: ["connect.challenge", "tick", "shutdown"] },
    snapshot: {
      presence: [],
      health: {},
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: Math.round(process.uptime() * 1000),
      // Later releases show it only to those who have scopes.
      ...(traits.helloAuthMode && (!traits.helloAuthAlways || scopes.length > 0)
        ? { authMode: of.authMode }
        : {}),
    },
    ...(auth === undefined ? {} : { auth }),
    policy: {
      maxPayload: traits.helloHost ? 524_288 : 26_214_400,
      maxBufferedBytes: traits.helloHost ? 1_572_864 : 52_428_800,
      tickIntervalMs: 30_000,
    },
  };
}

function authPart(
  params: ConnectParams,
  { traits, book, scopes, now, authMode }: Parameters<typeof helloOf>[1],
): object | undefined {
  const paired = params.device === undefined ? undefined : book.pairedOf(params.device.id);
  // 2026.3.13 gives neither a node nor a client of a trusted proxy a device token.
  const hasToken = !traits.helloAuthMode || (authMode !== "trusted-proxy" && params.role !== "node");
  if (!traits.helloAuthAlways && !(paired && hasToken)) return undefined;
  const granted =
    traits.impliedScopes && paired && scopes.includes("operator.admin")
      ? [...new Set([...scopes, "operator.read", "operator.write"])]
      : scopes;
  return {
    ...(traits.logMeta ? { method: authMode } : {}),
    role: params.role,
    scopes: granted,
    ...(traits.logMeta ? { recoveryScope: randomBytes(32).toString("base64url") } : {}),
    ...(traits.logMeta && paired && params.client.id === clients.page.id
      ? { recoveryMigrationAllowed: true }
      : {}),
    ...(paired ? { deviceToken: book.tokenOf(paired.deviceId, traits.longHex), issuedAtMs: now } : {}),
  };
}
