import type { OwnTraces, Performed, Undo } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { atLeast } from "../core/release.ts";
import { quoted, say } from "../core/saying.ts";
import { devicesFromRows } from "../intake/devices.ts";
import { type CommandOutcome, failureOf, triedWith } from "./command.ts";
import { pairedEntry, removeEntry, restoreEntry } from "./device-files.ts";
import type { ExactFiles } from "./exact-files.ts";
import type { OpenclawCli } from "./openclaw-cli.ts";
import { isCommandLine, lookBefore, removeOwnFiles, tracesSince } from "./own-traces.ts";

export interface DeviceChangesOptions {
  readonly stateDir: string;
  readonly files: ExactFiles;
  readonly release?: string;
  readonly cli: OpenclawCli;
  /** From the gateway's store. */
  readonly devices: () => Promise<Fact<DeviceList>>;
}

/** The gateway's device list, changed by its own commands; in its files where a release has no command for it. */
export class DeviceChanges {
  readonly #options: DeviceChangesOptions;

  constructor(options: DeviceChangesOptions) {
    this.#options = options;
  }

  /** From the gateway's store; from the gateway itself where that cannot be read. */
  async list(signal: AbortSignal = NEVER): Promise<Fact<DeviceList>> {
    const stored = await this.#options.devices();
    if (stored.known || stored.reason === "absent") return stored;
    let list: DeviceList | undefined;
    const read = (stdout: string): void => {
      list = listOf(stdout);
    };
    const outcome = await this.#options.cli.run(["devices", "list", "--json"], { signal, read });
    return !outcome.known || outcome.value.exitCode !== 0 || list === undefined
      ? stored
      : known(list, "openclaw devices list --json");
  }

  /**
   * `devices approve ID` needs a gateway that answers in every release, and nothing of the token on its command
   * line: it takes it from the config or the environment (run: the six). Up to 2026.4.15 the first command that
   * talks to the gateway pairs the command line itself, as a device of its own.
   */
  async approve(requestId: string | undefined, signal: AbortSignal): Promise<Fact<Performed>> {
    if (requestId === undefined || !ID.test(requestId)) return unknown("not-asked", say("no-such-request"));
    const before = await this.list(signal);
    if (!before.known) return before;
    const request = before.value.pending.find((one) => one.requestId === requestId);
    if (request === undefined) return unknown("absent", say("request-not-waiting", { id: requestId }));
    const { deviceId } = request;
    const had = before.value.paired.find((one) => one.deviceId === deviceId);
    const entry = had === undefined ? undefined : await this.#entry(before.value, deviceId);
    const { outcome, traces } = await this.#traced(["devices", "approve", requestId], signal, deviceId);
    const after = await this.list(signal);
    // The answer of the gateway's own list counts, whatever became of the command.
    const isDone =
      after.known &&
      !after.value.pending.some((one) => one.requestId === requestId) &&
      after.value.paired.some((one) => one.deviceId === deviceId && one.at !== had?.at);
    if (!isDone) {
      await this.#removeTraces(traces, signal);
      return failureOf(outcome, say("request-not-approved", { id: requestId }));
    }
    const undo: Undo =
      had === undefined
        ? { undo: "device.remove", deviceId, ...traces }
        : {
            undo: "device.restore",
            deviceId,
            ...(had.role === undefined ? {} : { role: had.role }),
            scopes: had.scopes,
            ...traces,
            ...(entry === undefined ? {} : { entry }),
          };
    return known({ how: quoted(`openclaw devices approve ${requestId}`), undo }, "openclaw devices");
  }

  /** Whether our own first command leaves a device of the command line in the list (run 2026.2.1 to 2026.6.11). */
  async pairsItself(): Promise<boolean> {
    const { devices, release } = this.#options;
    if (atLeast(release, "2026.7.1") === true) return false;
    const list = await devices();
    if (list.known) return list.value.store === "json" && !list.value.paired.some(isCommandLine);
    return list.reason === "absent";
  }

