import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { admit } from "../../src/admission/admit.ts";
import type { AdmissionConfig } from "../../src/core/connection.ts";
import {
  type EmbeddedGateway,
  type EmbeddedPeer,
  startEmbeddedGateway,
} from "../../src/gateway/embedded/server.ts";

export interface IllGateway {
  readonly release: string;
  readonly gateway?: AdmissionConfig["gateway"];
  readonly peer?: EmbeddedPeer;
  readonly origin?: string;
  /** What is in the token file of its line. */
  readonly token: "right" | "wrong";
  readonly down?: true;
  readonly verdict: "healthy" | "found" | "undetermined";
  /** First finding. */
  readonly finding: string | undefined;
}

const PAGE = "https://claw.example.test";
/** The ways in which gateways of a fleet are ill, and what is found first. */
export const ILLS: Readonly<Record<string, IllGateway>> = {
  origin: {
    release: "2026.3.13",
    origin: PAGE,
    token: "right",
    verdict: "found",
    finding: "origin-not-allowed",
  },
  proxy: {
    release: "2026.9.6",
    origin: PAGE,
    gateway: { controlUi: { allowedOrigins: [PAGE] } },
    peer: {
      remoteAddress: "10.0.3.7",
      headers: { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" },
    },
    token: "right",
    verdict: "found",
    finding: "proxy-attribution-required",
  },
  token: { release: "2026.5.28", token: "wrong", verdict: "found", finding: "gateway-token-mismatch" },
  down: {
    release: "2026.9.6",
    token: "right",
    down: true,
    verdict: "undetermined",
    finding: "gateway-down-or-starting",
  },
};
const WELL: readonly string[] = ["2026.5.28", "2026.9.6", "2026.7.1", "2026.8.2"];

export interface Fleet {
  /** The list. */
  readonly file: string;
  readonly directory: string;
  /** By the name in the list. */
  readonly expected: ReadonlyMap<string, Pick<IllGateway, "verdict" | "finding">>;
  /** Values that may not appear in any output. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}

export interface FleetWay {
  /** Address of a gateway for whoever looks, by the port at which it listens on loopback. */
  readonly through?: (port: number, isUp: boolean) => Promise<string>;
  /** Where the list has its token files. */
  readonly tokens?: string;
  readonly latencyMs?: number;
}

/** So many embedded gateways in this process, of which `ill` are ill in turn. Tokens are in files beside the list. */
export async function startFleet(
  count: number,
  ill: number,
  { through = async (port) => `ws://127.0.0.1:${port}`, tokens: folder, latencyMs = 0 }: FleetWay = {},
): Promise<Fleet> {
  const directory = mkdtempSync(join(tmpdir(), "opd-fleet-"));
  const open: EmbeddedGateway[] = [];
  const expected = new Map<string, Pick<IllGateway, "verdict" | "finding">>();
  const tokens: string[] = [];
  const lines: string[] = ["# gateways of a test", ""];
  const ways = Object.entries(ILLS);
  if (folder !== undefined) mkdirSync(join(directory, folder));
  for (let at = 0; at < count; at += 1) {
    // Spread over the list.
    const nth = Math.floor((at * ill) / count);
    const isIll = nth !== Math.floor(((at + 1) * ill) / count);
    const [way, how] = (isIll ? ways[nth % ways.length] : undefined) ?? [];
    const release = how?.release ?? WELL[at % WELL.length] ?? "";
    const token = `fleet-token-${at}-7c1f90aa5e`;
    tokens.push(token);
    const gateway = await startEmbeddedGateway({
      release,
      config: { gateway: { ...how?.gateway, auth: { mode: "token", token } } },
      admit,
      latencyMs,
      ...(how?.peer === undefined ? {} : { peer: how.peer }),
    });
    if (how?.down) await gateway.close();
    else open.push(gateway);
    const name = `${way ?? "well"}-${at}`;
    const file = `${folder === undefined ? "" : `${folder}/`}token-${at}`;
    writeFileSync(join(directory, file), `${how?.token === "wrong" ? `other-${token}` : token}\n`, {
      mode: 0o600,
    });
    const origin = how?.origin === undefined ? "" : ` origin=${how.origin}`;
    lines.push(`${await through(gateway.port, how?.down !== true)} name=${name}${origin} token-file=${file}`);
    expected.set(name, how ?? { verdict: "healthy", finding: undefined });
  }
  const file = join(directory, "fleet.txt");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return {
    file,
    directory,
    expected,
    tokens,
    close: async () => {
      await Promise.all(open.map((one) => one.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
