// Makes a case true on a running gateway, connects, and notes what the gateway did.
import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import type { Connection, ConnectionDevice, Credential, SentCredentials } from "../../src/core/connection.ts";
import type { Agent } from "../real/rig/agent.ts";
import { type Attempt, type Call, type ClientSettings, newDevice, type Outcome } from "../real/rig/client.ts";
import { type Gateway, type GatewaySection, TOKEN } from "../real/rig/gateway.ts";
import { isAtLeast } from "../real/rig/releases.ts";
import { at, type Case, CLI, READ_WRITE } from "./case.ts";
import { LAN_HOST, LOOPBACK, LOOPBACK_HOST, PORT, PUBLIC, routeFrom } from "./network.ts";
import { isNoAnswer } from "./rows.ts";
import { PASSWORD } from "./situations.ts";

/** A gateway as the driver needs it. */
export interface Stage {
  readonly gateway: Gateway;
  readonly section: GatewaySection;
  readonly client: Agent;
  /** Port that the gateway opened for Tailscale alone. */
  readonly tailscalePort?: number | undefined;
  /** Unused bootstrap tokens. */
  readonly setupCodes: string[];
  /** Wrong secrets so far, by client. */
  readonly failures: Map<string, number>;
}

export interface Driven {
  /** Marks the case in the gateway's log. */
  readonly mark: string;
  /** The device as the gateway had it, where it is not as the case wants it. */
  readonly met?: ConnectionDevice;
  readonly outcome: Outcome;
  readonly deviceId?: string;
  /** Size of the console's log before the connection, bytes. */
  readonly logFrom: number;
}

/** The case could not be made true here; the reason. */
export class Skipped extends Error {}

export function newMark(): string {
  return `rig/${randomUUID().slice(0, 13)}`;
}

const ADMIN_DEVICE = newDevice();
const ADMIN_SCOPES = [
  "operator.admin",
  "operator.approvals",
  "operator.pairing",
  "operator.read",
  "operator.write",
];
const WRONG = "rig-wrong-3f77";

export async function drive(stage: Stage, { connection }: Case): Promise<Driven> {
  const mark = newMark();
  const seed = newDevice();
  const made = await prepare(stage, connection, seed);
  await fail(stage, connection);
  const attempt = attemptOf(stage, connection, seed, mark, made.token);
  const logFrom = statSync(stage.gateway.consoleLog).size;
  const outcome = await connectPatiently(agentOf(stage, connection.remoteAddress), attempt);
  count(stage, connection, outcome);
  return {
    mark,
    outcome,
    logFrom,
    ...(made.met === undefined ? {} : { met: made.met }),
    ...(outcome.deviceId === undefined ? {} : { deviceId: outcome.deviceId }),
  };
}

