import type { Catalogue } from "./types.ts";
import { answer } from "./zh/answer.ts";
import { fix } from "./zh/fix.ts";
import { host } from "./zh/host.ts";
import { network } from "./zh/network.ts";
import { page } from "./zh/page.ts";
import { pairing } from "./zh/pairing.ts";
import { remedies } from "./zh/remedies.ts";
import { changes } from "./zh/sentences/changes.ts";
import { evidence } from "./zh/sentences/evidence.ts";
import { facts } from "./zh/sentences/facts.ts";
import { fleet } from "./zh/sentences/fleet.ts";
import { kubernetes } from "./zh/sentences/kubernetes.ts";
import { proxies } from "./zh/sentences/proxies.ts";
import { reach } from "./zh/sentences/reach.ts";
import { services as serviceSentences } from "./zh/sentences/services.ts";
import { smoke } from "./zh/sentences/smoke.ts";
import { ssh } from "./zh/sentences/ssh.ts";
import { thirdParty } from "./zh/sentences/third-party.ts";
import { unseen } from "./zh/sentences/unseen.ts";
import { usage } from "./zh/sentences/usage.ts";
import { watch } from "./zh/sentences/watch.ts";
import { services } from "./zh/services.ts";
import { human } from "./zh/steps.ts";
import { upgrade } from "./zh/upgrade.ts";
import { tables } from "./zh/words.ts";

export const zh: Catalogue = {
  lang: "zh",
  causes: { ...network, ...page, ...pairing, ...host, ...services },
  remedies,
  human,
  ...tables,
  sayings: {
    ...facts,
    ...reach,
    ...changes,
    ...evidence,
    ...fleet,
    ...kubernetes,
    ...proxies,
    ...serviceSentences,
    ...smoke,
    ...ssh,
    ...thirdParty,
    ...unseen,
    ...usage,
    ...watch,
  },
  ...upgrade,
  fix,
  answer,
};
