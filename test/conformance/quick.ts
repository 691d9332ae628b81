// A part of the cases that takes a fraction of the time: for the releases between two that were asked everything.
// What takes long is a device that has to be approved before the question can be asked.
import { createHash } from "node:crypto";
import type { Case, Situation } from "./case.ts";

const ONE_IN = 8;

/** What is asked of this situation; nothing where another one stands for it. */
export function quickOf(situation: Situation): Situation[] {
  if (situation.detail) return [];
  return [{ ...situation, cases: situation.cases.filter((one) => !takesLong(one) || isDrawn(one)) }];
}

function takesLong({ connection: { device, sends = {}, earlierFailures = 0 } }: Case): boolean {
  const hadBefore = device.state === "paired" || device.state === "pending";
  return hadBefore || earlierFailures > 0 || Object.values(sends).some((one) => one.includes("device-token"));
}

/** By its name, so that every release is asked the same. */
function isDrawn({ name }: Case): boolean {
  return (createHash("sha256").update(name).digest()[0] ?? 0) % ONE_IN === 0;
}
