import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FleetGateway } from "../../src/report/fleet.ts";
import { ensureBuilt, patiently } from "./cli.ts";
import type { Fleet } from "./fleet.ts";

export type FleetApart = Pick<Fleet, "file" | "expected" | "tokens" | "close">;

/** Gateways in another process, so that what the doctor uses is the doctor's alone. */
export async function startFleetApart(count: number, ill: number): Promise<FleetApart> {
  const program = join(import.meta.dirname, "fleet-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", program, String(count), String(ill)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) {
    const { expected, ...rest } = JSON.parse(line) as Pick<Fleet, "file" | "tokens"> & {
      readonly expected: [string, { verdict: FleetGateway["verdict"]; finding: string | undefined }][];
    };
    const close = async () => {
      child.stdin.end();
      await ended;
    };
    return { ...rest, expected: new Map(expected), close };
  }
  throw new Error("no fleet");
}

export interface FleetRun {
  readonly code: number | null;
  readonly lines: readonly FleetGateway[];
  readonly stdout: string;
  readonly wallMs: number;
  readonly peakMb: number;
}

/** The built command over a list, with what it used. */
export async function runFleetOver(file: string, args: readonly string[] = []): Promise<FleetRun> {
  const preload = join(import.meta.dirname, "../bench/usage.cjs");
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ["--require", preload, ensureBuilt(), ...patiently(["fleet", file, "--json", ...args])],
    {
      env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent" },
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    },
  );
  const textOf = async (stream: unknown): Promise<string> => {
    let text = "";
    for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString("utf8");
    return text;
  };
  const code = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const [stdout, usage] = await Promise.all([textOf(child.stdout), textOf(child.stdio[3])]);
  const lines = stdout
    .split("\n")
    .filter((line) => line.includes('"fleet-gateway"'))
    .map((line) => JSON.parse(line) as FleetGateway);
  return {
    code: await code,
    lines,
    stdout,
    wallMs: performance.now() - began,
    peakMb: (JSON.parse(usage) as NodeJS.ResourceUsage).maxRSS / 1024,
  };
}

/** Lines that do not say what the fleet is like. */
export function wrongLines(
  lines: readonly FleetGateway[],
  expected: Fleet["expected"],
): readonly FleetGateway[] {
  return lines.filter(({ name = "", verdict, findings }) => {
    const truth = expected.get(name);
    return truth?.verdict !== verdict || truth.finding !== findings[0]?.id;
  });
}
