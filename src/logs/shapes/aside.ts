import type { AsideEvent, OtherPart } from "../../core/log-event.ts";
import { safeText } from "../../core/text.ts";
import { definedOnly } from "../keys.ts";
import type { Line, Shape } from "../line.ts";

function aside(
  line: Line,
  about: AsideEvent["about"],
  as: AsideEvent["as"] = "printed",
  path?: string | undefined,
): AsideEvent {
  return { type: "aside", ...line.base, about, as, ...definedOnly({ path }) };
}

/** Names of chat channels as OpenClaw has them, bundled or as plugins, and what people call them. */
const CHANNEL =
  "telegram|whatsapp|discord|slack|signal|imessage|bluebubbles|googlechat|msteams|matrix|mattermost|feishu|lark|line|zalo|irc|nostr|twitch|qqbot|wecom|weixin|dingtalk|synology-chat|nextcloud-talk";
/** As a word of a sentence; `line`, `signal` and `matrix` are words of their own. */
const CALLED =
  "Telegram|WhatsApp|Discord|Slack|iMessage|BlueBubbles|Google Chat|MS Teams|Mattermost|Feishu|Lark|Zalo|QQ ?bot|WeCom|WeChat|DingTalk|微信|企业微信|飞书|钉钉|电报";

/** What goes wrong with a connection, whoever has it. */
const TROUBLE =
  "closed?|disconnect\\w{0,4}|logged out|reconnect\\w{0,4}|timed? ?out|unauthorized|stale-socket|conflict|mismatch|fail\\w{0,4}|errors?|refused|drops?|dropped|dead|(?:can|could|does|did)(?:not|n['’]t| not) (?:connect|receive|start|log ?in)|not (?:connect\\w{0,3}|responding|receiving)";
/** Close codes and HTTP statuses of the channels' services, where a line is of a channel. */
const STATUS = "1000|1006|40\\d\\d|40\\d|428|429|440|50\\d|515";
const TROUBLE_ZH = "断开|断线|掉线|断连|长连接|连不上|无法连接|连接失败|收不到|没反应|冲突|报错";

/** Within the same statement, and not about somebody else: "Discord works, the dashboard fails" is no fault of Discord's. */
const ITS_OWN =
  "(?:(?!\\bworks?\\b|\\bfine\\b|\\bok\\b|dashboard|control ui|web ?ui|\\bpage\\b|browser|\\bgateway\\b|\\bcli\\b|控制台|网页|页面|网关|正常)[^.!?;,。，；！？]){0,60}";

/**
 * Logs of the channels' own libraries, which speak of web sockets and protocols, too: `[error]: [ '[ws]', '…' ]` (Lark),
 * `[WARN] bolt-app …` (Slack), `ws: unable to connect to the server after trying 1 times` (Lark), Telegram's methods.
 */
