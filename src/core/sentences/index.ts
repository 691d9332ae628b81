import { changes } from "./changes.ts";
import { evidence } from "./evidence.ts";
import { facts } from "./facts.ts";
import { fleet } from "./fleet.ts";
import { kubernetes } from "./kubernetes.ts";
import { proxies } from "./proxies.ts";
import { reach } from "./reach.ts";
import { services } from "./services.ts";
import { smoke } from "./smoke.ts";
import { ssh } from "./ssh.ts";
import { thirdParty } from "./third-party.ts";
import { unseen } from "./unseen.ts";
import { usage } from "./usage.ts";
import { watch } from "./watch.ts";

/**
 * Every sentence that the tool says of what it met and did, by its key: here in English, in the other languages in
 * `report/messages`. Keys are in documents (`say.message`): added, never renamed. `{why}` is another sentence.
 */
export const SENTENCES = {
  ...facts,
  ...reach,
  ...changes,
  ...evidence,
  ...fleet,
  ...kubernetes,
  ...proxies,
  ...services,
  ...smoke,
  ...ssh,
  ...thirdParty,
  ...unseen,
  ...usage,
  ...watch,
} as const;
