import type { Performed, Undo } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { DeviceList } from "../core/facts.ts";
import { isObject, parseBoundedJson } from "../core/json.ts";
import { atLeast } from "../core/release.ts";
import { quoted, say } from "../core/saying.ts";
import { devicesFromRows } from "../intake/devices.ts";
import { type CommandOutcome, failureOf } from "./command.ts";
import { pairedEntry, removeEntry, restoreEntry } from "./device-files.ts";
import type { ExactFiles } from "./exact-files.ts";
import type { OpenclawCli } from "./openclaw-cli.ts";

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
    const outcome = await this.#options.cli.run(["devices", "approve", requestId], { signal });
    const after = await this.list(signal);
    // The answer of the gateway's own list counts, whatever became of the command.
    const isDone =
      after.known &&
      !after.value.pending.some((one) => one.requestId === requestId) &&
      after.value.paired.some((one) => one.deviceId === deviceId && one.at !== had?.at);
    if (!isDone) return failureOf(outcome, say("request-not-approved", { id: requestId }));
    const own = ownDevice(before.value, after.value, deviceId);
    const undo: Undo =
      had === undefined
        ? { undo: "device.remove", deviceId, ...own }
        : {
            undo: "device.restore",
            deviceId,
            ...(had.role === undefined ? {} : { role: had.role }),
            scopes: had.scopes,
            ...own,
            ...(entry === undefined ? {} : { entry }),
          };
    return known({ how: quoted(`openclaw devices approve ${requestId}`), undo }, "openclaw devices");
  }

  /** Whether our own first command leaves a device of the command line in the list. */
  async pairsItself(): Promise<boolean> {
    const list = await this.#options.devices();
    if (list.known) return !list.value.paired.some(isCommandLine);
    return list.reason === "absent";
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
    const outcome = await this.#options.cli.run(["devices", "reject", requestId], { signal });
    const after = await waits();
    return after.known && !after.value
      ? known({ how: quoted(`openclaw devices reject ${requestId}`), lasting: true }, after.source)
      : failureOf(outcome, say("request-not-rejected", { id: requestId }));
  }

  /** Prints the new token, which nobody sees: the client gets it with its next connection. */
  async rotate(deviceId: string, role: string, signal: AbortSignal): Promise<Fact<Performed>> {
    if (!ID.test(deviceId) || !/^[a-z]{1,40}$/.test(role))
      return unknown("not-asked", say("no-such-device-role"));
    const args = ["devices", "rotate", "--device", deviceId, "--role", role];
    const outcome = await this.#options.cli.run(args, { signal });
    if (!outcome.known) return outcome;
    // Its output may hold a token also where it fails.
    return outcome.value.exitCode === 0
      ? known({ how: quoted(`openclaw ${args.join(" ")}`), lasting: true }, outcome.source)
      : unknown("failed", say("not-rotated", { code: outcome.value.exitCode }));
  }

  async remove(deviceId: string, signal: AbortSignal): Promise<Fact<Performed>> {
    const { cli, files, release, stateDir } = this.#options;
    if (!ID.test(deviceId)) return unknown("not-asked", say("no-such-device"));
    const before = await this.list(signal);
    if (!before.known) return before;
    if (!before.value.paired.some((one) => one.deviceId === deviceId))
      return known({ how: say("not-paired-any-more") }, before.source);
    let outcome: Fact<CommandOutcome> = unknown("absent", say("no-devices-remove"));
    // Not in 2026.2.17, there in 2026.2.19 (shipped code; run 2026.2.1 and 2026.3.13).
    if (atLeast(release, "2026.2.19") !== false) {
      outcome = await cli.run(["devices", "remove", deviceId], { signal });
      const after = await this.list(signal);
      if (after.known && !after.value.paired.some((one) => one.deviceId === deviceId))
        return known({ how: quoted(`openclaw devices remove ${deviceId}`) }, "openclaw devices");
    }
    if (signal.aborted) return unknown("failed", say("interrupted"));
    if (before.value.store === "sqlite") return failureOf(outcome, say("device-not-removed"));
    const removed = await removeEntry(files, stateDir, deviceId);
    return removed.known ? known({ how: say("edited-paired") }, removed.source) : removed;
  }

  /** The step itself, then the device that our own command left: as nobody had it before, it is missed by nobody. */
  async takeBack(
    undo: Extract<Undo, { readonly undo: "device.remove" | "device.restore" }>,
    signal: AbortSignal,
  ): Promise<Fact<Performed>> {
    const back =
      undo.undo === "device.remove"
        ? await this.remove(undo.deviceId, signal)
        : await this.restore(undo, signal);
    if (!back.known || undo.own === undefined) return back;
    const own = await this.#removeOwn(undo.own, signal);
    return own.known ? back : own;
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

/**
 * The command line that approved, where that call paired it (on loopback each release does so by itself; run 2026.2.1
 * to 2026.6.11).
 */
function ownDevice(before: DeviceList, after: DeviceList, approved: string): { readonly own?: string } {
  const [own, second] = after.paired.filter(
    (one) =>
      one.deviceId !== approved &&
      isCommandLine(one) &&
      !before.paired.some(({ deviceId }) => deviceId === one.deviceId),
  );
  return own === undefined || second !== undefined ? {} : { own: own.deviceId };
}

function isCommandLine({ client }: DeviceList["paired"][number]): boolean {
  return client === "cli";
}

const NEVER = new AbortController().signal;

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** `{pending: […], paired: […]}` of `devices list --json`. */
function listOf(text: string): DeviceList | undefined {
  const list = parseBoundedJson(text.slice(Math.max(0, text.indexOf("{"))));
  if (!isObject(list) || !Array.isArray(list.pending) || !Array.isArray(list.paired)) return undefined;
  return devicesFromRows(list.pending, list.paired);
}
