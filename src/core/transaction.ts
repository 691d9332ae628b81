import {
  ChangeError,
  type Changer,
  type ConfigFile,
  type Performed,
  type Settled,
  type Taken,
  type Undo,
} from "./change.ts";
import { type Fact, known, type Unknown, unknown, whyUnknown } from "./fact.ts";
import type { DeviceList, PendingDevice } from "./facts.ts";
import type { Remedy, Step } from "./finding.ts";
import {
  howSaid,
  type Journal,
  type JournalStep,
  type JournalStore,
  keysOf,
  type Made,
  madeOf,
  undoOf,
} from "./journal.ts";
import { inEnglish, quoted, type Saying, say } from "./saying.ts";
import { isCovered } from "./scopes.ts";
import { isSetting, kindOfStep } from "./step.ts";

/** What a transaction needs of the world and of other rooms. */
export interface Workshop {
  readonly changer: Changer;
  readonly store: Pick<JournalStore, "write">;
  /** Connects again as the refused client does, and looks at what the steps were to reach. */
  verify(signal: AbortSignal): Promise<Verification>;
  readonly config: ConfigEditor;
  readonly signal: AbortSignal;
  onProgress?(event: Progress): void;
}

/** The texts of openclaw.json, as the room that knows JSON5 handles them. Base64 in and out. */
export interface ConfigEditor {
  /**
   * `now` without what a fix made of `before`, everything else kept, also what somebody changed of the same keys since
   * (`left` names those of which nothing could go back); `undefined` when that cannot be done.
   */
  takeBack(now: string, before: string, made: readonly Made[]): TakenBack | undefined;
  /**
   * Whether `now` is `before` but for what a fix made of it and for what OpenClaw itself notes in `meta`, in values;
   * or but for a write of ours that was ended half-way.
   */
  isOurs(now: string, before: string, made: readonly Made[]): boolean;
}

export interface TakenBack {
  readonly content: string;
  readonly left: readonly string[];
}

export type Verification =
  | { readonly helped: true; readonly detail: Saying }
  /** `detail`: what was met instead. */
  | { readonly helped: false; readonly detail: Saying };

export type Progress =
  | { readonly doing: "step"; readonly step: Step }
  | { readonly doing: "settle" | "verify" | "roll-back" };

/** What is to be done, after consent. */
export interface Order {
  readonly id: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly configPath: string;
  readonly release?: string;
  readonly remedies: readonly Pick<Remedy, "id" | "risk" | "args">[];
  /** Only steps that a program can do. */
  readonly steps: readonly Step[];
  /** The requests that are approved, as they were shown to whoever agreed. */
  readonly requests?: readonly PendingDevice[];
}

export type Outcome =
  | {
      readonly outcome: "kept";
      readonly detail: Saying;
      readonly how: readonly Saying[];
      /** How the gateway took the change up; absent where that is not seen. */
      readonly taken?: Taken;
    }
  | {
      readonly outcome: "rolled-back";
      readonly detail: Saying;
      readonly how: readonly Saying[];
      /** What was done and cannot be taken back. */
      readonly lasting?: readonly Saying[];
    }
  /** Nothing was changed. */
  | { readonly outcome: "not-begun"; readonly detail: Saying }
  /** The way back failed; the journal stays open, with what is left to do. */
  | { readonly outcome: "stuck"; readonly detail: Saying };

/**
 * Does the steps of an order one by one, each in the journal before and after it, waits until the gateway runs
 * with them, connects again, and keeps them when that helped; else everything goes back. At every instant the
 * journal tells the next run what may have been done.
 */
export async function execute(order: Order, workshop: Workshop): Promise<Outcome> {
  const { changer, store } = workshop;
  const config = await changer.readConfig({ whole: order.steps.some(isSetting) });
  if (!config.known) return { outcome: "not-begun", detail: whyUnknown(config) };
  const devices = await devicesFor(order.steps, changer);
  if (devices?.known === false && order.steps.some((step) => step.do === "device.approve"))
    return { outcome: "not-begun", detail: whyUnknown(devices) };
  const { steps, requests = [], ...rest } = order;
  const other = requests
    .map((shown) => otherThan(shown, devices?.known ? devices.value : undefined))
    .find((why) => why !== undefined);
  if (other !== undefined) return { outcome: "not-begun", detail: other };
  const journal: Journal = {
    version: 1,
    ...rest,
    state: "open",
    before: {
      ...(config.value === undefined ? {} : { config: config.value }),
      ...(devices?.known === true ? { devices: devices.value } : {}),
    },
    steps: steps.map((step) => ({ step, state: "planned" })),
  };
  const unkept = await notWritten(store, journal);
  return unkept === undefined ? work(journal, workshop) : { outcome: "not-begun", detail: unkept };
}

