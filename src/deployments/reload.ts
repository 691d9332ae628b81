import { setTimeout as delay } from "node:timers/promises";
import type { Settled, Taken } from "../core/change.ts";
import { type Fact, known, unknown } from "../core/fact.ts";
import type { Reach } from "../core/facts.ts";
import { type Saying, say } from "../core/saying.ts";

/**
 * How a gateway takes a changed config up by itself (run: 2026.1.29, 2026.2.1, 2026.3.13, 2026.4.15, 2026.7.1,
 * 2026.9.6). It watches its config and looks at it 0.3 to 2 s after a write, also of a file that was put in place
 * by a rename. Up to 2026.4.15 nearly every key of `gateway` makes it start anew; 2026.9.6 applies trustedProxies
 * and allowedOrigins while running and starts anew for basePath or bind. A new start is in the same process
 * (2026.2.1, 2026.9.6) or in a new one while the old one ends (2026.3.13); in both the listening socket is another
 * one, which is the sign that needs no log. Open connections are closed with 1012 `service restart`. It answers
 * again after 0.3 s (2026.2.1) to 10 s. With `gateway.reload.mode` `off` it logs that it will not (every release);
 * `hot` (unknown to 2026.9.6) the same for keys that need a start. An invalid config is left alone and the one
 * in memory serves on.
 */
export interface GatewayWatch {
  /** To be called before each change: what is seen until then is not its work. */
  mark(): Promise<void>;
  settled(signal: AbortSignal): Promise<Fact<Settled>>;
  /** Somebody was told to start it: until it answers it is away, and not off. */
  started(): void;
  /** The sockets that listen on the gateway's port; `undefined` where that cannot be seen. */
  sockets(): Promise<string | undefined>;
}

/** What a watch sees of a gateway, on this machine or in a container. */
export interface GatewayEyes {
  /** The sockets that listen on its port, or a sign for them; empty: none; `undefined`: that cannot be seen. */
  sockets(): Promise<string | undefined>;
  /** From now on: gives what the log said since. */
  logFromNow(): Promise<() => Promise<string>>;
  /** One connection without credentials: what became of it. */
  reach(signal: AbortSignal): Promise<Reach["state"]>;
  /** It is down for the moment, and somebody starts it again: a service manager, an engine. */
  comesBack?(): Promise<boolean>;
  /** Why waiting is of no use: what starts it again sees it fail each time. Since the last call of `logFromNow`. */
  fails?(): Promise<Saying | undefined>;
  /** Whether any process of a gateway is there, which may be on its way to listening; `undefined`: that cannot be seen. */
  isAlive?(): Promise<boolean | undefined>;
  /** Starts it where it ended well, to start anew, and nothing else does that: whether it did so. */
  revive?(): Promise<boolean>;
}

export interface WatchOptions {
  readonly eyes: GatewayEyes;
  readonly port: number;
  readonly limits?: Partial<WatchLimits>;
}

/** Milliseconds. */
export interface WatchLimits {
  /** Nothing shows that the gateway noticed: then it is taken for settled. */
  readonly unseen: number;
  /** A start that was announced, or a gateway that is away; 2026.9.6 lets work end first, up to 315 s. */
  readonly whole: number;
  /** No process of a gateway is there: nobody starts it again. A service manager does after 5 s (OpenClaw's own unit). */
  readonly gone: number;
  /** How long it has to stay as it is: a second change starts it a second time. */
  readonly steady: number;
  readonly every: number;
}

const LIMITS: WatchLimits = { unseen: 12_000, whole: 120_000, gone: 30_000, steady: 1500, every: 200 };
/** Looks for processes are dear: so many in the time after which it is taken for gone. */
const LOOKS = 10;

interface Mark {
  readonly sockets: string | undefined;
  readonly newLines: () => Promise<string>;
}