const LIBRARY =
  /^\[(?:error|warn|info|debug|trace)\]: ?\[ ?['"]|^\[?(?:ERROR|WARN|INFO|DEBUG)\]?:? {1,3}(?:bolt-app|socket-mode\S{0,40}|web-api\S{0,40})\b|^ws: unable to connect to the server after|\bgetUpdates\b/;

/** Whose models are used, as people and error messages call them. */
const PROVIDER =
  "anthropic|claude|openai|openrouter|gemini|minimax|deepseek|ollama|mistral|groq|bedrock|moonshot|kimi|qwen|zhipu|siliconflow|智谱|通义|硅基流动|百炼";
const LIMIT =
  "429|529|rate[ _-]?limit\\w{0,3}|too many requests|quota|overloaded|billing|credit balance|usage limit";

/**
 * Words of other parts, most telling first. Each needs the part's own subsystem, command or sentence: codes and
 * words such as 1006, 401 and pairing are the gateway's, too.
 */
const OTHER_PARTS: readonly (readonly [OtherPart, RegExp])[] = [
  [
    "channel-pairing",
    new RegExp(
      `\\b(?:openclaw|clawdbot|moltbot) pairing (?:approve|list)\\b|OpenClaw: access not configured|^Pairing code: [A-Z0-9-]{6,12}$|\\b(?:${CHANNEL}) pairing request\\b|No pending pairing request found for code`,
      "i",
    ),
  ],
  [
    "model-limit",
    new RegExp(
      `\\b(?:rate_limit_error|overloaded_error|insufficient_quota|rate_limit_exceeded|RESOURCE_EXHAUSTED)\\b|credit balance is too low|API rate limit reached|(?:${PROVIDER})[^!?\\n]{0,80}\\b(?:${LIMIT})\\b|\\b(?:${LIMIT})\\b[^!?\\n]{0,60}(?:${PROVIDER})|(?:${PROVIDER}|模型)[^。\\n]{0,40}(?:限流|限额|额度|配额|余额不足|过载)`,
      "i",
    ),
  ],
  [
    "model-context",
    /\bcontext[ _-](?:window|length)[^.\n]{0,40}\b(?:exceed\w{0,3}|too (?:small|large|long)|overflow\w{0,3}|full)\b|\bcontext_length_exceeded\b|\bexceed\w{0,3}\b[^.\n]{0,60}\bcontext (?:window|length|limit)|\bprompt is too long\b|\bmaximum context length\b|\bcontext overflow\b|上下文(?:窗口|长度)?[^。\n]{0,12}(?:超|溢出|过长|太长)/i,
  ],
  [
    "channel-credentials",
    new RegExp(
      `\\bdisallowed intents?\\b|\\bprivileged intents?\\b|\\b(?:app|tenant)_access_token\\b[^\\n]{0,60}\\b(?:invalid|expired|fail\\w{0,3})\\b|\\b(?:invalid|expired)\\b[^\\n]{0,40}\\b(?:app|tenant)_access_token\\b|\\b(?:${CALLED})\\b${ITS_OWN}\\b(?:invalid|expired|wrong|revoked)\\b.{0,20}\\b(?:token|app ?id|secret|credentials?|signature)\\b|\\b(?:${CALLED})\\b${ITS_OWN}\\b(?:token|app ?id|secret|credentials?|signature)\\b.{0,20}\\b(?:invalid|expired|wrong|revoked)\\b|(?:${CALLED})${ITS_OWN}(?:token|令牌|密钥|凭证|secret|app ?id).{0,12}(?:无效|过期|错误|失效|不正确)`,
      "i",
    ),
  ],
  [
    "channel-connection",
    new RegExp(
      `^\\[(?:gateway/channels/)?(?:${CHANNEL})[\\w/:. -]{0,60}\\].{0,300}\\b(?:${TROUBLE}|${STATUS})\\b|^\\[?health-monitor\\b.{0,200}\\bstale-socket\\b|^signal-cli: .{0,200}\\b(?:closed|error|failed)\\b|(?:${CALLED})${ITS_OWN}(?:${TROUBLE_ZH})|\\b(?:${CALLED})\\b${ITS_OWN}\\b(?:${TROUBLE})\\b|\\b(?:${CALLED})\\b[^.]{0,80}\\b(?:WebSocket|gateway|socket|connection)\\b[^.]{0,80}\\b(?:1006|40(?:04|09|14)|closed)\\b|\\bTelegram\\b[^.]{0,40}\\b401\\b|${LIBRARY.source}`,
      "i",
    ),
  ],
  [
    "browser-relay",
    /Chrome extension\b[^.]{0,60}\brelay|\brelay\b[^.]{0,40}\b18792\b|browser control (?:service|server)|browser[- ](?:extension )?relay|extension relay|relay is running, but no tab is connected|^\[browser[\w/-]{0,40}\].{0,200}\b(?:relay|extension|cdp|token|401)\b/i,
  ],
  [
    "model-provider",
    /No API key found for provider|^\[(?:agent|diagnostic|model)[\w/-]{0,40}\].{0,300}\b401\b|\bIncorrect API key|invalid x-api-key|"type":"authentication_error"|All models failed|OAuth token refresh failed|(?:anthropic|openai|openrouter|gemini|minimax|deepseek|ollama|mistral|groq)[^.]{0,80}\b(?:HTTP |status )?(?:401|403)\b|\b(?:HTTP )?401\b[^.]{0,60}\b(?:api[ _-]?key|authentication_error|invalid_api_key|provider)/i,
  ],
  ["slow-consumer", /\bslow consumer\b/i],
  [
    "bad-frame",
    /\bbad frame\b|(?:parse\/handle error|parse-error error=).{0,12}SyntaxError|Invalid WebSocket frame|RSV1 must be clear|Max payload size exceeded/,
  ],
  [
    "memory",
    /memory (?:sync|search|index\w{0,3})[^.]{0,40}\b(?:failed|unavailable|disabled)|\bembeddings? (?:failed|provider (?:init|unavail))|\b(?:openai|gemini|voyage|mistral|lmstudio) embeddings failed|^\[memory[\w/-]{0,30}\].{0,200}\b(?:failed|error|429|401)\b|memory_search\b[^.]{0,40}\b(?:failed|unavailable|disabled)|sqlite-vec/i,
  ],
];

/** The gateway's own words for a refusal, and of clients that did not reach it. */
const OURS =
  /gateway closed \(|disconnected \(\d{4}\)|gateway connect failed|pairing required|unauthorized: (?:gateway|device)|device identity|origin not allowed|gateway (?:token|password) (?:missing|mismatch)|control ui requires|too many failed authentication|Gateway target:|ECONNREFUSED|EADDRINUSE|EACCES/i;

/** What another part of OpenClaw says in words that look like a refusal. */
export const otherPart: Shape = {
  name: "other-part",
  hints: [
    " pairing approve",
    " pairing list",
    "access not configured",
    "Pairing code: ",
    "pairing request",
    "[gateway/channels/",
    ...CHANNEL.split("|").map((name) => `[${name}`),
    "health-monitor",
    "signal-cli: ",
    ...CALLED.replace(" ?bot", "").split("|"),
    "discord",
    "getUpdates",
    "bolt-app",
    "socket-mode",
    "web-api",
    "[error]: [",
    "[warn]: [",
    "[info]: [",
    "[debug]: [",
    "ws: unable to connect",
    "xtension relay",
    "rowser relay",
    "rowser-relay",
    "no tab is connected",
    "Chrome extension",
    "18792",
    "rowser control",
    "[browser",
    "API key",
    "api key",
    "api_key",
    "x-api-key",
    "authentication_error",
    "All models failed",
    "OAuth token refresh failed",
    " 401",
    "=401",
    " 403",
    ...[
      "429",
      "529",
      "ate limit",
      "ate_limit",
      "uota",
      "verloaded",
      "illing",
      "redit balance",
      "oo many requests",
    ],
    ...["RESOURCE_EXHAUSTED", "限流", "限额", "额度", "配额", "余额不足", "过载", "上下文"],
    ...[
      "context window",
      "context length",
      "context_length",
      "context limit",
      "ontext overflow",
      "ntext window",
    ],
    ...["prompt is too long", "intents", "access_token"],
    "slow consumer",
    "bad frame",
    "SyntaxError",
    "WebSocket frame",
    "RSV1",
    "Max payload",
    "[memory",
    "emory_search",
    "emory s",
    "emory i",
    "mbedding",
    "sqlite-vec",
  ],
  // What other parts say is asked for only where nothing else is found: a long log gives a sample of it.
  needles: [],
  read(line) {
    const text = line.text.slice(0, 1000);
    // The refusals' own lines name user agents, hosts and device names, which can hold anything.
    if (/(?:closed before connect|unauthorized|connected) conn=|\bcode=\d{4} reason=(?!slow)/.test(text))
      return undefined;
    // Who writes of a channel and of a refusal in one line is about the refusal.
    if (OURS.test(text) && !/\bslow consumer\b/i.test(text)) return undefined;
    const part = OTHER_PARTS.find(([, wording]) => wording.test(text))?.[0];
    return part === undefined ? undefined : aside(line, part);
  },
};

const STORE_FILE = /([^\s"'`]{0,300}devices[\\/](?:paired|pending)\.json)/;

/** Another step that refused first leaves the list's own step out, too (run 9.6: `device-identity`). */
const REFUSED_AT_STORE = 'prior step "pairing-stores"';

const IMPORT_FAILED = "device pairing store migration failed";

/**
 * A list of devices that cannot be read. 2026.5.28: `parse/handle error: JsonFileReadError: …`, and the connection
 * ends with 1000. 2026.9.6: the gateway does not start. Earlier ones say nothing and go on without the list.
 * 2026.8: records that do not fit stop the import into the database.
 */
export const pairingStore: Shape = {
  name: "pairing-store",
  hints: ["JsonFileReadError", "Failed to parse JSON file", REFUSED_AT_STORE, IMPORT_FAILED],
  read(line) {
    const path = STORE_FILE.exec(line.text)?.[1];
    const named = line.text.includes(REFUSED_AT_STORE) || line.text.includes(IMPORT_FAILED);
    if (path === undefined && !named) return undefined;
    return aside(line, "pairing-store", "printed", path === undefined ? undefined : safeText(path, 300));
  },
};

const TOKEN_SOURCE =
  /OPENCLAW_GATEWAY_TOKEN conflicts with gateway\.auth\.token|gateway\.env_token_overrides_config|Config token differs from service token|service OPENCLAW_GATEWAY_TOKEN differs|service token is stale/;

/** OpenClaw's own doctor, audit and service commands on a token that two places hold differently (2026.2.22 on). */
export const tokenSource: Shape = {
  name: "token-source",
  hints: [
    "conflicts with gateway.auth.token",
    "gateway.env_token_overrides_config",
    "differs from service token",
    "OPENCLAW_GATEWAY_TOKEN differs",
    "service token is stale",
  ],
  read: (line) => (TOKEN_SOURCE.test(line.text) ? aside(line, "token-source") : undefined),
};

/** No failure on the way from the question to the answer: "curl inside WSL is refused, too" is none. */
const NO_FAILURE =
  "(?:(?!\\bnot\\b|n['’]t\\b|\\bno\\b|refus|fail|error|time[sd]? ?out|ECONN|不通|不行|失败|拒绝|无法)[^\\n]){0,160}?";
/** Where a browser is not: in the WSL, container, pod or machine of the gateway. */
const INSIDE =
  "\\b(?:inside|within|in|on|from) (?:of )?(?:the |my |that )?(?:wsl ?2?|container|pod|vm|vps|server|host|guest|distro)\\b|(?:WSL ?2?|容器|虚拟机|服务器|主机)\\s?(?:里面|里|内|中|上)";
const ASKS = "\\b(?:curl|wget|healthz?|health check)\\b";
const ANSWERS =
  '(?:\\b(?:live|200|works?|working|answers?|responds?|fine|ok)\\b|正常|可以|有响应|能通|"ok": ?true)';
const ANSWERS_INSIDE = new RegExp(
  `(?:${INSIDE})${NO_FAILURE}${ASKS}${NO_FAILURE}${ANSWERS}|${ASKS}${NO_FAILURE}(?:${INSIDE})${NO_FAILURE}${ANSWERS}`,
  "i",
);

/** Where a gateway's secret may be beside its config, and what its config is called. */
const BESIDE =
  "(?:\\.env\\b|OPENCLAW_GATEWAY_(?:TOKEN|PASSWORD)|\\benv(?:ironment)?[ -](?:files?|vars?|variables?)\\b|环境变量|\\b(?:unit|service|systemd|compose)[ -](?:unit|files?)\\b|\\bsystemd\\b|\\bunit['’]s\\b|\\b(?:docker-)?compose\\.ya?ml\\b|\\bExecStart\\b|\\bplist\\b|\\bLaunchAgent\\b|服务文件|单元文件)";
const CONFIG =
  "(?:openclaw\\.json5?|gateway\\.auth\\.(?:token|password)|\\bconfig(?:uration)?(?: files?|\\.json)?\\b|配置文件)";
const DIFFERS =
  "(?:\\bdiffer\\w{0,5}|\\bnot the same\\b|\\bmismatch\\w{0,3}|(?:\\bdo|\\bdoes)(?: not|n['’]t) match|\\bout of sync\\b|\\bdisagree\\w{0,2}|\\bconflicts?\\b|不一致|不同|不匹配|不一样)";
/** A service's own files that have a secret from before. */
const FORMER = "\\b(?:old|stale|former|previous|outdated|expired|wrong|another|other)\\b|旧|过期|以前";
const UNIT =
  "\\b(?:unit|service file|systemd|ExecStart|drop-in|plist|LaunchAgent|launchd)\\b|服务文件|单元文件";
const SECRET = "(?:\\b(?:token|password|secret)\\b|令牌|密码|密钥)";
const TWO_PLACES = new RegExp(
  [
    `${BESIDE}[^\\n]{0,80}${CONFIG}[^\\n]{0,60}${DIFFERS}`,
    `${CONFIG}[^\\n]{0,80}${BESIDE}[^\\n]{0,60}${DIFFERS}`,
    `${DIFFERS}[^\\n]{0,60}${BESIDE}[^\\n]{0,60}${CONFIG}`,
    `${DIFFERS}[^\\n]{0,60}${CONFIG}[^\\n]{0,60}${BESIDE}`,
    `(?:${UNIT})[^.。\\n]{0,80}(?:${FORMER})[^.。\\n]{0,40}${SECRET}`,
    `(?:${FORMER})[^.。\\n]{0,40}${SECRET}[^.。\\n]{0,60}(?:${UNIT})`,
    `(?:${UNIT})[^.。\\n]{0,80}${SECRET}[^.。\\n]{0,40}(?:${FORMER}|\\bbefore\\b)`,
  ].join("|"),
  "i",
);

const STOPS =
  "(?:\\b(?:stop|die|dying|end|exit|quit|crash|disappear|vanish|terminat|shut)\\w{0,4}\\b|\\bkill(?:ed|s)\\b|\\b(?:is|goes|gets|be|are|was|went)\\b[^.\\n]{0,12}\\b(?:down|offline|gone|dead|away|unreachable|inactive|disconnected)\\b|\\bdisconnect(?:s|ed)\\b)";
/** The last session of a person ends: not one of a channel, and not the page's. */
const SIGNS_OUT =
  "(?:\\b(?:I|we|you|user|nobody|everyone|everybody)\\b[^.\\n]{0,20}\\b(?:log|logged|sign|signed)[ -]?(?:out|off)\\b|\\b(?:after|at|on|upon|by|when|once)\\b[^.\\n]{0,16}\\b(?:logout|log[ -]?off|logging (?:out|off)|signing (?:out|off))\\b|\\b(?:clos|exit|end|leav|quit|disconnect|drop)\\w{0,4}\\b[^.\\n]{0,24}\\b(?:ssh|terminal|putty|login session|shell)\\b|\\bssh (?:session|connection)\\b[^.\\n]{0,12}\\b(?:ends?|closes?|closed|drops?|is over)\\b)(?! (?:of|from) (?:the |my )?(?:dashboard|control|ui|web|page|whats|telegram|discord|slack))";
const SERVICE = "\\b(?:gateway|service|daemon|unit|openclaw|clawdbot|moltbot|it)\\b";
const SIGNS_OUT_ZH = "(?:退出|断开|关闭|注销|登出)[^。\\n]{0,8}(?:SSH|登录|终端|会话)|注销|登出";
const SERVICE_ZH = "(?:网关|服务|gateway|openclaw)";
/** A tunnel ends with its session as well, and the gateway goes on. */
const NO_TUNNEL = "^(?!.*(?:\\btunnel\\w{0,3}\\b|\\bssh -\\w{0,4}L\\b|\\bport[- ]forward|隧道|端口转发))";
const ENDS_AT_LOGOUT = new RegExp(
  [
    `${NO_TUNNEL}.*(?:${SERVICE}[^.\\n]{0,80}${STOPS}[^.\\n]{0,60}${SIGNS_OUT}|${SIGNS_OUT}[^.\\n]{0,60}${SERVICE}[^.\\n]{0,60}${STOPS})`,
    `${NO_TUNNEL}.*(?:(?:${SIGNS_OUT_ZH})[^。\\n]{0,20}${SERVICE_ZH}[^。\\n]{0,12}(?:停|挂|死|退出|没了|断)|${SERVICE_ZH}[^。\\n]{0,20}(?:${SIGNS_OUT_ZH})[^。\\n]{0,16}(?:停|挂|死|没了))`,
  ].join("|"),
  "i",
);

const TOLD: readonly (readonly [AsideEvent["about"], RegExp])[] = [
  ["answers-inside", ANSWERS_INSIDE],
  [
    "pairing-store",
    /\b(?:edit|modif|chang|delet|remov|clear|overwr|hand-edit|manual|add|copi|restor)\w{0,8}\b[^.\n]{0,80}\b(?:paired|pending)\.json|\b(?:paired|pending)\.json\b[^.\n]{0,80}\b(?:edit|modif|chang|delet|remov|overwrit|manual|reset|corrupt|restor|array)|\bpaired\.json\b[^.\n]{0,80}\bempty|(?:修改|编辑|删除|清空|改了|手动)[^。\n]{0,40}(?:paired|pending)\.json|(?:paired|pending)\.json[^。\n]{0,40}(?:修改|编辑|删除|清空|覆盖)|paired\.json[^。\n]{0,40}为空/i,
  ],
  [
    "token-source",
    /OPENCLAW_GATEWAY_TOKEN\b[^\n]{0,160}\b(?:differ\w{0,5}|not the same|mismatch\w{0,3}|does(?: not|n't) match|overrid\w{1,6}|stale|old)\b|\b(?:differ\w{0,5}|mismatch|overrid\w{1,6})\b[^\n]{0,120}OPENCLAW_GATEWAY_TOKEN\b|OPENCLAW_GATEWAY_TOKEN[^\n]{0,80}(?:不一致|不同|不匹配|覆盖)/i,
  ],
  ["token-source", TWO_PLACES],
  ["ends-at-logout", ENDS_AT_LOGOUT],
  [
    "client-identity",
    /\bnew (?:pairing|device)(?: pairing)? (?:request|id|approval)s?\b[^.\n]{0,60}\b(?:every|each|after)\b[^.\n]{0,30}\b(?:restart|reboot|recreat|redeploy|start|time|session)|\b(?:every|each) (?:restart|reboot|redeploy|time)\b[^.\n]{0,80}\b(?:new (?:pairing|device)|pair(?:ing)? again|re-?pair|re-?approve)|每次(?:重启|启动|打开|重新)[^。\n]{0,40}(?:重新)?(?:配对|批准|新的?设备)/i,
  ],
  [
    "page-served",
    /\b(?:page|ui|dashboard|html|web ?interface|login (?:page|screen|form)|index)\b(?:(?!\bnot\b|n['’]t\b|\bnever\b|\bcannot\b)[^.\n]){0,30}\b(?:loads?|loaded|opens?|opened|comes up|shows up|is served|renders?|works)\b(?!\s(?:only|fail))|\bshows? (?:its|the) (?:page|ui|dashboard)\b|(?:页面|网页|控制台|界面)(?:(?!不|没|无法)[^。\n]){0,16}(?:能|可以|正常)(?:(?!不|没)[^。\n]){0,8}(?:打开|加载|显示|访问)/i,
  ],
];

/** What a person tells of files, tokens and devices. Last of all: any more exact shape comes first. */
export const told: Shape = {
  name: "told",
  hints: [
    "paired.json",
    "pending.json",
    "OPENCLAW_GATEWAY_TOKEN",
    ...["openclaw.json", "gateway.auth.", "config", "systemd", "unit", "ExecStart", "plist", "LaunchAgent"],
    ...["service file", "drop-in", "服务文件", "单元文件", "配置文件"],
    ...["og out", "ogout", "og off", "ogoff", "ogged o", "ogging o", "ign out", "ign off", "igning o"],
    ...["SSH", "ssh", "erminal", "utty", "退出", "断开", "登出", "注销", "关闭"],
    "ew pairing",
    "ew device",
    "ashboard works",
    "ui works",
    "page works",
    "very restart",
    "ach restart",
    "very reboot",
    "ach reboot",
    "very redeploy",
    "ach redeploy",
    "very time",
    "ach time",
    ...["curl", "wget", "health"],
    "每次",
    ...[
      " load",
      " open",
      "comes up",
      "shows up",
      "is served",
      "renders",
      "UI works",
      " its page",
      "shows the",
      "打开",
      "加载",
      "显示",
      "访问",
    ],
  ],
  needles: [],
  read(line) {
    const text = line.text.slice(0, 1000);
    if (line.form === "json" || line.base.at !== undefined) return undefined;
    const about = TOLD.find(([, wording]) => wording.test(text))?.[0];
    return about === undefined ? undefined : aside(line, about, "said");
  },
};
