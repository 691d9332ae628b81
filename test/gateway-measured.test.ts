// Every connection that was measured on a real gateway, made again over a socket to the embedded one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { admit } from "../src/admission/admit.ts";
import type { AdmissionConfig, Connection } from "../src/core/connection.ts";
import { cleaner } from "../src/gateway/clean-text.ts";
import { createDeviceIdentity, type DeviceIdentity, signaturePayload } from "../src/gateway/device.ts";
import type { DeviceBook } from "../src/gateway/embedded/devices.ts";
import { type EmbeddedPeer, startEmbeddedGateway } from "../src/gateway/embedded/server.ts";
import { traitsOf } from "../src/gateway/embedded/traits.ts";
import { type Challenge, shakeHands } from "../src/gateway/handshake.ts";
import type { ConnectParams } from "../src/gateway/protocol.ts";
import { deviceAsMet } from "./support/as-met.ts";
import { UNHURRIED, until } from "./support/until.ts";

interface Row {
  readonly release: string;
  readonly case: string;
  readonly config: AdmissionConfig;
  readonly connection: Connection;
  /** Console lines of this connection, masked as {@link shape} does. */
  readonly log: readonly string[];
  readonly outcome: {
    readonly admitted: boolean;
    readonly httpStatus: number;
    readonly autoApproved?: boolean;
    readonly closeCode?: number;
    readonly closeReason?: string;
    readonly errorCode?: string;
    readonly message?: string;
    readonly details?: Readonly<Record<string, unknown>> | null;
    readonly grantedScopes?: readonly string[];
  };
}