export function watchGateway({ eyes, port, limits: given }: WatchOptions): GatewayWatch {
  const limits = { ...LIMITS, ...given };
  const sockets = () => eyes.sockets();
  let marked: Mark | undefined;
  let wasUp = false;

  return {
    sockets,
    started: () => {
      wasUp = true;
    },
    mark: async () => {
      marked = { sockets: await sockets(), newLines: await eyes.logFromNow() };
      wasUp ||= marked.sockets !== "" || (await eyes.comesBack?.()) === true;
    },
    settled: async (signal) => {
      const started = Date.now();
      const before = marked;
      const took = (): number => Date.now() - started;
      const done = (taken: Taken | undefined): Fact<Settled> => {
        marked = undefined;
        const restarted = taken === "restarted";
        return known({ restarted, ...(taken === undefined ? {} : { taken }), tookMs: took() }, "the gateway");
      };
      let seen = before?.sockets;
      let changed = false;
      let revived = false;
      let steadySince = Date.now();
      let lifeSeen = Date.now();
      let lookedAt = 0;
      for (;;) {
        if (signal.aborted) return unknown("failed", say("interrupted"));
        // One look that fails where others did not shows no change.
        const now = (await sockets()) ?? seen;
        if (now !== seen) {
          if (before !== undefined) changed = true;
          seen = now;
          steadySince = Date.now();
        }
        const said = before === undefined ? undefined : verdictOf(await before.newLines());
        const isSteady = Date.now() - steadySince >= limits.steady;
        const isUp = now !== "";
        const announced = said === "restarting" && !changed;
        const noticed = changed || (said !== undefined && said !== "restarting");
        if (isUp && isSteady && !announced && (before === undefined || noticed || took() >= limits.unseen)) {
          const state = await eyes.reach(signal);
          if (signal.aborted) return unknown("failed", say("interrupted"));
          if (state === "open" && (await sockets()) === now)
            return done(before === undefined ? undefined : takenOf(changed, said));
          if (state !== "open" && state !== "starting" && now === undefined && took() >= limits.unseen)
            return unknown("absent", say("nothing-answers", { port }));
          // Asked again only after it had time: each question is a connection in its log.
          steadySince = Date.now();
        }
        // Never seen running: nobody will take it up. One that was is away up to 13 s between two lives (2026.4.15).
        if (!isUp && !wasUp && before !== undefined && took() >= limits.steady)
          return unknown("absent", say("not-listening", { port }));
        const failure = isUp || before === undefined ? undefined : await eyes.fails?.();
        if (failure !== undefined) {
          revived = wasUp && !revived && (await eyes.revive?.()) === true;
          if (!revived) return unknown("failed", failure);
        }
        if (isUp) lifeSeen = Date.now();
        else if (Date.now() - lookedAt >= limits.gone / LOOKS) {
          lookedAt = Date.now();
          // What is in the kernel's list counts; where nobody can see it, the whole time is waited.
          if ((await eyes.isAlive?.()) !== false) lifeSeen = Date.now();
        }
        if (Date.now() - lifeSeen >= limits.gone) return unknown("absent", say("gateway-gone", { port }));
        if (took() >= limits.whole)
          return unknown(
            "timeout",
            announced
              ? say("starts-anew-later")
              : say("no-answer", { seconds: Math.round(limits.whole / 1000) }),
          );
        await delay(limits.every, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

function takenOf(changed: boolean, said: Said | undefined): Taken {
  if (changed) return "restarted";
  if (said === undefined) return "unseen";
  // Without /proc the new start shows in the log alone.
  if (said === "superseded") return "refused";
  return said === "restarting" || said === "started" ? "restarted" : said;
}

type Said = "restarting" | "started" | "reloaded" | "refused" | "superseded";

const SAYINGS: readonly (readonly [RegExp, Said])[] = [
  [/config change requires gateway restart \(/, "restarting"],
  [/config hot reload applied|config change applied \(dynamic reads/, "reloaded"],
  [/config reload disabled \(gateway\.reload\.mode=off\)|hot mode ignoring/, "refused"],
  [/config reload skipped \(invalid config\)|config reload failed/, "refused"],
  // 2026.9.6, for a change that falls into its own start: the start that it announced does not come.
  [/config reload superseded/, "superseded"],
  [/listening on wss?:\/\/|http server listening|\bready \(\d/, "started"],
];

/** The last thing that the new lines say of the change; a start that was announced counts until it came. */
function verdictOf(text: string): Said | undefined {
  let said: Said | undefined;
  for (const line of text.split("\n")) {
    const found = SAYINGS.find(([find]) => find.test(line))?.[1];
    if (found === undefined) continue;
    if (said === "restarting" && found !== "started" && found !== "superseded") continue;
    said = found;
  }
  return said;
}
