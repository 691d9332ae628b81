import type { LogEvent } from "../../core/log-event.ts";
import type { Line, Shape } from "../line.ts";
import * as aside from "./aside.ts";
import * as cli from "./cli.ts";
import * as closed from "./closed-before.ts";
import * as connection from "./connection.ts";
import * as gateway from "./gateway.ts";
import { invalidHandshake, workerRejected } from "./handshake.ts";
import * as page from "./page.ts";
import * as pairing from "./pairing.ts";
import { phrase } from "./phrase.ts";
import { saidPaired } from "./said-paired.ts";
import { setting } from "./setting.ts";
import { solved } from "./solved.ts";
import * as transport from "./transport.ts";
import { unrecognised } from "./unrecognised.ts";
import { nobodyBehind, stopped, upgrade } from "./upgrade.ts";

/** Every shape, in the order in which they are tried: what a gateway writes, then what clients print, then phrases. */
export const SHAPES: readonly Shape[] = [
  aside.otherPart,
  closed.closedBefore,
  closed.disconnected4008,
  closed.verboseClose,
  connection.connected,
  connection.unauthorized,
  connection.protocolMismatch,
  connection.handshakeTimeout,
  connection.buildRejected,
  invalidHandshake,
  workerRejected,
  pairing.upgradeRequested,
  pairing.autoApproved,
  pairing.pairing,
  gateway.proxyWarning,
  // A start that failed for the files' sake says so in the same line.
  cli.statePermissions,
  gateway.startupFailed,
  gateway.startup,
  gateway.migrating,
  gateway.reload,
  gateway.securityWarning,
  gateway.configError,
  gateway.portHeld,
  aside.pairingStore,
  aside.tokenSource,
  transport.httpBody,
  cli.securityError,
  cli.identityMigration,
  cli.unknownRequest,
  cli.missingScope,
  page.appPairing,
  cli.gatewayClosed,
  upgrade,
  nobodyBehind,
  cli.connectFailed,
  cli.notReachable,
  page.disconnected,
  page.browserConsole,
  page.card,
  transport.curl,
  transport.socketError,
  phrase,
  stopped,
  setting,
  gateway.banner,
  aside.told,
  solved,
  saidPaired,
  unrecognised,
];

/** The first shape that knows the line. */
export function recognise(line: Line): LogEvent | undefined {
  for (const { hints, read } of SHAPES) {
    if (!hints.some((hint) => line.text.includes(hint))) continue;
    const event = read(line);
    if (event !== undefined) return event;
  }
  return undefined;
}

/** What a paragraph may tell beside the error that it quotes: people write on one line what a log has on three. */
const BESIDE: readonly Shape[] = [
  setting,
  aside.pairingStore,
  aside.tokenSource,
  aside.told,
  solved,
  saidPaired,
];

export function besideOf(line: Line): readonly LogEvent[] {
  return BESIDE.flatMap(({ hints, read }) =>
    hints.some((hint) => line.text.includes(hint)) ? (read(line) ?? []) : [],
  );
}