/** Goes on with a journal that a killed run left open. */
export async function finish(journal: Journal, workshop: Workshop): Promise<Outcome> {
  const other = await ofAnother(journal, workshop.changer);
  return other === undefined ? work(journal, workshop) : { outcome: "not-begun", detail: other };
}

/** Why a journal could not be written. */
async function notWritten(store: Workshop["store"], journal: Journal): Promise<Saying | undefined> {
  try {
    await store.write(journal);
    return undefined;
  } catch (error) {
    if (error instanceof ChangeError) return error.say;
    throw error;
  }
}

/** A journal says of what config it is, and that is held to the gateway's own, which is the only one that is written. */
async function ofAnother({ before }: Journal, changer: Changer): Promise<Saying | undefined> {
  const now = await changer.readConfig();
  if (before.config === undefined || !now.known) return undefined;
  const path = now.value?.path ?? now.source;
  return before.config.path === path ? undefined : say("journal-other-config");
}

async function work(begun: Journal, workshop: Workshop): Promise<Outcome> {
  const { changer, store, signal } = workshop;
  let journal = begun;
  let unsettled = false;
  let begins = true;
  for (const batch of batchesOf(begun.steps)) {
    const steps = batch.map(({ step }) => step);
    // A gateway that starts anew for a setting answers no command meanwhile (run 3.13: 1006).
    if (unsettled && steps.some((step) => kindOfStep(step).asksGateway === true)) {
      const settled = await settle(workshop);
      if (!settled.known) return rollBack(journal, whyUnknown(settled), workshop);
      unsettled = false;
    }
    const shown = steps.map((step) => shownRequest(step, begun)).find((request) => request !== undefined);
    if (shown !== undefined && batch.every(({ state }) => state === "planned") && !isUntouched(journal)) {
      // What came before it took its time.
      const devices = await changer.devices();
      const other = devices.known ? otherThan(shown, devices.value) : whyUnknown(devices);
      if (other !== undefined) return rollBack(journal, other, workshop);
    }
    const undos: (Undo | undefined)[] = [];
    let started = journal;
    for (const { index, step, state, undo: noted } of batch) {
      const undo =
        noted ??
        undoOf(step, journal.before.devices) ??
        (state === "planned" ? await foreseen(step, changer, signal) : undefined);
      undos.push(undo);
      started = withStep(started, index, {
        step,
        state: "started",
        ...(undo === undefined ? {} : { undo }),
      });
    }
    const unnoted = await notWritten(store, started);
    if (unnoted !== undefined)
      return begins && isUntouched(begun)
        ? { outcome: "not-begun", detail: unnoted }
        : rollBack(journal, unnoted, workshop);
    journal = started;
    begins = false;
    for (const step of steps) workshop.onProgress?.({ doing: "step", step });
    const performed: Fact<readonly Performed[]> = signal.aborted
      ? INTERRUPTED
      : await doneOf(batch, undos, workshop);
    if (!performed.known) return rollBack(journal, whyUnknown(performed), workshop);
    unsettled ||= steps.some(isSetting);
    for (const [at, { index, step }] of batch.entries()) {
      const { how, undo = undos[at], set } = performed.value[at] ?? { how: quoted(step.do) };
      journal = withStep(journal, index, {
        step,
        state: "done",
        how: inEnglish(how),
        say: how,
        ...(undo === undefined ? {} : { undo }),
        ...(set === undefined ? {} : { set }),
      });
    }
    const unkept = await notWritten(store, journal);
    if (unkept !== undefined) return rollBack(journal, unkept, workshop);
    const more = shown === undefined ? undefined : await letInWithMore(shown, begun, changer);
    if (more !== undefined) return rollBack(journal, more, workshop);
  }
  workshop.onProgress?.({ doing: "settle" });
  const settled = await settle(workshop);
  if (!settled.known) return rollBack(journal, whyUnknown(settled), workshop);
  workshop.onProgress?.({ doing: "verify" });
  const verified = signal.aborted
    ? { helped: false, detail: whyUnknown(INTERRUPTED) }
    : await workshop.verify(signal);
  if (!verified.helped) return rollBack(journal, verified.detail, workshop);
  const left = await ownConfig(journal, workshop);
  const kept: Journal = { ...journal, state: "kept", ...(left === undefined ? {} : { left }) };
  const unkept = await notWritten(store, kept);
  if (unkept !== undefined) return rollBack(journal, unkept, workshop);
  return keptBy(journal, verified.detail, settled.value);
}

