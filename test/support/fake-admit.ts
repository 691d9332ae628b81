import type { Admission, AdmissionInput, Connection, Gate } from "../../src/core/connection.ts";
import { compareReleases } from "../../src/core/release.ts";

/** A rough decision of its own, for tests of the wire: not the model, and not to be mistaken for it. */
export function fakeAdmit({ release, connection }: AdmissionInput): Admission {
  const from = (first: string) => compareReleases(release, first) >= 0;
  const isPage = connection.client.id === "openclaw-control-ui";
  const { auth, device, headers } = connection;
  const forwarded = headers["x-forwarded-for"] !== undefined;
  const isLocal = connection.remoteAddress === "127.0.0.1" && !forwarded;
  if (forwarded && from("2026.8.1")) return { ...refused("proxy-attribution"), httpStatus: 403 };
  const protocol = from("2026.5.12") ? 4 : 3;
  const { min = 3, max = 4 } = connection.protocol ?? {};
  if (max < protocol || min > protocol) return refused("protocol");
  if (isPage && from("2026.2.2") && headers.origin !== `http://${headers.host}`) return refused("origin");
  if (device.state === "absent" && (isPage || auth === "missing")) return refused("device-identity");
  const fault = deviceFault(connection);
  if (fault) return refused("device-signature", fault);
  if (auth !== "valid") return refused("shared-auth", auth === "wrong" ? "token_mismatch" : "token_missing");
  const isNew = device.state === "unpaired" || device.state === "pending";
  if (isNew && !isLocal) return refused("pairing", "not-paired");
  return { outcome: "admitted", httpStatus: 101, autoApproved: isNew };
}

function deviceFault({ device }: Connection): string | undefined {
  if (device.state === "absent") return undefined;
  if (device.id) return "device-id-mismatch";
  if (Math.abs(device.clockSkewMs ?? 0) > 120_000) return "device-signature-stale";
  if (device.nonce) return `device-nonce-${device.nonce === "wrong" ? "mismatch" : "missing"}`;
  return device.signature === "invalid" ? "device-signature" : undefined;
}

function refused(gate: Gate, reason?: string): Admission {
  return {
    outcome: "refused",
    gate,
    ...(reason === undefined ? {} : { reason }),
    httpStatus: 101,
    autoApproved: false,
  };
}