/** A gateway may still say that it is starting, or give up on a client that it has no time for. */
async function connectPatiently(agent: Agent, attempt: Attempt): Promise<Outcome> {
  for (let tries = 0; ; tries++) {
    const outcome = await agent.connect({ ...attempt, timeoutMs: 30_000 });
    if (!isNoAnswer(outcome) || tries >= 5) return outcome;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function agentOf(stage: Stage, remoteAddress: string): Agent {
  return routeFrom(remoteAddress).from === "gateway" ? stage.gateway.agent : stage.client;
}

// What is sent.

function attemptOf(
  stage: Stage,
  connection: Connection,
  seed: string,
  mark: string,
  deviceToken: string | undefined,
): Attempt {
  const { device } = connection;
  const { host, localAddress } = routeFrom(connection.remoteAddress);
  const port = connection.listener === "tailscale" ? servedPort(stage) : PORT;
  const auth = authOf(stage, connection, deviceToken);
  const isPage = connection.headers.origin !== undefined;
  const skew = device.clockSkewMs;
  const { signature } = device;
  return {
    url: `ws://${host}:${port}`,
    headers: {
      ...spelled(connection.headers),
      "User-Agent": isPage ? `Mozilla/5.0 (X11; Linux x86_64) ${mark}` : mark,
    },
    ...(localAddress === undefined ? {} : { localAddress }),
    client: clientOf(stage.gateway, connection),
    role: connection.role,
    scopes: connection.scopes,
    ...(auth === undefined ? {} : { auth }),
    ...(device.state === "absent" ? {} : { device: seed }),
    ...(signature === undefined || signature === "invalid" ? {} : { signature }),
    ...(signature === "invalid" ? { badSignature: true } : {}),
    ...(skew === undefined ? {} : { clockAheadMs: skew }),
    ...(device.nonce === undefined ? {} : { nonce: device.nonce }),
    ...(device.id === undefined ? {} : { foreignId: true }),
    ...(connection.caps === undefined ? {} : { caps: connection.caps }),
    ...(connection.protocol === undefined
      ? {}
      : { protocol: [connection.protocol.min, connection.protocol.max] as const }),
  };
}

/** From the release on that has such a listener. */
function servedPort(stage: Stage): number {
  if (stage.tailscalePort === undefined)
    throw new Skipped("this release has no listener for Tailscale alone");
  return stage.tailscalePort;
}

function spelled(headers: Readonly<Record<string, string>>): Record<string, string> {
  const capital = (name: string) => name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [capital(name), value]));
}

function clientOf(gateway: Gateway, { client, uiBuild }: Connection): ClientSettings {
  const isUi = client.id === "openclaw-control-ui";
  const build = uiBuild ?? gateway.installed.uiBuild;
  // Only pages of 2026.8.1 and later say which build they are of, and older gateways refuse the word.
  const says = isUi && isAtLeast(gateway.release, "2026.8.1") && build !== undefined && build !== "missing";
  return {
    id: client.id,
    mode: client.mode,
    version: "rig",
    platform: platformOf(client),
    ...(client.deviceFamily === undefined ? {} : { deviceFamily: client.deviceFamily }),
    ...(says ? { buildId: build } : {}),
  };
}

/** What a client says that the case does not give a platform. */
export function platformOf({ id, platform }: Connection["client"]): string {
  return platform ?? (id === "openclaw-control-ui" ? "Linux x86_64" : "linux");
}

type Auth = NonNullable<Attempt["auth"]>;

function authOf(stage: Stage, connection: Connection, deviceToken: string | undefined): Auth | undefined {
  const { sends } = connection;
  if (sends === undefined) return sharedAuth(stage.section, connection.auth);
  const auth: Record<string, string> = {};
  for (const [field, credential] of Object.entries(sends) as [keyof SentCredentials, Credential][])
    auth[field] = credentialText(stage, credential, deviceToken);
  return auth;
}

function credentialText(stage: Stage, credential: Credential, deviceToken: string | undefined): string {
  switch (credential) {
    case "gateway-token":
      return TOKEN;
    case "padded-gateway-token":
      return ` ${TOKEN} `;
    case "gateway-password":
      return PASSWORD;
    case "wrong":
      return WRONG;
    case "setup-code": {
      const code = stage.setupCodes.pop();
      if (code === undefined) throw new Skipped("this release makes no setup codes");
      return code;
    }
    default:
      if (deviceToken === undefined) throw new Skipped("the gateway gave no device token");
      return deviceToken;
  }
}

function modeOf({ auth }: GatewaySection): string {
  if (typeof auth?.mode === "string") return auth.mode;
  return auth?.password === undefined ? "token" : "password";
}

/** The secret in the field that the mode reads; trusted-proxy reads a password where there is one. */
function sharedAuth(section: GatewaySection, auth: Connection["auth"]): Auth | undefined {
  const byPassword =
    modeOf(section) === "password" ||
    (modeOf(section) === "trusted-proxy" && section.auth?.password !== undefined);
  switch (auth) {
    case "missing":
      return undefined;
    case "valid":
      return byPassword ? { password: PASSWORD } : { token: TOKEN };
    case "wrong":
      return byPassword ? { password: WRONG } : { token: WRONG };
    case "password-instead-of-token":
      return { password: WRONG };
  }
}