type Todo = JournalStep & { readonly index: number };

/** What is left to do, in its order. Settings in turn are made together: each write may start the gateway anew. */
function batchesOf(steps: readonly JournalStep[]): readonly (readonly Todo[])[] {
  const batches: Todo[][] = [];
  for (const [index, entry] of steps.entries()) {
    if (entry.state === "done") continue;
    const last = batches.at(-1);
    const todo = { ...entry, index };
    if (last?.every(({ step }) => isSetting(step)) === true && isSetting(entry.step)) last.push(todo);
    else batches.push([todo]);
  }
  return batches;
}

async function doneOf(
  batch: readonly Todo[],
  undos: readonly (Undo | undefined)[],
  { changer, signal }: Workshop,
): Promise<Fact<readonly Performed[]>> {
  const [first, second] = batch;
  if (first === undefined) return known([], "nothing");
  if (second !== undefined)
    return changer.configure(
      batch.map(({ step }) => step).filter((step) => isSetting(step)),
      signal,
    );
  const { step, state } = first;
  if (state === "started" && (await isDone(step, undos[0], changer)))
    return known([{ how: say("run-before") }], "journal");
  const performed = await changer.perform(step, signal);
  return performed.known ? known([performed.value], performed.source) : performed;
}

function keptBy(journal: Journal, detail: Saying, { taken }: Settled): Outcome {
  const kept = { outcome: "kept", detail, how: howOf(journal) } as const;
  return taken === undefined ? kept : { ...kept, taken };
}

/** Nothing of it was begun yet. */
function isUntouched({ steps }: Journal): boolean {
  return steps.every(({ state }) => state === "planned");
}

/** How a change beside the config is taken back: known before it is made, so that a crash in between is not lost. */
async function foreseen(step: Step, changer: Changer, signal: AbortSignal): Promise<Undo | undefined> {
  const fact = await changer.foresee?.(step, signal);
  return fact?.known ? fact.value.undo : undefined;
}

/** A gateway that says that it will not take the change up by itself is started anew. */
async function settle({ changer, signal }: Workshop): Promise<Fact<Settled>> {
  const settled = await changer.settled(signal);
  if (!settled.known || settled.value.taken !== "refused") return settled;
  const restarted = await changer.perform({ do: "gateway.restart" }, signal);
  return restarted.known ? changer.settled(signal) : restarted;
}

/** The config as we leave it; `undefined` when somebody else wrote to it since we began. */
async function ownConfig(journal: Journal, { changer, config }: Workshop): Promise<string | undefined> {
  const now = await changer.readConfig();
  if (!now.known || now.value === undefined) return undefined;
  const { content, sha256 } = now.value;
  return config.isOurs(content, journal.before.config?.content ?? "", madeOf(journal)) ? sha256 : undefined;
}

/** An approval cannot be given twice: its request is gone. A setting can be made again. */
async function isDone(step: Step, undo: Undo | undefined, changer: Changer): Promise<boolean> {
  if (step.do !== "device.approve" || undo === undefined || !("deviceId" in undo)) return false;
  const devices = await changer.devices();
  if (!devices.known) return false;
  const { pending, paired } = devices.value;
  return (
    !pending.some(({ requestId }) => requestId === step.requestId) &&
    paired.some(({ deviceId }) => deviceId === undo.deviceId)
  );
}

const INTERRUPTED: Unknown = unknown("timeout", say("interrupted"));

