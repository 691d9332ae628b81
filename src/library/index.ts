import type { JsonReport } from "../report/json.ts";
import type { DiagnoseOptions } from "./options.ts";

export { admit } from "../admission/admit.ts";
export type { Admission, AdmissionConfig, AdmissionInput, Connection } from "../core/connection.ts";
export { ReleaseError } from "../core/release.ts";
export type { JsonFinding, JsonRemedy, JsonReport } from "../report/json.ts";
export type { DiagnoseOptions } from "./options.ts";

/**
 * Why the Control UI is refused and what fixes it: the document of `pairing-doctor --json`. Changes nothing, and leaves
 * nothing in the gateway.
 *
 * @throws {TypeError} an option that cannot be.
 */
export async function diagnose(options: DiagnoseOptions = {}): Promise<JsonReport> {
  const { diagnosed } = await import("./diagnosed.ts");
  return diagnosed(options);
}