// What was before.

interface Made {
  readonly met?: ConnectionDevice;
  readonly token?: string;
}

async function prepare(stage: Stage, connection: Connection, seed: string): Promise<Made> {
  const { device, sends } = connection;
  const credentials = Object.values(sends ?? {});
  const wants = (credential: Credential) => credentials.includes(credential);
  if (wants("device-token-of-another-device")) return { token: await tokenOfAnother(stage, CLI, "operator") };
  if (wants("device-token-of-another-role"))
    return { token: await tokenOfAnother(stage, { id: "node-host", mode: "node" }, "node") };
  if (device.state === "pending") return await ask(stage, connection, seed);
  if (device.state !== "paired") return {};
  const needsToken =
    credentials.some((credential) => credential.endsWith("device-token")) || device.tokenRevoked;
  const found = await pair(stage, connection, seed);
  const token = needsToken ? await tokenOf(stage, connection, seed) : undefined;
  if (device.pendingUpgrade) await askForMore(stage, connection, seed);
  const deviceId = found.deviceId;
  const role = device.approvedRole ?? connection.role;
  if (wants("rotated-device-token"))
    await must(stage, { method: "device.token.rotate", params: { deviceId, role } });
  if (device.tokenRevoked) await must(stage, { method: "device.token.revoke", params: { deviceId, role } });
  const met = metDevice(connection, await look(stage, deviceId));
  return { ...(met === undefined ? {} : { met }), ...(token === undefined ? {} : { token }) };
}

async function tokenOfAnother(stage: Stage, client: Connection["client"], role: string): Promise<string> {
  const seed = newDevice();
  const scopes = role === "node" ? [] : READ_WRITE;
  const other: Connection = {
    remoteAddress: LOOPBACK,
    headers: { host: LOOPBACK_HOST },
    client,
    role,
    scopes,
    auth: "valid",
    device: { state: "paired", approvedRole: role, approvedScopes: scopes },
  };
  await pair(stage, other, seed);
  const token = await tokenOf(stage, other, seed);
  if (token === undefined) throw new Skipped("another device got no token");
  return token;
}

/** Connects as the device was approved and takes the token that it is given. */
async function tokenOf(stage: Stage, connection: Connection, seed: string): Promise<string | undefined> {
  const { device } = connection;
  const own: Connection = {
    ...connection,
    role: device.approvedRole ?? connection.role,
    scopes: device.approvedScopes ?? connection.scopes,
  };
  return (await asBefore(stage, own, seed, near(stage, own))).deviceToken;
}

interface Known {
  readonly deviceId: string;
  readonly paired?: PairedDevice;
  readonly isPending: boolean;
}

interface PairedDevice {
  readonly deviceId?: string;
  readonly role?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly approvedScopes?: readonly string[];
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly tokens?: unknown;
}

/** Ways for the first connection of a device, until the gateway has it in its list. */
async function pair(stage: Stage, connection: Connection, seed: string): Promise<Known> {
  const { device } = connection;
  const role = device.approvedRole ?? connection.role;
  const own: Connection = {
    ...connection,
    role,
    scopes: device.approvedScopes ?? connection.scopes,
    client: { ...bare(clientFor(connection, role)), ...(device.pinned ?? saidBy(connection)) },
  };
  const asCli: Connection = { ...own, client: { ...own.client, ...CLI } };
  const ways: (readonly [Connection, Place])[] = [[own, near(stage, own)]];
  if (!isAlone(stage)) ways.unshift([own, far(own)]);
  if (own.client.id !== CLI.id && role === "operator") {
    if (!isAlone(stage)) ways.push([asCli, far(asCli)]);
    ways.push([asCli, near(stage, asCli)]);
  }
  let last: Outcome | undefined;
  for (const [who, place] of ways) {
    last = await asBefore(stage, who, seed, place);
    if (last.requestId !== undefined && last.deviceId !== undefined)
      await call(stage, { method: "device.pair.approve", params: { requestId: last.requestId } });
    if (last.deviceId === undefined) continue;
    const known = await look(stage, last.deviceId);
    if (known.paired !== undefined) return known;
  }
  throw new Skipped(`could not be paired: ${last?.message ?? last?.closeReason ?? last?.httpStatus}`);
}

