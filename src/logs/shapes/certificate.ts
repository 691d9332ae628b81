import { certificateFaultIn } from "../../core/certificate-fault.ts";
import { gateOfWording } from "../../core/gate.ts";
import type { Shape } from "../line.ts";
import { stanceOf } from "../stance.ts";
import { clientError } from "./client-error.ts";

const NAMED = /\bcert(?:ificate)?s?\b|证书|ERR_CERT_|CERT_HAS_EXPIRED|SELF_SIGNED_CERT|SEC_ERROR_/iu;
/** A certificate of one's own is no trouble by itself: "TLS with a self-signed certificate, and pairing required". */
const TROUBLE =
  /\b(?:warn\w{0,4}|errors?|fails?|failed|refus\w{0,4}|reject\w{0,3}|invalid|insecure|not secure|complain\w{0,3}|can(?:no|['’])t|does not|doesn['’]t|won['’]t|clicked through|accept\w{0,3}|not trusted|untrusted|distrusts?|1006)\b|NET::|ERR_|SEC_ERROR|expired|打不开|连不上|无法|拒绝|失败|报错?|提示|警告|不(?:受|被)?信任|不安全|过期|不匹配/iu;
/** Nothing that is wrong with it, or that was. */
const FINE =
  /\bcert(?:ificate)?\b[^.;!?\n]{0,30}\b(?:(?<!not )valid(?! for)|fine|ok|renewed|new one)\b|证书[^。；;，,\n]{0,4}(?:没有?|未|并未)[^。；;，,\n]{0,3}(?:过期|失效|到期)|证书[^。；;，,\n]{0,6}(?:正常|没问题|没有问题|有效|已?续期|更新了)/iu;

/**
 * What people tell of a certificate that the browser or the CLI does not take. It is in front of every gate, so a line in
 * which the gateway has answered is about something else.
 */
export const certificate: Shape = {
  name: "certificate",
  hints: ["ertificate", "CERT", "cert ", "证书", "SEC_ERROR_"],
  needles: [],
  read(line) {
    const text = line.text.slice(0, 1000);
    if (line.form === "json" || line.base.at !== undefined || /^\[[a-z]/.test(text)) return undefined;
    const at = text.search(NAMED);
    if (at < 0 || certificateFaultIn(text) === undefined || !TROUBLE.test(text) || FINE.test(text))
      return undefined;
    const other = gateOfWording(text)?.gate;
    if (other !== undefined || /\b(?:1008|4008)\b/.test(text) || stanceOf(text, at, 4) !== "own")
      return undefined;
    const target = /\b(?:https|wss):\/\/[\w.-]{1,253}(?::\d{1,5})?/.exec(text)?.[0].replace(/^https/, "wss");
    return clientError(line, {
      from: /\b(?:cli|curl)\b|gateway connect failed/i.test(text) ? "cli" : "page",
      message: text.slice(0, 300),
      gate: "transport",
      why: "tls",
      target,
    });
  },
};
