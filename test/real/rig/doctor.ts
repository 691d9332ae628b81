// Runs the built doctor as a process, as its user would.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "./agent.ts";
import type { Gateway } from "./gateway.ts";
import { type Namespace, ownNamespace } from "./namespace.ts";
import { run } from "./processes.ts";

/** `PAIRING_DOCTOR_BIN`: another build to judge, for example a packed and installed one. */
export const BIN = process.env.PAIRING_DOCTOR_BIN ?? path.join(REPOSITORY, "dist", "bin.js");

export interface DoctorOptions {
  /** After `node dist/bin.js`, for example `["diagnose", "--json"]`. */
  readonly args: readonly string[];
  readonly host?: Namespace;
  /** `HOME` of the process; an empty folder unless given. */
  readonly home?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** Folders before the usual ones of PATH. */
  readonly path?: readonly string[];
  readonly timeoutMs?: number;
}

export interface DoctorRun {
  readonly exitCode: number | null;
  /** stdout as JSON; undefined when it is not JSON. */
  readonly document: DoctorDocument | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** What the run left in its own temporary folder. */
  readonly leftInTemp: readonly string[];
}

/** The part of the JSON report that the suites read. */
export interface DoctorDocument {
  readonly schemaVersion: number;
  readonly verdict: "healthy" | "found" | "undetermined";
  readonly gateway: {
    readonly version: string | null;
    /** Inclusive, when only an era is known. */
    readonly versionRange?: readonly [string, string];
    readonly admission: { readonly outcome: string; readonly gate?: string; readonly reason?: string } | null;
  };
  readonly findings: readonly DocumentFinding[];
  readonly checks: readonly { readonly id: string; readonly verdict: string; readonly why?: string }[];
}

export interface DocumentFinding {
  readonly id: string;
  readonly severity: string;
  readonly confidence: string;
  readonly evidence: readonly DocumentEvidence[];
  readonly remedies: readonly DocumentRemedy[];
}

export interface DocumentEvidence {
  readonly fact: string;
  readonly source: string;
  readonly quote: string;
}

export interface DocumentRemedy {
  readonly id: string;
  readonly risk: string;
  readonly after?: "admitted" | { readonly refusedAt: string; readonly reason?: string };
  readonly actions?: readonly DocumentAction[];
  readonly commands?: readonly string[];
}

export interface DocumentAction {
  readonly kind: "command" | "human";
  readonly command?: string;
  readonly message?: string;
  readonly args?: Readonly<Record<string, string | number | boolean>>;
}

export async function runDoctor(options: DoctorOptions): Promise<DoctorRun> {
  const scratch = mkdtempSync(path.join(tmpdir(), "opd-rig-doctor-"));
  const home = options.home ?? path.join(scratch, "home");
  const temp = path.join(scratch, "tmp");
  mkdirSync(home, { recursive: true });
  mkdirSync(temp, { recursive: true });
  try {
    const result = await run(
      (options.host ?? ownNamespace).inside([process.execPath, BIN, ...options.args]),
      {
        // Not this process's environment: a token or a Docker host in it would change what is diagnosed.
        env: {
          PATH: [
            ...(options.path ?? []),
            path.dirname(process.execPath),
            "/usr/sbin:/usr/bin:/sbin:/bin",
          ].join(":"),
          HOME: home,
          TMPDIR: temp,
          LANG: "C.UTF-8",
          NO_COLOR: "1",
          ...options.env,
        },
        cwd: home,
        timeoutMs: options.timeoutMs ?? 60_000,
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      },
    );
    return {
      exitCode: result.code,
      document: parseDocument(result.stdout),
      stdout: result.stdout,
      stderr: result.stderr,
      leftInTemp: readdirSync(temp),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function parseDocument(text: string): DoctorDocument | undefined {
  try {
    return JSON.parse(text) as DoctorDocument;
  } catch {
    return undefined;
  }
}

/** A folder with an `openclaw` command that is the gateway's own release, to put in front of PATH. */
export function openclawOnPath(gateway: Gateway): string {
  const dir = path.join(gateway.home, "bin");
  mkdirSync(dir, { recursive: true });
  const { node, entry, compileCache, tempDir } = gateway.installed;
  const script = [
    "#!/bin/sh",
    `export NODE_COMPILE_CACHE='${compileCache}' TMPDIR='${tempDir}' NO_COLOR=1 OPENCLAW_DISABLE_BONJOUR=1`,
    `exec '${node}' '${entry}' "$@"`,
  ];
  const file = path.join(dir, "openclaw");
  writeFileSync(file, `${script.join("\n")}\n`);
  chmodSync(file, 0o755);
  return dir;
}
