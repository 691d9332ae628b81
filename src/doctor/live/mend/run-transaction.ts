import { ChangeError, type Changer } from "../../../core/change.ts";
import type { Outcome, Workshop } from "../../../core/transaction.ts";
import type { Asker } from "./asker.ts";
import { configEditor } from "./config-editor.ts";
import type { Patient } from "./patient.ts";

/** Runs a transaction, or the way back, while whoever asked is told of it. */
export async function work(
  act: (workshop: Workshop) => Promise<Outcome>,
  { store, signal }: Pick<Patient, "store" | "signal">,
  asker: Pick<Asker, "busy" | "careful">,
  { changer, verify }: { readonly changer: Changer; readonly verify: Workshop["verify"] },
): Promise<Outcome> {
  const busy = await asker.busy("step");
  const workshop: Workshop = {
    changer,
    store,
    config: configEditor,
    signal,
    verify,
    onProgress: ({ doing }) => busy.say(doing),
  };
  try {
    return await asker.careful(() => act(workshop));
  } catch (error) {
    if (error instanceof ChangeError) return { outcome: "stuck", detail: error.say };
    throw error;
  } finally {
    busy.stop();
  }
}
