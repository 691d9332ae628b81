/**
 * Headings and sentences of the Control UI's cards, English and Chinese, 2026.3.13 to 2026.9.6 (its locale
 * files), and the message of the gateway that each stands for. `alone`: too plain a text to mean the card
 * when it is in the middle of a sentence.
 */
export interface Card {
  readonly says: string;
  readonly means: string;
  readonly alone?: true;
}

const PAIRING = "device pairing required";
const SCOPE = "scope upgrade pending approval";
const ROLE = "role upgrade pending approval";
const METADATA = "device identity changed and must be re-approved";
const MISSING = "unauthorized: gateway token missing";
const PASSWORD = "unauthorized: gateway password missing";
const MISMATCH = "unauthorized: gateway token mismatch";
const LIMITED = "unauthorized: too many failed authentication attempts";
const INSECURE = "control ui requires device identity";
/** 9.x: every trusted-proxy reason and the missing attribution have one card. */
const PROXY_IDENTITY = "unauthorized: trusted_proxy_refused";
const ORIGIN = "origin not allowed";

export const CARDS: readonly Card[] = [
  { says: "Device pairing required", means: PAIRING },
  { says: "Approve this browser", means: PAIRING },
  { says: "needs one-time approval from the Gateway host", means: PAIRING },
  { says: "needs pairing approval from the gateway host", means: PAIRING },
  { says: "Scope upgrade pending", means: SCOPE },
  { says: "Approve the new access level", means: SCOPE },
  { says: "Role upgrade pending", means: ROLE },
  { says: "Approve the new role", means: ROLE },
  { says: "Device refresh pending", means: METADATA },
  { says: "Re-approve this browser", means: METADATA },
  { says: "Browser origin not allowed", means: ORIGIN },
  { says: "Secure browser context required", means: INSECURE },
  { says: "Proxy authentication required", means: PROXY_IDENTITY },
  { says: "rejected the proxy identity", means: PROXY_IDENTITY },
  { says: "需要代理身份验证", means: PROXY_IDENTITY },
  { says: "拒绝了代理身份或转发信息", means: PROXY_IDENTITY },
  { says: "Auth required", means: MISSING, alone: true },
  { says: "This Gateway expects its token", means: MISSING },
  { says: "This Gateway expects its password", means: PASSWORD },
  { says: "needs a matching token or password before this browser", means: MISSING },
  { says: "Auth did not match", means: MISMATCH, alone: true },
  { says: "rejected the supplied Gateway secret", means: MISMATCH },
  { says: "Gateway secret rejected", means: MISMATCH },
  { says: "Too many failed attempts", means: LIMITED, alone: true },
  { says: "temporarily limiting authentication attempts", means: LIMITED },
  { says: "需要设备配对", means: PAIRING },
  { says: "重新批准此浏览器", means: METADATA },
  { says: "批准此浏览器", means: PAIRING },
  { says: "需要网关主机的配对批准", means: PAIRING },
  { says: "Scope 升级待批准", means: SCOPE },
  { says: "范围升级等待批准", means: SCOPE },
  { says: "批准新的访问级别", means: SCOPE },
  { says: "角色升级待批准", means: ROLE },
  { says: "角色升级等待批准", means: ROLE },
  { says: "批准新角色", means: ROLE },
  { says: "设备刷新待批准", means: METADATA },
  { says: "设备元数据更改等待批准", means: METADATA },
  { says: "浏览器来源不被允许", means: ORIGIN },
  { says: "需要安全浏览器上下文", means: INSECURE },
  { says: "需要安全的浏览器上下文", means: INSECURE },
  { says: "此网关需要身份验证", means: MISSING },
  { says: "此 Gateway 需要令牌", means: MISSING },
  { says: "此 Gateway 需要密码", means: PASSWORD },
  { says: "连接前需要匹配的令牌或密码", means: MISSING },
  { says: "认证不匹配", means: MISMATCH, alone: true },
  { says: "Gateway 密钥被拒绝", means: MISMATCH },
  { says: "拒绝了提供的 Gateway 密钥", means: MISMATCH },
  { says: "失败尝试过多", means: LIMITED },
  { says: "失败尝试次数过多", means: LIMITED },
];

/** "Could not connect": 7.1 and 7.35 show it for a wrong token and an insecure context alike. */
export const UNEXPLAINED: readonly string[] = [
  "could not complete the Gateway connection",
  "浏览器无法完成 Gateway 连接",
];