  /** OpenClaw's own command, and what it left of itself. */
  async #traced(
    args: readonly string[],
    signal: AbortSignal,
    meant?: string,
  ): Promise<{ readonly outcome: Fact<CommandOutcome>; readonly traces: OwnTraces }> {
    const before = await lookBefore(this.#options);
    const outcome = await this.#options.cli.run(args, { signal });
    return { outcome, traces: await tracesSince(this.#options, before, meant) };
  }

  async #removeTraces(traces: OwnTraces, signal: AbortSignal): Promise<Fact<unknown>> {
    const device = traces.own === undefined ? undefined : await this.#removeOwn(traces.own, signal);
    return device?.known === false ? device : removeOwnFiles(this.#options, traces);
  }

  async #entry(list: DeviceList, deviceId: string): ReturnType<typeof pairedEntry> {
    return list.store === "json"
      ? pairedEntry(this.#options.files, this.#options.stateDir, deviceId)
      : undefined;
  }

  async reject(requestId: string, signal: AbortSignal): Promise<Fact<Performed>> {
    if (!ID.test(requestId)) return unknown("not-asked", say("no-such-request"));
    const waits = async (): Promise<Fact<boolean>> => {
      const list = await this.list(signal);
      return list.known
        ? known(
            list.value.pending.some((one) => one.requestId === requestId),
            list.source,
          )
        : list;
    };
    const before = await waits();
    if (!before.known) return before;
    if (!before.value) return unknown("absent", say("request-not-waiting", { id: requestId }));
    const { outcome, traces } = await this.#traced(["devices", "reject", requestId], signal);
    const after = await waits();
    if (after.known && !after.value) {
      const how = quoted(`openclaw devices reject ${requestId}`);
      return known({ how, lasting: true, ...undoOf(traces) }, after.source);
    }
    await this.#removeTraces(traces, signal);
    return failureOf(outcome, say("request-not-rejected", { id: requestId }));
  }

  /** Prints the new token, which nobody sees: the client gets it with its next connection. */
  async rotate(deviceId: string, role: string, signal: AbortSignal): Promise<Fact<Performed>> {
    if (!ID.test(deviceId) || !/^[a-z]{1,40}$/.test(role))
      return unknown("not-asked", say("no-such-device-role"));
    const args = ["devices", "rotate", "--device", deviceId, "--role", role];
    const { outcome, traces } = await this.#traced(args, signal);
    if (outcome.known && outcome.value.exitCode === 0) {
      const how = quoted(`openclaw ${args.join(" ")}`);
      return known({ how, lasting: true, ...undoOf(traces) }, outcome.source);
    }
    await this.#removeTraces(traces, signal);
    // Its output may hold a token also where it fails.
    return outcome.known
      ? unknown("failed", triedWith(say("not-rotated", { code: outcome.value.exitCode }), outcome.source))
      : outcome;
  }

  async remove(deviceId: string, signal: AbortSignal): Promise<Fact<Performed>> {
    const { files, release, stateDir } = this.#options;
    if (!ID.test(deviceId)) return unknown("not-asked", say("no-such-device"));
    const before = await this.list(signal);
    if (!before.known) return before;
    if (!before.value.paired.some((one) => one.deviceId === deviceId))
      return known({ how: say("not-paired-any-more") }, before.source);
    let outcome: Fact<CommandOutcome> = unknown("absent", say("no-devices-remove"));
    let left: Pick<Performed, "undo"> = {};
    // Not in 2026.2.17, there in 2026.2.19 (shipped code; run 2026.2.1 and 2026.3.13).
    if (atLeast(release, "2026.2.19") !== false) {
      const called = await this.#traced(["devices", "remove", deviceId], signal);
      outcome = called.outcome;
      left = undoOf(called.traces);
      const after = await this.list(signal);
      if (after.known && !after.value.paired.some((one) => one.deviceId === deviceId))
        return known({ how: quoted(`openclaw devices remove ${deviceId}`), ...left }, "openclaw devices");
    }
    if (signal.aborted) return unknown("failed", say("interrupted"));
    if (before.value.store === "sqlite") return failureOf(outcome, say("device-not-removed"));
    const removed = await removeEntry(files, stateDir, deviceId);
    return removed.known ? known({ how: say("edited-paired"), ...left }, removed.source) : removed;
  }

  /** The step itself, then what our own commands left of themselves: as nobody had it before, nobody misses it. */
  async takeBack(
    undo: Extract<Undo, { readonly undo: "device.remove" | "device.restore" | "own.remove" }>,
    signal: AbortSignal,
  ): Promise<Fact<Performed>> {
    const back = await this.#stepBack(undo, signal);
    if (!back.known) return back;
    const { undo: left, ...done } = back.value;
    for (const traces of [undo, left?.undo === "own.remove" ? left : {}]) {
      const removed = await this.#removeTraces(traces, signal);
      if (!removed.known) return removed;
    }
    return known(done, back.source);
  }

  async #stepBack(
    undo: Extract<Undo, { readonly undo: "device.remove" | "device.restore" | "own.remove" }>,
    signal: AbortSignal,
  ): Promise<Fact<Performed>> {
    if (undo.undo === "device.remove") return this.remove(undo.deviceId, signal);
    if (undo.undo === "device.restore") return this.restore(undo, signal);
    return known({ how: quoted("openclaw devices") }, "openclaw devices");
  }

  async #removeOwn(deviceId: string, signal: AbortSignal): Promise<Fact<unknown>> {
    const { files, stateDir } = this.#options;
    const now = await this.list(signal);
    if (!now.known) return now;
    const one = now.value.paired.find((paired) => paired.deviceId === deviceId);
    if (one === undefined || !isCommandLine(one)) return known("absent", now.source);
    // In its files, where it has them: a command of its own would ask to be paired again.
    return now.value.store === "json"
      ? removeEntry(files, stateDir, deviceId)
      : this.remove(deviceId, signal);
  }

  async restore(
    undo: Extract<Undo, { readonly undo: "device.restore" }>,
    signal: AbortSignal,
  ): Promise<Fact<Performed>> {
    const { files, stateDir } = this.#options;
    const now = await this.list(signal);
    if (!now.known) return now;
    if (now.value.store === "sqlite")
      // 2026.9.6: `devices rotate --scope` narrows the token, what was approved stays and is given again.
      return unknown("not-asked", say("scopes-not-taken", { device: undo.deviceId }));
    const restored = await restoreEntry(files, stateDir, undo);
    if (!restored.known) return restored;
    if (restored.value === "more") return unknown("denied", say("more-than-had"));
    return restored.value === "absent"
      ? unknown("absent", say("not-paired-any-more"))
      : known({ how: say("edited-paired") }, restored.source);
  }
}

/** The step lasts, and what its command left can go. */
function undoOf(traces: OwnTraces): Pick<Performed, "undo"> {
  return Object.keys(traces).length === 0 ? {} : { undo: { undo: "own.remove", ...traces } };
}

const NEVER = new AbortController().signal;

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** `{pending: […], paired: […]}` of `devices list --json`. */
function listOf(text: string): DeviceList | undefined {
  const list = parseBoundedJson(text.slice(Math.max(0, text.indexOf("{"))));
  if (!isObject(list) || !Array.isArray(list.pending) || !Array.isArray(list.paired)) return undefined;
  return devicesFromRows(list.pending, list.paired);
}
