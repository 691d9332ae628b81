import type { AdmissionConfig } from "../../../core/connection.ts";
import type { EmbeddedPeer } from "../../../gateway/embedded/server.ts";

/** A situation that the embedded gateway plays: who runs where, and what the user's browser does. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
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
    title: "Gateway 2026.2.1 in Docker, browser on the same host: disconnected (1008): pairing required",
    release: "2026.2.1",
    gateway: { bind: "lan" },
    peer: BRIDGE,
    origin: PUBLISHED,
    token: "right",
    logPrefix: COMPOSE,
  },
  {
    id: "docker-2026.3",
    title: "The same with 2026.3.13, where allowInsecureAuth is set and does nothing",
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
    title: "The same with 2026.9.6: such a browser is approved by itself",
    release: "2026.9.6",
    gateway: { bind: "lan" },
    peer: BRIDGE,
    origin: PUBLISHED,
    token: "right",
    logPrefix: COMPOSE,
  },
  {
    id: "lan-http",
    title: "2026.5.28 opened at http://192.168.1.10: no secure context, no device identity",
    release: "2026.5.28",
    gateway: { bind: "lan", controlUi: { allowedOrigins: ["http://192.168.1.10:{port}"] } },
    peer: { remoteAddress: "192.168.1.77" },
    origin: "http://192.168.1.10:{port}",
    token: "right",
  },
  {
    id: "origin",
    title: "2026.3.13 behind a domain that is not in allowedOrigins",
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
    title: "2026.9.6 behind a proxy that it does not trust: HTTP 403 before any WebSocket",
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
    title: "2026.5.28 on this machine, the browser has an old token",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "wrong",
  },
  {
    id: "token-missing",
    title: "2026.3.13 on this machine, the bare address was opened",
    release: "2026.3.13",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "missing",
  },
  {
    id: "down",
    title: "Nothing listens any more",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "right",
    down: true,
  },
  {
    id: "healthy",
    title: "2026.5.28 on this machine: the browser is let in",
    release: "2026.5.28",
    gateway: { bind: "loopback" },
    origin: PUBLISHED,
    token: "right",
  },
];
