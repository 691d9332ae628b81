import type { LogEvent } from "../../core/log-event.ts";
import type { Line, Shape } from "../line.ts";
import * as aside from "./aside.ts";
import { certificate } from "./certificate.ts";
import * as cli from "./cli.ts";
import * as closed from "./closed-before.ts";
import * as connection from "./connection.ts";
import { doctorWaits } from "./doctor.ts";
import * as gateway from "./gateway.ts";
import { invalidHandshake, workerRejected } from "./handshake.ts";
import * as page from "./page.ts";
import * as pairing from "./pairing.ts";
import { phrase } from "./phrase.ts";
import { saidPaired } from "./said-paired.ts";
import { orchestrator, proxy, setting } from "./setting.ts";
import { solved } from "./solved.ts";
import { toldPage } from "./told-page.ts";
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
  certificate,
  cli.gatewayClosed,
  upgrade,
  nobodyBehind,
  doctorWaits,
  cli.connectFailed,
  cli.notReachable,
  page.disconnected,
  page.browserConsole,
  page.dropped,
  page.card,
  transport.curl,
  transport.socketError,
  phrase,
  stopped,
  setting,
  orchestrator,
  proxy,
  toldPage,
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
  orchestrator,
  proxy,
  toldPage,
  aside.pairingStore,
  aside.tokenSource,
  aside.told,
  solved,
  saidPaired,
];

/** `main`: what the line was recognised as; it is not told twice. */
export function besideOf(line: Line, main: LogEvent): readonly LogEvent[] {
  return BESIDE.flatMap(({ hints, read }) => {
    const event = hints.some((hint) => line.text.includes(hint)) ? read(line) : undefined;
    return event === undefined || isSame(event, main) || !mayStandBeside(event, main) ? [] : event;
  });
}

function isSame(event: LogEvent, main: LogEvent): boolean {
  if (event.type === "setting") return main.type === "setting" && main.key === event.key;
  return event.type === "aside" && main.type === "aside" && main.about === event.about;
}

/** OpenClaw's own errors beside the door name settings that one could make; that it is over or paired is the writer's word. */
function mayStandBeside(event: LogEvent, main: LogEvent): boolean {
  if (main.type !== "client-error" || main.gate !== undefined) return true;
  return event.type === "aside" && (event.about === "solved" || event.about === "said-paired");
}
