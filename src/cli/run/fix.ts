import { checks } from "../../../checks/index.ts";
import { findCheck } from "../../core/check.ts";
import { fix } from "../../doctor/live/mend/fix.ts";
import type { Wish } from "../../doctor/live/mend/wish.ts";
import type { FixArguments } from "../commands/fix.ts";
import { TerminalAsker } from "../fix/asker.ts";
import { emitFix } from "../fix/emit.ts";
import { fixExitCode } from "../fix/exit-code.ts";
import { saidSite } from "../fix/said-site.ts";
import { openLive } from "../open-live.ts";
import { emitOptions } from "../options.ts";
import type { Session } from "../session.ts";
import { startSpinner } from "../spinner.ts";
import { UsageError, usageError } from "../usage-error.ts";

export async function runFix(args: FixArguments, session: Session): Promise<number> {
  const { io } = session;
  const wish = wishOf(args);
  const opened = await openLive(args, session);
  const asker = new TerminalAsker(args, io);
  const spinner = await startSpinner("Looking at the gateway", io, args.quiet);
  const end = await fix({
    opened,
    wish,
    undo: args.undo,
    asker,
    signal: io.signal,
    looked: () => spinner.stop(),
  });
  if ("refused" in end) throw usageError(end.refused);
  await emitFix(end.report, emitOptions(args, io), io, "stdout", asker.hasShown);
  return fixExitCode(end.report);
}

/** @throws {UsageError} no check has this id or code, or the proxy that is described cannot be. */
function wishOf(args: FixArguments): Wish {
  const { remedy, request } = args;
  const site = saidSite(args);
  return {
    only: (args.ids ?? []).map(checkId),
    dryRun: args.dryRun,
    editCompose: args.editCompose,
    ...(remedy === undefined ? {} : { remedy }),
    ...(request === undefined ? {} : { request }),
    ...(site === undefined ? {} : { site }),
  };
}

/** @throws {UsageError} no check has this id or code. */
function checkId(name: string): string {
  const found = findCheck(name, checks);
  if (found !== undefined) return found.id;
  throw new UsageError(
    `fix ${JSON.stringify(name.slice(0, 60))}`,
    "there is no such finding",
    "see `pairing-doctor checks`",
  );
}
