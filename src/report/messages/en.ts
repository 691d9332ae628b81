import { SENTENCES } from "../../core/sentences/index.ts";
import { answer } from "./en/answer.ts";
import { fix } from "./en/fix.ts";
import { host } from "./en/host.ts";
import { network } from "./en/network.ts";
import { page } from "./en/page.ts";
import { pairing } from "./en/pairing.ts";
import { remedies } from "./en/remedies.ts";
import { services } from "./en/services.ts";
import { human } from "./en/steps.ts";
import { upgrade } from "./en/upgrade.ts";
import { tables } from "./en/words.ts";
import type { Catalogue } from "./types.ts";

export const en: Catalogue = {
  lang: "en",
  causes: { ...network, ...page, ...pairing, ...host, ...services },
  remedies,
  human,
  ...tables,
  sayings: SENTENCES,
  ...upgrade,
  fix,
  answer,
};
