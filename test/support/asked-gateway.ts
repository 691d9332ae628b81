import { admit } from "../../src/admission/admit.ts";
import type { AdmissionInput } from "../../src/core/connection.ts";
import { type EmbeddedGatewayOptions, startEmbeddedGateway } from "../../src/gateway/embedded/server.ts";

/** A test's own secret; it protects nothing. */
export const TOKEN = "tok-c0ffee-0123456789-abcdef";

const open: { close(): Promise<void> }[] = [];

/** The embedded gateway with a token, on loopback unless `more` says otherwise: what it was asked, and what it logged. */
export async function askedGateway(release: string, more: Partial<EmbeddedGatewayOptions> = {}) {
  const asked: AdmissionInput[] = [];
  const log: string[] = [];
  const started = await startEmbeddedGateway({
    release,
    config: { gateway: { bind: "loopback", auth: { mode: "token", token: TOKEN } } },
    admit: (input) => {
      asked.push(input);
      return admit(input);
    },
    onLog: (line) => log.push(line),
    ...more,
  });
  open.push(started);
  return { ...started, asked, log };
}

/** Ends every gateway that was started here; for a test file's `after`. */
export async function closeGateways(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.close()));
}
