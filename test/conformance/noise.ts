// Clients that hang, talk nonsense or leave by themselves: what they leave in the log has to be known, too.
import type { Attempt } from "../real/rig/client.ts";
import { LAN_HOST, LOOPBACK_HOST, OWN_LAN, PORT, PUBLIC } from "./network.ts";

export interface Noise {
  readonly name: string;
  readonly from: "gateway" | "client";
  readonly attempt: Omit<Attempt, "headers">;
  readonly headers: Readonly<Record<string, string>>;
}

const HERE = { url: `ws://127.0.0.1:${PORT}` };
const THERE = { url: `ws://${OWN_LAN}:${PORT}`, localAddress: PUBLIC };
const HOST = { Host: LOOPBACK_HOST };
const LAN_PAGE = { Host: LAN_HOST, Origin: `http://${LAN_HOST}` };

export const NOISE: readonly Noise[] = [
  { name: "no JSON", from: "gateway", headers: HOST, attempt: { ...HERE, raw: "hello" } },
  { name: "no frame", from: "gateway", headers: HOST, attempt: { ...HERE, raw: '{"foo":1}' } },
  {
    name: "another first request",
    from: "gateway",
    headers: HOST,
    attempt: { ...HERE, raw: '{"type":"req","id":"connect","method":"health","params":{}}' },
  },
  {
    name: "connect without parameters",
    from: "client",
    headers: { Host: LAN_HOST },
    attempt: { ...THERE, raw: '{"type":"req","id":"connect","method":"connect","params":{}}' },
  },
  {
    name: "too much",
    from: "client",
    headers: { Host: LAN_HOST },
    attempt: { ...THERE, raw: "x".repeat(2_000_000) },
  },
  {
    name: "silence",
    from: "client",
    headers: LAN_PAGE,
    attempt: { ...THERE, silent: true, timeoutMs: 40_000 },
  },
  { name: "leaves", from: "client", headers: LAN_PAGE, attempt: { ...THERE, leavesWith: "connect failed" } },
  {
    name: "page that closes with 4008",
    from: "client",
    headers: LAN_PAGE,
    attempt: { ...THERE, device: "noise", closesWith: 4008, auth: { token: "rig-wrong-noise" } },
  },
];