async function rollBack(journal: Journal, why: Saying, workshop: Workshop): Promise<Outcome> {
  const how = howOf(journal);
  const outcome = await goBack(journal, workshop);
  return outcome.outcome === "rolled-back" ? { ...outcome, detail: why, how } : outcome;
}

/**
 * Takes back a fix, finished or not. The config becomes byte for byte what it was, unless somebody else wrote to
 * it since: then what we made goes back and theirs stays. Can be called again after it was killed. Nothing is begun
 * when a part of it is not to be done, or when the journal cannot note it.
 */
export async function undo(journal: Journal, workshop: Workshop): Promise<Outcome> {
  const { changer, store } = workshop;
  const why =
    (await ofAnother(journal, changer)) ??
    (await notAllowed(journal, changer)) ??
    (await notWritten(store, { ...journal, state: "undoing" }));
  return why === undefined ? goBack(journal, workshop) : { outcome: "not-begun", detail: why };
}

/** The ways back that a journal has of its own. */
export function undosOf({
  steps,
}: Pick<Journal, "steps">): readonly { readonly step: Step; readonly undo: Undo }[] {
  return steps.flatMap(({ step, state, undo: back }) =>
    back !== undefined && (state === "started" || state === "done") ? { step, undo: back } : [],
  );
}

async function notAllowed(journal: Journal, changer: Changer): Promise<Saying | undefined> {
  for (const { step, undo: back } of undosOf(journal)) {
    const foreseen = await changer.foreseeBack?.(back, step);
    if (foreseen?.known === false) return whyUnknown(foreseen);
  }
  return undefined;
}

async function goBack(journal: Journal, workshop: Workshop): Promise<Outcome> {
  const { changer, store } = workshop;
  workshop.onProgress?.({ doing: "roll-back" });
  // An interrupted user still wants the way back.
  const { signal } = new AbortController();
  let current: Journal = { ...journal, state: "undoing" };
  // Where the journal cannot be written any more, the last one still tells what may have been done.
  await notWritten(store, current);
  await changer.tidy?.();
  const left: Saying[] = [];
  for (const [index, entry] of [...journal.steps.entries()].reverse()) {
    if (entry.undo !== undefined && (entry.state === "started" || entry.state === "done")) {
      const reverted = await changer.revert(entry.undo, entry.step, signal);
      if (!reverted.known) return { outcome: "stuck", detail: whyUnknown(reverted) };
      if (reverted.value.lasting) left.push(reverted.value.how);
    }
    current = withStep(current, index, { ...entry, state: "undone" });
  }
  const config = await restoreConfig(journal, workshop);
  if ("problem" in config) return { outcome: "stuck", detail: config.problem };
  left.push(...config.left.map((key) => say("changed-since", { path: key })));
  // What needed a restart to count needs one to be gone; where nobody can, the gateway takes it back when it starts.
  if (journal.steps.some(({ step, state }) => kindOfStep(step).again === "restart" && state !== "planned"))
    await changer.perform({ do: "gateway.restart" }, signal);
  // With its files as they were, the service is created anew as it was.
  for (const { step, state } of journal.steps) {
    if (kindOfStep(step).again !== "same" || state === "planned") continue;
    const recreated = await changer.perform(step, signal);
    if (!recreated.known) return { outcome: "stuck", detail: whyUnknown(recreated) };
  }
  // One that was down before is down again, and is not waited for.
  const isDown = journal.steps.some(
    ({ undo: back, state }) => back?.undo === "gateway.stop" && state !== "planned",
  );
  const settled = isDown ? undefined : await settle({ ...workshop, signal });
  const unkept = await notWritten(store, { ...current, state: "undone" });
  if (unkept !== undefined) return { outcome: "stuck", detail: unkept };
  const detail = settled?.known === false ? whyUnknown(settled) : say("as-it-was");
  const lasting = journal.steps
    .filter(({ step, state }) => state === "done" && kindOfStep(step).lasting === true)
    .map((entry) => howSaid(entry) ?? quoted(entry.step.do));
  const back = { outcome: "rolled-back", detail, how: howOf(journal) } as const;
  return lasting.length + left.length === 0 ? back : { ...back, lasting: [...lasting, ...left] };
}

/** Writers that come between are met again: each time the newest text is what is changed. */
const TRIES = 5;

type Restored = { readonly left: readonly string[] } | { readonly problem: Saying };

