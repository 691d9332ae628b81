import type { AdmissionConfig } from "../../../core/connection.ts";
import type { EmbeddedPeer } from "../../../gateway/embedded/server.ts";

export type ScenarioId =
  | "classic"
  | "docker-2026.3"
  | "docker-2026.9"
  | "lan-http"
  | "origin"
  | "proxy-403"
  | "token-mismatch"
  | "token-missing"
  | "down"
  | "healthy";

/** A situation that the embedded gateway plays: who runs where, and what the user's browser does. */
export interface Scenario {
  readonly id: ScenarioId;
  readonly release: string;
  /** Without credentials and port; the demonstration adds its own. */
  readonly gateway: NonNullable<AdmissionConfig["gateway"]>;
  /** As what the gateway sees the browser come. */
  readonly peer?: EmbeddedPeer;
  /** Where the browser opens the page; `{port}` is the gateway's. */
  readonly origin: string;
  readonly token: "right" | "wrong" | "missing";
  /** What `docker compose logs` and the like put before each line. */
  readonly logPrefix?: string;
  /** The gateway is not there when the doctor looks. */
  readonly down?: true;
}

const COMPOSE = "openclaw-gateway-1  | ";
const BRIDGE = { remoteAddress: "172.18.0.1" } as const;
const PUBLISHED = "http://127.0.0.1:{port}";

/** The first is the classic ticket. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: "classic",
    release: "2026.2.1",
    gateway: { bind: "lan" },
    peer: BRIDGE,
    origin: PUBLISHED,
    token: "right",
    logPrefix: COMPOSE,
  },
  {
    id: "docker-2026.3",
    release: "2026.3.13",
    gateway: {
      bind: "lan",
      controlUi: {
        allowInsecureAuth: true,
        allowedOrigins: ["http://127.0.0.1:{port}", "http://localhost:{port}"],
      },
    },
    peer: BRIDGE,
    origin: PUBLISHED,
    token: "right",
    logPrefix: COMPOSE,
  },
  {
    id: "docker-2026.9",
    release: "2026.9.6",
    gateway: { bind: "lan" },
    peer: BRIDGE,
    origin: PUBLISHED,
    token: "right",
    logPrefix: COMPOSE,
  },
  {
    id: "lan-http",
    release: "2026.5.28",
    gateway: { bind: "lan", controlUi: { allowedOrigins: ["http://192.168.1.10:{port}"] } },
    peer: { remoteAddress: "192.168.1.77" },
    origin: "http://192.168.1.10:{port}",
    token: "right",
  },
  {
    id: "origin",
    release: "2026.3.13",
    gateway: { bind: "loopback" },
    peer: {
      remoteAddress: "127.0.0.1",
      headers: { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" },
    },
    origin: "https://claw.example.com",
    token: "right",
  },
  {
    id: "proxy-403",
    release: "2026.9.6",
    gateway: { bind: "loopback", controlUi: { allowedOrigins: ["https://claw.example.com"] } },
    peer: {
      remoteAddress: "127.0.0.1",
      headers: { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" },
    },
    origin: "https://claw.example.com",
    token: "right",
  },
  {
    id: "token-mismatch",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "wrong",
  },
  {
    id: "token-missing",
    release: "2026.3.13",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "missing",
  },
  {
    id: "down",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "right",
    down: true,
  },
  {
    id: "healthy",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "right",
  },
];