const file = new URL("../fixtures/gateway/answers.jsonl.gz", import.meta.url);
const rows = gunzipSync(readFileSync(file))
  .toString("utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);

const secrets = { token: "tok-measured-1", password: "pw-measured-1" };
/** What the measuring client called its platform. */
const platformOf = ({ client }: Connection) =>
  client.id === "openclaw-control-ui" ? "Linux x86_64" : "linux";

/** The fixture says only that there is a secret. */
function withSecrets(config: AdmissionConfig): AdmissionConfig {
  const auth = config.gateway?.auth;
  return {
    ...config,
    gateway: {
      ...config.gateway,
      ...(auth === undefined
        ? {}
        : {
            auth: {
              ...auth,
              ...(auth.token === undefined ? {} : { token: secrets.token }),
              ...(auth.password === undefined ? {} : { password: secrets.password }),
            },
          }),
    },
  };
}

function authOf({ auth }: Connection, config: AdmissionConfig): ConnectParams["auth"] {
  const isPassword = config.gateway?.auth?.mode === "password";
  switch (auth) {
    case "missing":
      return undefined;
    case "password-instead-of-token":
      return { password: "pw" };
    case "wrong":
      return isPassword ? { password: "wrong" } : { token: "wrong-token-1" };
    case "valid":
      return isPassword ? { password: secrets.password } : { token: secrets.token };
  }
}

/** Brings the device list into the state that the connection was made in. */
function prepare(book: DeviceBook, identity: DeviceIdentity, { connection, outcome }: Row): void {
  const { client, role, scopes } = connection;
  const device = deviceAsMet(connection, outcome);
  const applicant = {
    deviceId: identity.id,
    publicKey: identity.publicKey,
    platform: device.metadataChanged === undefined ? platformOf(connection) : "another",
    clientId: client.id,
    clientMode: client.mode,
    role: device.approvedRole ?? "operator",
    scopes: device.approvedScopes ?? scopes,
  };
  if (device.state === "paired") book.pair(applicant);
  else if (device.state === "pending") book.request({ ...applicant, role, scopes });
  if (device.pendingUpgrade === true) book.request({ ...applicant, role, scopes });
}

function paramsOf(row: Row, challenge: Challenge, identity: DeviceIdentity): ConnectParams {
  const { connection, release } = row;
  const { client, role, scopes, device } = connection;
  const auth = authOf(connection, row.config);
  const traits = traitsOf(release);
  const buildId = connection.uiBuild === undefined ? traits.buildId : connection.uiBuild;
  const platform = platformOf(connection);
  const isPage = client.id === "openclaw-control-ui";
  const params: ConnectParams = {
    minProtocol: 3,
    maxProtocol: 4,
    client: {
      ...client,
      version: "rig",
      platform,
      ...(traits.knowsBuildId && isPage && buildId !== "legacy" && buildId !== "missing" ? { buildId } : {}),
    },
    role,
    scopes,
    caps: [],
    ...(auth === undefined ? {} : { auth }),
  };
  if (device.state === "absent") return params;
  const signedAtMs = Date.now() + (device.clockSkewMs ?? 0);
  const form = device.signature === "v1" || device.signature === "v3" ? device.signature : "v2";
  const nonce =
    device.nonce === "missing" ? undefined : device.nonce === "wrong" ? "another nonce" : challenge.nonce;
  const payload = signaturePayload(form, {
    deviceId: identity.id,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAtMs,
    ...(auth?.token === undefined ? {} : { token: auth.token }),
    ...(nonce === undefined ? {} : { nonce }),
    platform,
  });
  return {
    ...params,
    device: {
      id: device.id === undefined ? identity.id : "f".repeat(64),
      publicKey: identity.publicKey,
      signature: identity.sign(device.signature === "invalid" ? `${payload}x` : payload),
      signedAt: signedAtMs,
      ...(nonce === undefined ? {} : { nonce }),
    },
  };
}

/** Without what is new in every connection. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  const masked = text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{1,28}/g, "UUID");
  return JSON.parse(masked.replace(/"gatewayBuildId":"[^"]*"/g, '"gatewayBuildId":"BUILD"'));
}

/** A log line without what is new in every connection. */
function shape(line: string): string {
  return (
    line
      .replace(/^\S+/, "TIME")
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{1,28}/g, "UUID")
      .replace(/\b[0-9a-f]{64}\b/g, "DEVICE")
      .replace(/(peer|endpoint)=\S+/g, "$1=PEER")
      .replace(/(remotePort|localPort|durationMs)=\d+/g, "$1=N")
      // The measuring client named a browser, or nothing; ours names nothing.
      .replace(/ ua=.*? (code|reason)=/, " ua=UA $1=")
      .replace(/ userAgent=(?:BROWSER|"[^"]*")/, "")
      .replace(/(lastFrameId|frameId)=\S+/g, "$1=ID")
      .replace(/reason=(?:rig )?done/, "reason=done")
      .replace(/localAddr=\S+/g, "localAddr=A")
      .replace(/(build|gatewayBuild|gatewayBuildId|buildId)=2026\S+/g, "$1=BUILD")
  );
}

/** The last line of a connection is written a moment after the client knows that it is closed. */
async function settled(lines: readonly string[], last: RegExp | undefined): Promise<void> {
  if (last !== undefined) await until(() => lines.some((line) => last.test(line)));
}

/** A device that is in the list already says nothing about being approved by this connection. */
function hasEntry({ device }: Connection): boolean {
  return device.state === "paired" || device.state === "pending";
}

/** In the measurement some lines came late and were written down with the next connection. */
function wellCaught({ log, connection, outcome }: Row): boolean {
  if (outcome.httpStatus !== 101) return log.length === 0;
  const ends = log.filter((line) => /closed before connect|webchat disconnected/.test(line));
  if (outcome.admitted) return ends.length === (connection.client.mode === "webchat" ? 1 : 0);
  const { host = "", origin = "n/a" } = connection.headers;
  const [end] = ends;
  return (
    ends.length === 1 &&
    end !== undefined &&
    end.includes(` remote=${connection.remoteAddress} `) &&
    end.includes(` origin=${origin} host=${host} `) &&
    (!end.includes("unauthorized") || log.length > 1 || connection.auth === "missing")
  );
}

function lastLine(row: Row): RegExp | undefined {
  if (row.outcome.httpStatus !== 101) return undefined;
  if (!row.outcome.admitted) return /closed before connect/;
  return row.connection.client.mode === "webchat" ? /webchat disconnected/ : undefined;
}

const groups = Map.groupBy?.(rows, keyOf) ?? grouped(rows);

function keyOf(row: Row): string {
  return `${row.release} ${JSON.stringify(row.config)}`;
}

/** `Map.groupBy` is there from Node 21 on. */
function grouped(all: readonly Row[]): Map<string, Row[]> {
  const map = new Map<string, Row[]>();
  for (const row of all) map.set(keyOf(row), [...(map.get(keyOf(row)) ?? []), row]);
  return map;
}

describe("embedded gateway: every measured connection, over a socket", () => {
  it("has rows of ten releases", () => {
    assert.ok(rows.length > 1700);
    assert.equal(new Set(rows.map((row) => row.release)).size, 10);
    assert.ok(rows.filter(wellCaught).length > 0.97 * rows.length);
  });

  for (const [, group] of groups) {
    const [first] = group;
    if (first === undefined) continue;
    it(`${first.release} ${first.case.split("/")[0]} (${group.length})`, async () => {
      let peer: EmbeddedPeer | undefined;
      const lines: string[] = [];
      const gateway = await startEmbeddedGateway({
        release: first.release,
        config: withSecrets(first.config),
        admit,
        peer: () => peer,
        onLog: (line) => lines.push(line),
      });
      const differences: string[] = [];
      try {
        for (const row of group) {
          const { connection } = row;
          peer = { remoteAddress: connection.remoteAddress, headers: connection.headers };
          const identity = createDeviceIdentity();
          lines.length = 0;
          prepare(gateway.devices, identity, row);
          const { hello, error, ...shaken } = await shakeHands(gateway.url, {
            headers: {},
            timeoutMs: UNHURRIED,
            clean: cleaner([]),
            connect: (challenge) => paramsOf(row, challenge, identity),
          });
          await settled(lines, lastLine(row));
          const { requestId: _request, deviceId: _device, ...details } = error?.details ?? {};
          const logged = lines.map(shape).filter((line) => !line.includes("observed unattributable"));
          const met = {
            admitted: shaken.result === "admitted",
            httpStatus: shaken.httpStatus,
            closeCode: shaken.closeCode,
            closeReason: shaken.closeReason,
            errorCode: error?.code,
            message: error?.message,
            details: Object.keys(details).length === 0 ? null : details,
            grantedScopes: hello?.scopes,
            log: logged,
            ...(hasEntry(connection)
              ? {}
              : { autoApproved: gateway.devices.pairedOf(identity.id) !== undefined }),
          };
          const { outcome } = row;
          const expected = {
            admitted: outcome.admitted,
            httpStatus: outcome.httpStatus,
            closeCode: outcome.closeCode,
            closeReason: outcome.closeReason,
            errorCode: outcome.errorCode ?? undefined,
            message: outcome.message ?? undefined,
            details: outcome.details ?? null,
            grantedScopes: outcome.grantedScopes,
            log: wellCaught(row) ? row.log.map(shape) : logged,
            ...(hasEntry(connection) ? {} : { autoApproved: outcome.autoApproved ?? false }),
          };
          const [is, should] = [plain(met), plain(expected)] as Record<string, unknown>[];
          for (const key of Object.keys({ ...is, ...should })) {
            if (isDeepStrictEqual(is?.[key], should?.[key])) continue;
            differences.push(
              `${row.case}: ${key}: ${JSON.stringify(is?.[key])}, measured ${JSON.stringify(should?.[key])}`,
            );
          }
        }
        assert.equal(differences.length, 0, differences.slice(0, 10).join("\n"));
      } finally {
        await gateway.close();
      }
    });
  }
});
