import { defineCheck } from "../src/core/check.ts";
import { knownValue } from "../src/core/fact.ts";
import type { Evidence } from "../src/core/facts.ts";
import type { Occurrence, Remedy, Step } from "../src/core/finding.ts";
import { inEnglish, type Saying, say } from "../src/core/saying.ts";
import type { FileOwner, Workload } from "../src/core/workload.ts";
import { args } from "./lib/explain-refusals.ts";
import { explainPrinted, printed } from "./lib/printed-errors.ts";
import { human } from "./lib/remedies.ts";
import { inspected, isPod, mayWrite } from "./lib/workload.ts";

/** A mounted directory of another user, or files that a CLI left behind as root. */
export default defineCheck({
  id: "state-permissions",
  code: "OPD302",
  title: "Gateway and CLI may read and write the state directory",
  severity: "error",
  needs: [],
  wants: ["logs", "deployment"],
  diagnose({ wanted }) {
    const events = printed(wanted.logs, ({ why }) => why === "state-permissions");
    const message = events.at(-1)?.message;
    const deployment = knownValue(wanted.deployment);
    const workload = deployment?.workload;
    const foretold = workload === undefined ? undefined : shutOut(workload);
    if (message === undefined) return foretold === undefined ? [] : [foretold];
    const path = /['"]([^'"]{1,300})/.exec(message)?.[1];
    // The official image's home tells more than a deployment that was only guessed.
    const contained = deployment?.traits.contained === true || path?.startsWith("/home/node/") === true;
    const hosts = path !== undefined && isOfTheHost(path);
    const told = explainPrinted(events, {
      args: args({
        path,
        detail: /^\w+: ([^,]+)/.exec(message)?.[1],
      }),
      // A directory that nothing calls OpenClaw's may be another program's.
      ...(/openclaw|clawdbot|moltbot/i.test(path ?? "") ? {} : { confidence: "likely" as const }),
      remedies: hosts
        ? [useContainerPath(path)]
        : [message.startsWith("EROFS") ? makeWritable() : fixOwnership(contained, workload)],
    });
    const seen = workload === undefined ? [] : ownership(workload);
    return [{ ...told, evidence: [...told.evidence, ...seen], ...(hosts ? { variant: "host-path" } : {}) }];
  },
});

/** Drives and homes of Windows and of a Mac: in a Linux container nobody may make them, and nobody should. */
function isOfTheHost(path: string): boolean {
  return /^(?:\/mnt\/[a-z](?:\/|$)|\/(?:Users|Volumes)\/|\/(?:run\/desktop|host_mnt)\/|[A-Za-z]:[\\/])/.test(
    path,
  );
}

/** Its owner is not the matter: what Compose mounts from there has another name inside. */
function useContainerPath(path: string | undefined): Remedy {
  return {
    id: "use-container-path",
    risk: "restart",
    steps: [human("use-container-path", { path }), human("recreate-container")],
  };
}

/** By owner and mode alone, before a line says so. A gateway that runs steadily may know a way that these do not show. */
function shutOut(workload: Workload): Occurrence | undefined {
  const { stateDir, uid, state, restarts } = workload;
  if (stateDir === undefined) return undefined;
  const common = {
    variant: "foretold",
    confidence: "likely",
    ...(state === "running" && restarts === 0 ? { severity: "warning" as const } : {}),
  } as const;
  if (stateDir.readOnly) {
    const said = stateDir.on === "mount" ? "state-read-only-mount" : "state-read-only-system";
    return {
      ...common,
      evidence: [inspected(workload, say(said, { path: stateDir.path }))],
      ...argsWith(say("read-only-file-system"), { path: stateDir.path }),
      remedies: [makeWritable()],
    };
  }
  const { owner, configOwner } = stateDir;
  if (uid === undefined || isShared(workload)) return undefined;
  const shut = owner !== undefined && !mayWrite(uid, owner, "directory");
  const unread = configOwner !== undefined && !mayRead(uid, configOwner);
  if (!shut && !unread) return undefined;
  return {
    ...common,
    evidence: ownership(workload),
    ...argsWith(say("permission-denied"), {
      path: shut ? stateDir.path : "openclaw.json",
      uid: `uid ${uid}`,
    }),
    remedies: [fixOwnership(true, workload)],
  };
}

function argsWith(
  detail: Saying,
  more: Readonly<Record<string, string>>,
): Pick<Occurrence, "args" | "detail"> {
  const { path, ...rest } = more;
  return { args: args({ path, detail: inEnglish(detail), ...rest }), detail };
}

/** Desktops let the container's user at the host's files whatever owner they show. */
function isShared({ sharesFiles, mounts, stateDir }: Workload): boolean {
  const mount = mounts.find(({ at }) => at === stateDir?.mount);
  return (
    mount?.kind === "bind" &&
    (sharesFiles === true ||
      /^(?:\/Users\/|\/Volumes\/|\/run\/desktop\/|\/mnt\/[a-z]\/|[A-Za-z]:)/.test(mount.source))
  );
}

function mayRead(uid: number, { uid: owner, gid, mode }: FileOwner): boolean {
  const shift = owner === uid ? 6 : gid === uid || gid === 0 ? 3 : 0;
  return uid === 0 || ((mode >> shift) & 0o4) !== 0;
}

function ownership(workload: Workload): readonly Evidence[] {
  const { stateDir, uid } = workload;
  if (stateDir === undefined) return [];
  const { owner, configOwner, path } = stateDir;
  const parts = [
    ...(owner === undefined ? [] : [say("path-owner", { path, owner: shown(owner) })]),
    ...(configOwner === undefined
      ? []
      : [say("path-owner", { path: "openclaw.json", owner: shown(configOwner) })]),
    ...(uid === undefined ? [] : [say("runs-as", { user: uid })]),
  ];
  return owner === undefined
    ? []
    : [
        inspected(
          workload,
          parts.reduce((why, detail) => say("two-of", { why, detail })),
        ),
      ];
}

function shown({ uid, gid, mode }: FileOwner): string {
  return `${uid}:${gid} (${mode.toString(8).slice(-3).padStart(3, "0")})`;
}

function makeWritable(): Remedy {
  return {
    id: "make-writable",
    risk: "restart",
    steps: [human("mount-writable"), { do: "gateway.restart", afresh: true }],
  };
}

/** The official image runs as node, uid and gid 1000; on a bare host the directory is the user's own. */
function fixOwnership(contained: boolean, workload: Workload | undefined): Remedy {
  return {
    id: "fix-ownership",
    risk: "restart",
    steps: [
      contained ? giveTo(workload) : human("chown-state", { owner: '"$USER"', path: "~/.openclaw" }),
      ...(contained && ownerFor(workload) === "1000:1000" ? [human("run-as-node")] : []),
      { do: "gateway.restart" },
    ],
  };
}

/** A word that a shell takes as it is; another one is left for the reader to write. */
function inLine(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w./@:+][\w./@:+-]{0,299}$/.test(text) ? text : undefined;
}

/** An image that starts as root hands over to `node` itself, if at all; who was set by number has that number. */
function ownerFor(workload: Workload | undefined): string {
  const uid = workload?.uid;
  if (uid === undefined || uid === 0 || uid === 1000) return "1000:1000";
  const gid = /^\d{1,9}:(\d{1,9})$/.exec(workload?.user ?? "")?.[1];
  return `${uid}:${gid ?? uid}`;
}

/**
 * A directory of the host by its path there. A volume has none that a user should know of, and where uids are
 * mapped the host's are others: both are given away from inside a container that is gone afterwards.
 */
function giveTo(workload: Workload | undefined): Step {
  const owner = ownerFor(workload);
  if (workload !== undefined && isPod(workload)) return human("set-fs-group", args({ owner }));
  const mount = workload?.mounts.find(({ at }) => at === workload.stateDir?.mount);
  const held = mount ?? workload?.mounts.find(({ owner: known }) => known !== undefined);
  const source = inLine(held?.source);
  const image = inLine(workload?.image);
  if (held?.kind === "volume" || (workload?.mapsUsers === true && source !== undefined))
    return human("chown-volume", args({ owner, source, image }));
  return human("chown-state", args({ owner, path: held?.kind === "bind" ? source : undefined }));
}