async function restoreConfig(journal: Journal, { changer, config }: Workshop): Promise<Restored> {
  if (keysOf(journal).length === 0) return { left: [] };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const now = await changer.readConfig();
    if (!now.known) return { problem: whyUnknown(now) };
    const next = configBefore(journal, now.value, config);
    if (next === undefined) return { problem: say("keys-mixed") };
    const { file, left } = next;
    if (now.value?.sha256 === file?.sha256 || now.value?.content === file?.content) return { left };
    try {
      if ((await changer.replaceConfig(file, now.value?.sha256)) === "replaced") return { left };
    } catch (error) {
      if (error instanceof ChangeError) return { problem: error.say };
      throw error;
    }
  }
  return { problem: say("written-again") };
}

/**
 * What the config becomes when a fix is taken back: the bytes from before, or what is there now without what we made
 * of it; `undefined` when that cannot be told. `left`: keys that somebody changed since, which stay.
 */
export function configBefore(
  journal: Pick<Journal, "left" | "before" | "steps">,
  now: ConfigFile | undefined,
  editor: ConfigEditor,
): { readonly file: ConfigFile | undefined; readonly left: readonly string[] } | undefined {
  const { config: before } = journal.before;
  // Removed by somebody: that was not us, and there is nothing of ours in it.
  if (now === undefined || now.sha256 === before?.sha256) return { file: before, left: [] };
  const original = before?.content ?? "";
  const made = madeOf(journal);
  // While a fix is on its way nobody noted what the config looks like after it, so its values tell whose it is.
  const isAsLeft = journal.left === undefined || now.sha256 === journal.left;
  if (isAsLeft && editor.isOurs(now.content, original, made)) return { file: before, left: [] };
  const back = editor.takeBack(now.content, original, made);
  return back === undefined
    ? undefined
    : { file: { ...now, content: back.content, sha256: "" }, left: back.left };
}

function withStep(journal: Journal, index: number, entry: JournalStep): Journal {
  return { ...journal, steps: journal.steps.map((step, at) => (at === index ? entry : step)) };
}

/** One line for settings that were made together. */
function howOf({ steps }: Journal): readonly Saying[] {
  const lines = steps.flatMap((entry) => howSaid(entry) ?? []);
  return lines.filter((line, index) => {
    const before = lines[index - 1];
    return before === undefined || inEnglish(line) !== inEnglish(before);
  });
}

/** Why a request is not the one any more that was agreed to: a gateway replaces it, or widens it under its id. */
function otherThan(shown: PendingDevice, devices: DeviceList | undefined): Saying | undefined {
  const now = devices?.pending.find(({ requestId }) => requestId === shown.requestId);
  if (now === undefined) return say("request-gone");
  const isMore = now.scopes.some((scope) => !shown.scopes.includes(scope)) || now.role !== shown.role;
  if (now.deviceId === shown.deviceId && !isMore) return undefined;
  return say("request-other");
}

/** The request of a step, as it was when it was agreed to. */
function shownRequest(step: Step, { before }: Journal): PendingDevice | undefined {
  return step.do === "device.approve"
    ? before.devices?.pending.find(({ requestId }) => requestId === step.requestId)
    : undefined;
}

/**
 * Why an approval is taken back: the gateway's command takes seconds, and whoever asks may widen the request under its
 * id meanwhile. What the device had before, and what those scopes include, is no more than what was shown.
 */
async function letInWithMore(
  shown: PendingDevice,
  { before }: Journal,
  changer: Changer,
): Promise<Saying | undefined> {
  const devices = await changer.devices();
  if (!devices.known) return whyUnknown(devices);
  const now = devices.value.paired.find(({ deviceId }) => deviceId === shown.deviceId);
  const had = before.devices?.paired.find(({ deviceId }) => deviceId === shown.deviceId);
  const agreed = [...shown.scopes, ...(had?.scopes ?? [])];
  const isMore =
    now !== undefined &&
    (!isCovered(now.scopes, agreed) || (now.role !== had?.role && now.role !== shown.role));
  return isMore ? say("request-other") : undefined;
}

async function devicesFor(steps: readonly Step[], changer: Changer): Promise<Fact<DeviceList> | undefined> {
  return steps.some((step) => step.do.startsWith("device.")) ? changer.devices() : undefined;
}
