import type { CauseMessage } from "../types.ts";

/** What the page brings: where it was opened, its origin, its secret, its device identity, its build. */
export const page: Readonly<Record<string, CauseMessage>> = {
  "secure-context-required": {
    title: "页面不在安全上下文中，浏览器无法证明自己的身份",
    healthy: "页面通过 HTTPS 或 localhost 打开，或者该版本不要求安全上下文",
    what: "Control UI 是通过明文 HTTP 打开的，地址是 {origin|一个非 localhost 的地址}。在 2026.7.35 及更早的版本中，这样的页面不会发送设备身份，网关在检查令牌之前就会拒绝它。",
    why: "浏览器只在安全上下文（HTTPS 或 localhost）中提供生成设备身份所需的加密功能。2026.2.19 及更早版本的提示是 `control ui requires HTTPS or localhost (secure context)`，2026.2.21 至 2026.7.35 的提示是 `control ui requires device identity`。",
    fix: "在安全上下文中打开页面：通过 SSH 隧道访问 http://127.0.0.1:{port|18789}，或使用 Tailscale Serve，或使用带 HTTPS 的反向代理。也可以升级到 2026.8.1 或更高版本：那里的页面不需要安全上下文也能生成身份，之后批准一次即可。",
    verify:
      "关于 HTTPS 或设备身份的提示不再出现。接下来可能会看到 `origin not allowed` 或 `pairing required`，那是排在后面的关卡。",
    caveats:
      "在明文 HTTP 下，令牌和页面内容都可能在途中被读取或篡改。gateway.controlUi.allowInsecureAuth 只在 2026.2.19 及更早的版本中对此有效，尽管 2026.5.28 的页面仍然推荐它。",
    variants: {
      over: {
        title: "之前因缺少安全上下文被拒绝，现已解决",
        what: "Control UI 之前因明文 HTTP 被拒绝，同一客户端后来通过了这一关。",
        fix: "无需处理。",
        verify: "日志中没有更新的此类拒绝记录。",
      },
      foretold: {
        title: "通过明文 HTTP 打开的页面将会被拒绝",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：从 {origin|这个地址} 打开页面的浏览器将会被拒绝：它不在安全上下文中，而该版本要求设备身份。",
      },
    },
  },

  "origin-not-allowed": {
    title: "网关不接受来自该来源的页面",
    healthy: "页面的来源在网关允许的范围内",
    what: "浏览器从 {origin|某个来源} 打开了 Control UI，而这个来源不在 gateway.controlUi.allowedOrigins 中。",
    why: "从 2026.2.2 起，网关会把 Origin 请求头与该列表逐字比较：协议、主机名和端口都必须一致。2026.2.2 至 2026.2.22 还会放行 Host 与 Origin 相同的页面；之后的版本只对回环地址这样做，2026.5.18 起也包括同源的私有地址。",
    fix: "把准确的来源 `{origin|https://HOST:PORT}` 加入 gateway.controlUi.allowedOrigins：要写协议，端口不是默认端口时要写端口，不带路径，末尾不带斜杠。",
    verify:
      "页面不再显示 `origin not allowed`。新浏览器接下来会遇到 `pairing required`，这说明已经前进了一步。",
    caveats:
      "`*` 和 dangerouslyAllowHostHeaderOriginFallback 也能放行，但会让网关暴露在 DNS 重绑定攻击之下。2026.2.1 及更早的版本不认识这个键，写上之后网关会拒绝启动。OPENCLAW_GATEWAY_ALLOWED_ORIGINS 不是 OpenClaw 的变量，只有部分镜像会读取它。",
    variants: {
      "published-port": {
        title: "来源列表写的是容器内的端口，浏览器看到的却是另一个",
        what: "容器的端口发布为 {port|另一个端口}，页面来自 {origin|该端口}；而 gateway.controlUi.allowedOrigins 中只有 {listed|容器内的端口}。",
        why: "来源由浏览器所见的协议、主机名和端口组成。容器内的端口（2026.3.1 起的版本会自行写入列表）不是浏览器能看到的端口。",
      },
      over: {
        title: "之前的来源被拒绝，现在已被接受",
        what: "来自 {origin|该来源} 的页面之前被拒绝，同一客户端后来通过了这一关。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `origin not allowed`。",
      },
      foretold: {
        title: "该来源将不会被接受",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：从 {origin|该来源} 打开的页面将会被拒绝，因为它不在 gateway.controlUi.allowedOrigins 中。",
      },
    },
  },

  "gateway-token-missing": {
    title: "页面没有发送网关令牌",
    healthy: "客户端发送了网关令牌",
    what: "网关要求共享令牌，而{client|页面}连接时没有带上。",
    why: "不带参数的面板地址里没有令牌；浏览器只为各自的标签页或来源保存令牌，换一个主机名、端口，或使用无痕窗口，都要重新提供。地址中如何携带令牌因版本而异：2026.2.1 只认 `?token=`，2026.3.13 只认 `#token=`，两者之间的版本以及 2026.4.15 之后的版本两种都认。",
    fix: "通过带令牌的链接打开面板，或者把令牌粘贴到页面的连接设置中。从 2026.8.1 起，`openclaw dashboard` 会给出不需要令牌的一次性链接。",
    verify:
      "页面不再要求令牌，日志中不再出现新的 `token_missing`；对网关来说是新的浏览器，接下来会进入配对。",
    caveats:
      "地址中的令牌会留在浏览器历史里，使用 `?` 时还会进入代理的日志，因此优先用 `#`。2026.7.1 和 2026.7.35 对缺少令牌、令牌不一致、缺少安全上下文都显示同一张 `Could not connect` 卡片，要看下方的 `Raw error` 才能区分。",
    variants: {
      over: {
        title: "之前的连接没有带令牌，现在已经带上",
        what: "{client|某个客户端}之前没有带令牌，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `token_missing`。",
      },
      foretold: {
        title: "不带令牌的页面将会被拒绝",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：网关要求共享令牌，因此不带令牌的面板地址将无法连接。",
      },
    },
  },

  "gateway-token-mismatch": {
    title: "发送的令牌与网关的不一致",
    healthy: "客户端的令牌与网关的一致",
    what: "{client|某个客户端}发送了令牌，但正在运行的网关使用的是另一个令牌。",
    why: "令牌可能存在于多个地方：gateway.auth.token、容器或服务环境中的 OPENCLAW_GATEWAY_TOKEN、compose 的 .env 文件、CLI 使用的 gateway.remote.token，以及浏览器自己保存的值。正在运行的网关用的是{source|其中一个}，只改别处不会生效。",
    fix: "选定一个地方作为唯一来源，其余地方写成相同的值，重启网关让它重新读取，然后在页面中再粘贴一次令牌。",
    verify: "页面连接成功或进入配对，网关日志中不再出现新的 `token_mismatch`。",
    caveats:
      "一分钟内用不一致的令牌尝试十次，该地址会被锁定一段时间；从 2026.4.15 起（实测），锁定期间正确的令牌也要等待。从 2026.3.13 起 `openclaw config get` 会隐藏令牌；从 2026.8.1 起可用 `openclaw gateway auth-token --show` 显示。",
    variants: {
      over: {
        title: "之前的令牌不一致，现在已经一致",
        what: "{client|某个客户端}之前发送了不一致的令牌，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `token_mismatch`。",
      },
      foretold: {
        title: "两个地方保存的令牌不一致",
        what: "没有看到拒绝记录，但{source|某个地方}的令牌与配置中的不同，使用另一个令牌的客户端将会被拒绝。",
      },
    },
  },

  "gateway-password-missing-or-mismatch": {
    title: "缺少网关密码，或密码与网关的不一致",
    healthy: "客户端发送了正确的密码",
    what: "gateway.auth.mode 是 `password`，而{client|页面}没有发送密码，或发送的密码不一致{（reason）}。",
    why: "Control UI 只在内存中保存密码，每个新标签页和每次刷新都要重新输入。网关环境中的 OPENCLAW_GATEWAY_PASSWORD 优先于 gateway.auth.password。",
    fix: "在页面的连接设置中输入密码。如果每个标签页都输入太麻烦，可以把 gateway.auth.mode 改为 `token`，令牌可以由页面保存。",
    verify: "页面连接成功或进入配对，日志中不再出现新的 `password_` 记录。",
    caveats: "不要把密码写进地址。Tailscale Funnel 要求认证模式为 `password`。",
    variants: {
      over: {
        title: "之前因密码被拒绝，现已过去",
        what: "{client|某个客户端}之前因密码被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `password_` 拒绝记录。",
      },
    },
  },

  "device-identity-required": {
    title: "客户端连接时没有设备身份",
    healthy: "客户端带有设备身份，或不需要设备身份",
    what: "{client|该客户端}没有发送设备身份，而它的连接也不属于可以免除的情况。",
    why: "除少数带有有效令牌的客户端外，网关要求每个客户端提供签名的设备身份。既没有身份也没有令牌的客户端会在这里被拒绝；依赖某个已失效开关的客户端也一样。",
    fix: "给客户端配置网关令牌。如果是第三方客户端，请使用会用设备身份签名的版本。如果是 Control UI，请通过 HTTPS 或 localhost 打开。",
    verify: "`device identity required` 不再出现；会签名的客户端接下来进入配对，每台设备一次。",
    caveats:
      "gateway.controlUi.dangerouslyDisableDeviceAuth 在 2026.7.35 及更早的版本中会取消这一关，从 2026.8.1 起不再起作用；它会让任何持有令牌的人不经批准就能进入。",
    variants: {
      "own-page": {
        title: "页面没有带设备身份，也没有有效的令牌",
        what: "网关自己的页面没有发送设备身份{（detail）}，而它发送的凭据不足以免除这一点。",
        why: "页面来自这个网关，并不是旧客户端。设置了 gateway.controlUi.dangerouslyDisableDeviceAuth（到 2026.7.35 为止）或浏览器不保存站点数据时，页面不带身份，此时只有有效的令牌才能进入。",
        fix: "把网关的令牌交给页面：在页面设置中填写，或放在 `#token=` 之后。如果设置了该开关，请去掉，然后刷新页面。",
        verify: "页面连接成功，或接着遇到 `pairing required`，每个浏览器一次。",
      },
      over: {
        title: "之前的连接没有设备身份，现已过去",
        what: "{client|某个客户端}之前没有设备身份，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的此类拒绝记录。",
      },
      foretold: {
        title: "没有设备身份的客户端将会被拒绝",
        what: "没有看到拒绝记录，以下是根据版本和设置得出的结论：{client|该客户端}没有设备身份，而该版本在这里要求设备身份。",
      },
    },
  },

  "device-auth-handshake-invalid": {
    title: "客户端的设备证明无效",
    healthy: "客户端的设备签名有效",
    what: "{client|该客户端}发送了设备身份，但网关没有接受它的证明：{reason|nonce、签名或设备 ID 有问题}。",
    why: "客户端要用设备密钥对网关的质询签名。从 2026.2.22 起必须包含 nonce，最早的签名形式（v1）被取消；2026.2.26 及之后的版本接受 v2 和 v3。更旧的客户端、签名字段不同的客户端，以及密钥与设备 ID 不匹配的客户端都会在这里失败。",
    fix: "把客户端更新到适合该网关版本的版本。如果已经是最新，让它丢弃设备密钥并重新生成，然后批准它。",
    verify:
      "不再出现新的 `device signature invalid`、`device nonce` 或 `device identity mismatch`；客户端进入配对或连接成功。",
    caveats: "重放旧握手的代理或录制工具也会这样失败，而且理应失败：nonce 只对一次连接有效。",
    variants: {
      over: {
        title: "之前的设备证明无效，现已过去",
        what: "{client|某个客户端}之前的设备证明没有被接受，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的此类拒绝记录。",
      },
    },
  },

  "clock-skew": {
    title: "客户端与网关的时钟相差过大",
    healthy: "客户端与网关的时钟一致",
    what: "{client|该客户端}的签名被视为过期：它的时钟与网关相差 {skew|两分钟以上}。",
    why: "签名中包含客户端的时间。从 2026.2.22 起允许相差两分钟（之前是十分钟）。从 2026.8.1 起，新版客户端签的是网关自己的时间，本机时钟不再有影响。",
    fix: "在时间不准的机器上开启时间同步（NTP）。虚拟机和 WSL 在休眠之后常常出现偏差。然后刷新页面。",
    verify: "页面连接成功，日志中不再出现新的 `device signature expired`，两台机器上 `date -u` 的结果一致。",
    caveats:
      "重新批准设备或清除站点数据在这里没有作用。要改为对网关自己的时间签名，两边都必须是 2026.8.1 或更高版本。",
    variants: {
      foretold: {
        title: "网关的时钟与本机相差过大",
        what: "没有看到拒绝记录，以下是根据两边的时钟得出的结论：容器的时钟与本机相差 {skew|数分钟}（负数表示落后），本机浏览器的签名将会被视为过期。",
      },
      over: {
        title: "之前的签名已过期，现已过去",
        what: "{client|某个客户端}之前的签名时间偏差过大，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `device signature expired`。",
      },
    },
  },

  "device-token-mismatch": {
    title: "客户端保存的设备令牌已不是网关当前的令牌",
    healthy: "客户端的设备令牌与网关当前的一致",
    what: "{client|该客户端}发送了设备令牌，而网关中该设备的令牌已经不同，或者已不存在。",
    why: "令牌被轮换过，或配对记录被重新建立，而客户端还保留着旧的。2026.2.14 至 2026.2.21 在共享令牌不一致时也用同样的措辞，因此在这些版本上要先比较共享令牌。",
    fix: "在 2026.2.14 至 2026.2.21 上，先确认 OPENCLAW_GATEWAY_TOKEN 与 gateway.auth.token 是否一致。否则轮换该设备的令牌，或移除设备后重新批准；在浏览器中，让页面忘记该设备，或清除该来源的站点数据。",
    verify: "客户端连接成功，日志中不再出现新的 `device token mismatch`。",
    caveats: "清除浏览器的站点数据会让它变成一台新设备，需要再次批准。轮换令牌需要拥有被轮换设备的权限范围。",
    variants: {
      over: {
        title: "之前的设备令牌已失效，现已过去",
        what: "{client|某个客户端}之前发送了失效的设备令牌，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `device token mismatch`。",
      },
    },
  },

  "protocol-or-build-skew": {
    title: "页面或客户端与网关的版本不一致",
    healthy: "客户端与网关的协议和构建版本一致",
    what: "{client|该客户端}使用的协议与网关不同{（detail）}，在检查其他内容之前就被拒绝了。",
    why: "2026.5.7 及更早的版本使用协议 3，2026.5.12 及之后的版本使用协议 4；只提供另一种协议的客户端会以 1002 关闭。升级之前的 CLI、应用或缓存的页面都会这样。",
    fix: "让两边处于同一版本：不使用缓存刷新页面，或更新这里提到的客户端。",
    verify: "不再出现新的 `protocol mismatch`，客户端进入下一关或连接成功。",
    caveats: "请清除页面的缓存文件，而不是站点数据：设备密钥也在站点数据里，没有它的浏览器需要重新批准。",
    variants: {
      build: {
        title: "打开的页面来自网关升级之前",
        what: "网关拒绝了该页面，因为它属于另一个 Control UI 构建版本{（clientBuild）}。",
        why: "从 2026.8.1 起，网关会比较页面的构建版本与自己的是否一致，不一致时以 1008 `protocol mismatch: Control UI updated; reload this page` 关闭。升级期间一直打开的标签页或缓存的页面带有旧的构建版本。",
        fix: "不使用缓存刷新页面（Ctrl+Shift+R，Mac 上是 Cmd+Shift+R）。如果旧页面仍然出现，请清除缓存文件，而不是站点数据：清除站点数据会连设备的批准一起丢失。",
        verify: "页面连接成功，日志中不再出现新的 `control ui build rejected`。",
      },
      over: {
        title: "之前的协议不一致，现已过去",
        what: "另一版本的{client|客户端}之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有更新的 `protocol mismatch`。",
      },
    },
  },

  "client-side-4008": {
    title: "某个浏览器被拒绝，但这一行没有说明原因",
    healthy: "日志中的每次拒绝都说明了原因",
    what: "日志中是 `code=4008 reason=connect failed`：页面在被网关拒绝之后自己关闭了连接。",
    why: "页面一读到拒绝就以 4008 关闭连接，不论拒绝的原因是什么；网关记录的是这个代码还是它自己的 1008，取决于谁先到。因此只凭 4008 既不能断定是配对问题，也不能断定是别的问题。",
    fix: "请把 JSON 日志交给本工具，同一行里有 `cause`；从 2026.7.1 起，控制台的 `phase=` 也能说明：`auth_validated` 是配对，`auth_credentials_received` 是令牌或安全上下文，`ws_upgrade_started` 是来源。`openclaw devices list` 可以看出是否有请求在等待。",
    verify: "这一条会被一个有名称的原因取代：在 JSON 日志中是 `cause`，在页面上是它自己的提示。",
    caveats: "不要只凭这一行就批准任何设备：原因同样可能是令牌、来源或安全上下文。",
  },

  "third-party-client-no-device-identity": {
    title: "第三方客户端以 Control UI 的身份连接，却没有设备身份",
    healthy: "以 Control UI 身份连接的客户端都带有设备身份",
    what: "{client|某个客户端}以 Control UI 的 ID 从 {origin|localhost} 连接，但没有设备身份。真正的页面在这样的地址上会带有设备身份。",
    why: "从 2026.2.21 起网关要求 Control UI 提供设备身份，从 2026.2.22 起还必须对网关的 nonce 签名。更早编写的面板和代理不会签名。",
    fix: "把该客户端更新到会用自己的设备密钥签名的版本，然后批准它的设备。如果没有这样的版本，而它又支持的话，让它以 `gateway-client` 的身份带令牌连接。",
    verify: "该客户端的请求出现在 `openclaw devices list` 中，批准后连接成功。",
    caveats:
      "不要用 gateway.controlUi.dangerouslyDisableDeviceAuth 来解决：在 2026.7.35 及更早的版本中，它会让任何持有令牌的人进入；从 2026.8.1 起，它会被忽略。",
    variants: {
      other: {
        title: "第三方客户端连接时没有设备身份",
        what: "{client|某个客户端}不是 OpenClaw 自己的，它从 {origin|未知地址} 连接，没有设备身份。",
        why: "从 2026.2.2 起网关要求客户端提供设备身份，从 2026.2.22 起还必须对网关的 nonce 签名。更早编写的面板和脚本不会签名。",
      },
      over: {
        title: "之前因没有设备身份而拒绝过第三方客户端，现已过去",
        what: "{client|某个客户端}不是 OpenClaw 自己的，之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
        verify: "日志中没有该客户端更新的拒绝记录。",
      },
    },
  },

  "client-identity-not-persisted": {
    title: "客户端没有保留身份，每次启动都是一台新设备",
    healthy: "客户端在重启之后保留设备身份",
    what: "同类设备接连出现了 {count|多} 次请求或批准{（detail）}：客户端每次都生成新的密钥。",
    why: "密钥保存在浏览器对应来源的存储中，或客户端的状态目录中。无痕窗口、被清除的存储、换了主机名或端口、没有挂载卷的容器，都会产生新的密钥。",
    fix: "让身份所在的位置保留下来：使用普通的浏览器个人资料并固定使用同一个地址，或给客户端的状态目录挂载卷。然后移除不再使用的设备。",
    verify: "客户端重启后，`openclaw devices list` 中没有新的请求。",
    caveats: "保留下来的状态目录里有设备的私钥：能读到它的人就能冒充该设备。",
    variants: {
      replicas: {
        title: "多个副本各有自己的设备列表",
        what: "网关有 {count|多} 个 Pod 在运行，每个都有自己的状态目录：其中一个批准过的浏览器，对其他副本来说是陌生的。",
        why: "网关把设备保存在单个进程的文件里；Service 会把每个连接送到任意一个 Pod。",
        fix: "只运行一个副本。网关是为单个进程和单个状态目录设计的。",
        verify: "`kubectl get pods` 只显示一个 Pod，并且浏览器在多次刷新后仍保持连接。",
      },
      "unpersisted-pod": {
        title: "网关自身的状态会随 Pod 一起消失",
        what: "Pod {container|（网关所在）} 的 {path|状态目录} 不在能比它存续更久的卷上：设备、令牌和配置都会随 Pod 一起结束。",
        why: "emptyDir 和容器自己的层在 Pod 被替换时消失，每次滚动更新、驱逐或更换 node 都会这样。之后每个客户端都要重新批准。",
        fix: "在状态目录挂载 PersistentVolumeClaim。",
        verify:
          "`kubectl get pod -o yaml` 显示状态目录上有该 claim，并且滚动更新之后 `openclaw devices list` 显示相同的设备。",
        caveats: "只能由一个 node 挂载的 claim（ReadWriteOnce）需要使用 Recreate 策略。",
      },
      unpersisted: {
        title: "网关自己的状态会随容器一起消失",
        what: "容器 {container|（网关）} 的 {path|状态目录} 没有挂载：设备、令牌和配置都会随容器一起消失。",
        why: "容器自己的可写层中的内容，在重新创建容器时就会消失，升级以及大多数设置的修改都会重新创建容器；tmpfs 中的内容每次停止都会消失。之后每个客户端都需要重新批准。",
        fix: "保留一份状态目录的副本，重新创建容器时在该处挂载目录或卷。",
        verify:
          "`docker inspect` 显示状态目录处有挂载，重新创建容器之后 `openclaw devices list` 显示相同的设备。",
        caveats: "副本中有网关的令牌和密钥：请放在只有其用户能读取的地方。",
      },
    },
  },
};