function bare({ id, mode }: Connection["client"]): Connection["client"] {
  return { id, mode };
}

function saidBy({
  client: { id: _, mode: __, ...said },
}: Connection): NonNullable<ConnectionDevice["pinned"]> {
  return said;
}

/** Who the device was when it was approved: in its own role, whatever it asks for now. */
function clientFor({ client, role: now }: Connection, role: string): Connection["client"] {
  if (role === now) return client;
  return role === "node" ? { id: "node-host", mode: "node" } : CLI;
}

async function ask(stage: Stage, connection: Connection, seed: string): Promise<Made> {
  if (isAlone(stage)) throw new Skipped("no way from elsewhere");
  const outcome = await asBefore(stage, connection, seed, far(connection));
  if (outcome.deviceId === undefined) throw new Skipped("no device");
  const known = await look(stage, outcome.deviceId);
  const met = metDevice(connection, known);
  return met === undefined ? {} : { met };
}

async function askForMore(stage: Stage, connection: Connection, seed: string): Promise<void> {
  const more = { ...connection, scopes: [...READ_WRITE, "operator.admin"] };
  await asBefore(stage, more, seed, isAlone(stage) ? near(stage, more) : far(more));
}

interface Place {
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Nobody reaches it from elsewhere. */
function isAlone({ section }: Stage): boolean {
  return section.bind === undefined || section.bind === "loopback";
}

function isPage({ client }: Connection): boolean {
  return client.id === "openclaw-control-ui" || client.mode === "webchat" || client.id === "webchat-ui";
}

function far(connection: Connection): Place {
  return { remoteAddress: PUBLIC, headers: isPage(connection) ? at(LAN_HOST) : { host: LAN_HOST } };
}

function near(_stage: Stage, connection: Connection): Place {
  return {
    remoteAddress: LOOPBACK,
    headers: isPage(connection) ? at(LOOPBACK_HOST) : { host: LOOPBACK_HOST },
  };
}

/** An ordinary connection of the same device with the right secret. */
function asBefore(stage: Stage, connection: Connection, seed: string, place: Place): Promise<Outcome> {
  const { sends: _, earlierFailures: __, listener: ___, ...rest } = connection;
  const plain: Connection = { ...rest, ...place, auth: "valid", device: { state: "unpaired" } };
  const attempt = attemptOf(stage, plain, seed, "rig/before", undefined);
  return connectPatiently(agentOf(stage, place.remoteAddress), attempt);
}

async function fail(stage: Stage, connection: Connection): Promise<void> {
  const { earlierFailures } = connection;
  if (earlierFailures === undefined) return;
  const wrong: Connection = { ...connection, auth: "wrong", device: { state: "unpaired" } };
  const { sends: _, ...plain } = wrong;
  const key = clientKey(connection);
  for (let had = stage.failures.get(key) ?? 0; had < earlierFailures; had++) {
    const attempt = attemptOf(stage, plain, newDevice(), "rig/before", undefined);
    await connectPatiently(agentOf(stage, connection.remoteAddress), attempt);
    stage.failures.set(key, had + 1);
  }
}

function clientKey({ remoteAddress, headers }: Connection): string {
  return remoteAddress === LOOPBACK ? `${remoteAddress} ${headers.origin ?? ""}` : remoteAddress;
}

function count(stage: Stage, connection: Connection, outcome: Outcome): void {
  const key = clientKey(connection);
  if (outcome.admitted) stage.failures.delete(key);
  else if (connection.auth === "wrong") stage.failures.set(key, (stage.failures.get(key) ?? 0) + 1);
}

// What the gateway knows.

async function call(stage: Stage, ...calls: readonly Call[]): Promise<NonNullable<Outcome["results"]>> {
  const attempt: Attempt = {
    url: `ws://${LOOPBACK}:${PORT}`,
    headers: { Host: LOOPBACK_HOST, "User-Agent": "rig/before" },
    client: { ...CLI, version: "rig", platform: "linux" },
    scopes: ADMIN_SCOPES,
    calls,
    ...withAuth(sharedAuth(stage.section, "valid")),
  };
  let outcome = await connectPatiently(stage.gateway.agent, { ...attempt, device: ADMIN_DEVICE });
  // Where devices are not let in on loopback, a CLI without one still has its scopes there (2026.8.1 on).
  if (!outcome.admitted) outcome = await connectPatiently(stage.gateway.agent, attempt);
  if (!outcome.admitted || outcome.results === undefined)
    throw new Skipped(`no administrator: ${outcome.message ?? outcome.closeReason ?? outcome.httpStatus}`);
  return outcome.results;
}

function withAuth(auth: Auth | undefined): Pick<Attempt, "auth"> {
  return auth === undefined ? {} : { auth };
}

async function must(stage: Stage, request: Call): Promise<void> {
  const [result] = await call(stage, request);
  if (result?.ok !== true) throw new Skipped(`${request.method}: ${result?.message}`);
}

async function look(stage: Stage, deviceId: string): Promise<Known> {
  const [result] = await call(stage, { method: "device.pair.list" });
  if (result?.ok !== true) throw new Skipped(`device.pair.list: ${result?.message}`);
  const { pending = [], paired = [] } = result.payload as {
    pending?: readonly PairedDevice[];
    paired?: readonly PairedDevice[];
  };
  const own = paired.find((entry) => entry.deviceId === deviceId);
  return {
    deviceId,
    isPending: pending.some((entry) => entry.deviceId === deviceId),
    ...(own === undefined ? {} : { paired: own }),
  };
}

/** The device as the gateway has it, in the words of the wanted one; absent where it is as wanted. */
function metDevice({ device: wanted, client }: Connection, known: Known): ConnectionDevice | undefined {
  const met = deviceOf(wanted, client, known);
  return sameDevice(wanted, met) ? undefined : met;
}

function deviceOf(
  wanted: ConnectionDevice,
  client: Connection["client"],
  { paired, isPending }: Known,
): ConnectionDevice {
  const { signature, tokenRevoked, approvedRole } = wanted;
  const proof = signature === undefined ? {} : { signature };
  if (paired === undefined) return { state: isPending ? "pending" : "unpaired", ...proof };
  const pinned = pinnedOf(paired);
  const isOther =
    pinned.platform !== platformOf(client) || (pinned.deviceFamily ?? "") !== (client.deviceFamily ?? "");
  return {
    state: "paired",
    approvedScopes: paired.approvedScopes ?? paired.scopes ?? [],
    ...(approvedRole === undefined ? {} : { approvedRole: paired.role ?? "" }),
    ...proof,
    ...(tokenRevoked === undefined ? {} : { tokenRevoked }),
    ...(isPending ? { pendingUpgrade: true } : {}),
    ...(wanted.pinned !== undefined || isOther ? { pinned } : {}),
  };
}

function pinnedOf({ platform, deviceFamily }: PairedDevice): NonNullable<ConnectionDevice["pinned"]> {
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
  };
}

function sameDevice(a: ConnectionDevice, b: ConnectionDevice): boolean {
  const words = ({ approvedScopes = [], pinned = {}, ...rest }: ConnectionDevice) =>
    JSON.stringify([
      [...approvedScopes].sort(),
      pinned.platform ?? "",
      pinned.deviceFamily ?? "",
      rest.state,
      rest.approvedRole ?? "",
      rest.pendingUpgrade === true,
      rest.tokenRevoked === true,
    ]);
  return words(a) === words(b);
}
