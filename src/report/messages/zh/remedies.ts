import type { RemedyMessage } from "../types.ts";

export const remedies: Readonly<Record<string, RemedyMessage>> = {
  "approve-device": {
    title: "批准这一个请求",
    what: "在所有版本和部署方式中都有效。批准只针对这个浏览器个人资料在这个地址上的设备。",
    caution:
      "这会把设备请求的权限范围授予它。请与自己的尝试核对地址、客户端和时间，不要不看内容就批准最新的请求。",
  },
  "open-dashboard-link": {
    title: "通过面板自己的链接打开",
    what: "从 2026.8.1 起，链接只能用一次，十分钟内有效，打开它的浏览器无需令牌也无需批准即可进入。更早的版本会把令牌放在链接里。",
    caution: "链接本身就是机密：谁先打开，谁就拥有所有者权限。请在浏览器实际使用的地址上打开。",
  },
  "set-allow-insecure-auth": {
    title: "开启 allowInsecureAuth",
    what: "让 Control UI 只凭令牌进入，不需要设备和批准。只在 2026.2.19 及更早的版本中有此效果。",
    caution: "任何得到令牌的人都能进入。它不能代替 HTTPS，而且升级之后会失效。",
  },
  "unset-retired-keys": {
    title: "删除不起作用的开关",
    what: "不会改变目前谁能进入，只是让配置在下一个版本中仍然有效。",
  },
  "add-allowed-origin": {
    title: "允许来源 {origin|（页面自己的）}",
    what: "把这个准确的来源写入 gateway.controlUi.allowedOrigins。",
    caution: "该来源的页面可以从用户的浏览器与网关通信。",
  },
  "set-trusted-proxies": {
    title: "信任代理 {remote|的准确地址}",
    what: "让网关采信这个代理给出的客户端地址。这不会批准任何浏览器。",
    caution:
      "代理必须覆盖 X-Forwarded-For。对于经过发布端口的浏览器，绝不要写入 Docker 网桥的地址，也不要写入客户端所在的网段。",
  },
  "keep-client-address": {
    title: "让代理看到并转发客户端自己的地址",
    what: "X-Forwarded-For 就会写出受信任网段之外的客户端。这不会批准任何浏览器。",
    caution: "设置 `externalTrafficPolicy: Local` 后，只有运行着代理 Pod 的 Node 会应答。",
  },
  "remove-trusted-proxy": {
    title: "从受信任的代理中去掉 {remote|该地址}",
    what: "来自那里的连接重新按其自身的地址判断。",
    caution: "如果确实有代理使用这个地址，就无法再区分它的客户端。",
  },
  "set-bind-lan": {
    title: "让网关在容器的网络上监听",
    what: "把 gateway.bind 设为 `lan`，使发布的端口能通到网关。",
    caution: "除非要让其他机器访问，否则请把端口发布在 127.0.0.1 上。",
  },
  "give-cli-token": {
    title: "把网关的令牌交给 CLI",
    what: "两边使用同一个令牌；网关保持不变，令牌正确的页面也不受影响。",
  },
  "align-token": {
    title: "让各处使用同一个令牌",
    what: "令牌只有一个来源，网关在下次启动时读取。",
    caution: "保存着旧令牌的页面需要换成新的令牌。",
  },
  "copy-compose-token": {
    title: "让 {path|.env 文件} 使用网关的令牌，并重新创建容器",
    what: "网关使用 openclaw.json 中的 gateway.auth.token；{service|该服务} 的环境变量来自 {path|.env 文件}，新的容器才会取得它。状态保留在挂载上。",
    caution: "网关会离开几秒钟。两个值都是机密，显示时只有指纹。",
  },
  "refer-to-dotenv": {
    title: "把令牌从 Compose 文件中移出，改为引用 {path|.env}",
    what: "{path|.env} 得到网关的令牌，{file|Compose 文件} 改为引用它，不再另存一个，然后重新创建容器。状态保留在挂载上。",
    caution:
      "网关会离开几秒钟。不要把 {path|.env} 放进版本库；{file|Compose 文件} 中原来的令牌可能还在它的历史记录里。",
  },
  "recreate-service": {
    title: "重新创建 {service} 的容器",
    what: "容器创建之后，项目文件中的令牌才改成现在这样；只有新的容器才会取得新的环境变量。状态保留在挂载上。",
    caution: "网关会离开几秒钟。",
  },
  "copy-token": {
    title: "让 {path|.env 文件} 使用网关的令牌",
    what: "网关使用 openclaw.json 中的 gateway.auth.token，旁边读取 .env 文件的程序也会得到相同的值。网关本身不变。",
    caution: "两个值都是机密：只在文件之间复制，显示时只有指纹。",
  },
  "paste-token": {
    title: "把令牌交给页面",
    what: "页面会为自己的标签页或来源保存它。",
    caution: "不要通过聊天、工单或截图传递令牌。",
  },
  "enter-password": {
    title: "在页面中输入密码",
    what: "页面只在内存中保存密码，每个新标签页都会再次询问。",
  },
  "ssh-tunnel": {
    title: "通过 SSH 隧道打开页面",
    what: "浏览器得到 localhost 地址，网关看到的是本地客户端，无需任何配置。",
    caution: "隧道断开即失效。",
  },
  "port-forward": {
    title: "通过 port-forward 打开页面",
    what: "连接在 Pod 内部结束，在那里算作本地。",
    caution: "命令结束即失效。",
  },
  "tailscale-serve": {
    title: "在 tailnet 中提供页面",
    what: "给页面 HTTPS 和域名，只对 tailnet 中的设备开放。Serve 由网关自己设置，需要已登录的 `tailscale` 命令。",
    caution:
      "从 2026.4.25 起，tailnet 中能访问这台机器的每个用户无需批准即可进入。Funnel 不同：它会把页面开放给整个互联网。",
  },
  "https-proxy": {
    title: "在前面放一个带 HTTPS 的代理：{domain|自己的域名}",
    what: "让页面处于安全上下文。代理必须受信任，它的来源必须允许，每个浏览器批准一次。",
    caution: "代理必须转发 WebSocket，并覆盖 X-Forwarded-For。能访问代理的人，就能访问网关的登录。",
  },
  "mend-name": {
    title: "修正地址中的名称",
    what: "网关保持原样：还没有询问到它。",
  },
  "set-gateway-auth": {
    title: "给网关设置令牌，然后启动",
    what: "把随机令牌写入 openclaw.json，并把 gateway.auth.mode 设为 `token`。",
    caution: "此后客户端需要该令牌。网关环境中的令牌仍优先于它。",
  },
  "start-gateway": {
    title: "启动网关",
    what: "之后看一眼日志：如果它又退出，最后几行会说明原因。",
  },
  "wait-for-start": {
    title: "等待网关就绪",
    what: "在小型机器上，首次启动最多需要一分钟。",
  },
  "reload-page": {
    title: "刷新页面",
    what: "取得当前版本的页面，并重新连接。",
  },
  "raise-handshake-limit": {
    title: "给握手更多时间",
    what: "网关会等待客户端更久才放弃。只有机器较慢或繁忙时才有用。",
  },
  upgrade: {
    title: "把 OpenClaw 升级到 {release|更高的版本}",
    what: "消除原因，而不是绕过它。",
    caution: "请先用 `pairing-doctor what-if --release {release|X}` 查看网关准入还有哪些变化。",
  },
  "sync-clock": {
    title: "校准时钟",
    what: "让机器同步时间，签名到达时就不会已经过期。",
  },
  "update-client": {
    title: "更新客户端",
    what: "得到一个按该网关版本的要求签名和通信的客户端。",
    caution: "如果它之后请求批准，请先把地址和时间与自己的尝试核对。",
  },
  "reject-device": {
    title: "拒绝该请求",
    what: "用于没有人认得的请求。该设备可以再次请求。",
    caution: "无法撤销：该请求会消失。",
  },
  "remove-device": {
    title: "移除该设备",
    what: "取消它的批准和令牌，之后需要重新批准。",
    caution: "无法撤销：使用该设备的人会被断开，直到重新请求并获得批准。",
  },
  "rotate-device-token": {
    title: "给该设备换一个新令牌",
    what: "客户端在下一次获准连接时取得它。",
    caution: "无法撤销：设备的旧令牌立即失效，即使它仍然可用。",
  },
  "restart-gateway": {
    title: "重启网关",
    what: "让它读取环境和配置中的变化。已打开的连接会断开。",
  },
  "run-doctor-fix": {
    title: "用 OpenClaw 自己的 doctor 修复",
    what: "`openclaw doctor --fix` 会迁移旧文件，并删除已取消的键。",
    caution: "它会修改配置和状态：请先备份状态目录。",
  },
  "disable-device-auth": {
    title: "关闭设备认证",
    what: "在 2026.7.35 及更早的版本中，让 Control UI 只凭令牌进入。从 2026.8.1 起该开关被忽略。",
    caution: "OpenClaw 的审计把它评为严重：任何持有令牌的人都拥有一切权限。",
  },
  "wait-lockout": {
    title: "停止不断失败的客户端，然后等待",
    what: "几分钟内没有新的失败，锁定会自行结束，之后正确的令牌就能进入。",
  },
  "set-bind-loopback": {
    title: "让网关只绑定回环地址",
    what: "内部调用和 CLI 随后都连接 127.0.0.1，会被视为本地。",
    caution: "网关主机或容器之外将无法访问网关，已发布的端口也不例外。",
  },
  "share-network": {
    title: "让 CLI 的容器使用网关的网络",
    what: "这样 127.0.0.1 就是网关的回环地址，会被视为本地。",
  },
  "run-in-gateway-container": {
    title: "在网关容器内运行 CLI",
    what: "在那里 127.0.0.1 就是网关，配置也是网关自己的。",
  },
  "publish-port": {
    title: "发布网关的端口",
    what: "新容器会把端口发布在 127.0.0.1 上；挂载的状态保持不变。",
  },
  "set-gateway-port": {
    title: "让网关监听端口 {port}",
    what: "把 gateway.port 设为已发布端口所通向的端口。",
  },
  "use-gateway-port": {
    title: "让 CLI 连接网关实际监听的端口",
    what: "可以马上看出是否只有端口不同。",
  },
  "use-gateway-config": {
    title: "让 CLI 读取网关的配置",
    what: "端口、令牌和设备身份随之与网关一致。",
  },
  "use-loopback-url": {
    title: "让 CLI 连接 127.0.0.1",
    what: "在网关旁边，回环地址算作本地。",
  },
  "read-json-log": {
    title: "读取 JSON 日志",
    what: "同样的记录在那里带有原因，而 2026.5.28 及更早版本的控制台不显示。",
  },
  "fix-ownership": {
    title: "把状态目录还给网关的运行用户",
    what: "网关和 CLI 又可以读写它，其他不变。",
    caution: "修改的是属主，不是权限：777 会让每个本地用户都能读到令牌。",
  },
  "make-writable": {
    title: "让状态目录可写",
    what: "网关把设备、令牌和配置保存在那里。",
  },
  "approve-with-shared-token": {
    title: "在网关所在的主机上用共享令牌批准",
    what: "在那里，共享令牌带有执行批准的设备所缺少的权限范围。",
    caution: "批准会给予该设备它所请求的权限范围。请把地址、客户端和时间与自己的尝试核对。",
  },
  "stop-other-gateway": {
    title: "每个端口和状态目录只保留一个网关",
    what: "这样客户端、请求和批准都在同一个网关上。",
    caution: "请先确认已批准的设备在哪一个网关上。",
  },
  "run-as-config-owner": {
    title: "让网关以 {owner|配置它的用户} 的身份运行",
    what: "之后它使用该用户的设置、设备和令牌。",
    caution: "为目前的运行用户批准过的设备需要重新请求。",
  },
  "restart-service": {
    title: "用网关自己的服务管理器重启它",
    what: "网关将按它的单元、drop-in 和变量文件现在的内容启动。打开的页面会自行重新连接。",
  },
  "reinstall-service": {
    title: "让 OpenClaw 重新写它的服务",
    what: "`openclaw gateway install --force` 按 openclaw.json 现在的内容写出单元，并由它启动网关。",
    caution: "有人在单元里直接做的修改会因此丢失；`systemctl edit` 的 drop-in 会保留。",
  },
  "enable-linger": {
    title: "让{user|该用户}的服务在最后一次退出登录之后继续运行",
    what: "不改变谁能进入。",
  },
  "look-as-owner": {
    title: "以该进程的用户身份检查",
    what: "该用户可以读取并修改网关的配置、日志和设备。",
  },
  "mend-page": {
    title: "恢复页面的文件",
    what: "之后网关会重新提供页面；谁能进入不会改变。",
  },
  "mend-way": {
    title: "修好浏览器到网关的路",
    what: "网关本身不做改动。",
  },
  "look-past-answer": {
    title: "弄清是谁在应答，并直接检查网关",
    what: "不做任何改动。",
  },
  "free-port": {
    title: "为网关腾出端口",
    what: "让另一个程序退出或换端口，之后网关就能监听。",
    caution: "请先弄清另一个程序的用途和归属。",
  },
  "add-gateway-in-app": {
    title: "更新应用，并重新添加网关",
    what: "补上应用缺少的东西：凭据，以及会生成设备身份的版本。网关上不做任何改动。",
    caution: "设置码及其二维码就是凭据：只给应用看。",
  },
  "mend-config": {
    title: "修正 openclaw.json",
    what: "网关在启动时读取该文件，其他内容都不用改。",
    caution: "请先保留该文件的副本：里面有令牌。",
  },
  "use-container-path": {
    title: "在容器内使用容器自己的路径",
    what: "这样 OpenClaw 就能在 Compose 挂载的位置找到它的状态。",
  },
  "give-client-a-device": {
    title: "让该客户端带着自己的设备连接",
    what: "它的权限范围就是它请求并得到你批准的范围。",
    caution: "只批准该客户端需要的范围：`operator.admin` 可以更改设置并批准其他设备。",
  },
  "approve-by-device": {
    title: "批准这一台设备当前的请求",
    what: "适用于每隔几秒重新请求的客户端：在一行命令中查出它最新请求的 ID 并批准。设备 ID 保持不变。",
    caution: "请先把设备的地址和时间与自己的尝试核对；该命令会批准这台设备请求的全部内容。",
  },
  "look-where-it-listens": {
    title: "先看网关在哪里监听",
    what: "它自己的启动日志可以把这个原因与网关没有运行区分开。不做任何改动。",
  },
  "pair-app": {
    title: "用设置码配对应用",
    what: "设置码把地址和凭据交给应用；之后批准一次即可，node 还需要第二次批准。",
    caution: "设置码及其二维码就是凭据：只给应用看。",
  },
  "unset-dangerous-switches": {
    title: "删除这些开关",
    what: "此后网关会重新要求每个浏览器出示自己的身份并经过批准。",
    caution: "仅凭开关进入的浏览器，在批准之前会被拒绝。",
  },
  "require-token": {
    title: "让网关重新要求令牌",
    what: "把 gateway.auth.mode 设为 `token`。此后客户端需要令牌。",
    caution: "在设置令牌之前，网关可能拒绝启动。",
  },
  "review-switches": {
    title: "逐一检查这些开关",
    what: "`openclaw security audit` 会说明每个开关以及它放开了什么，不做任何修改。",
  },
  "replace-origin-fallback": {
    title: "改为列出正在使用的来源",
    what: "把准确的来源写入 gateway.controlUi.allowedOrigins，并删除该开关。",
    caution: "此后不在列表中的页面会被拒绝，提示 `origin not allowed`。",
  },
  "set-local-password": {
    title: "给网关主机上的客户端一个密码",
    what: "从 2026.4.27 起（2026.5.12 除外），网关旁边的 CLI 可以用 gateway.auth.password 进入，并会自动发送它；浏览器仍然只能通过代理进入。",
    caution: "它只对来自主机本身的直接连接有效，同样属于机密。",
  },
  "use-token-mode": {
    title: "改回令牌模式",
    what: "代理仍在前面，浏览器发送共享令牌，CLI 也使用同一个令牌。",
    caution: "代理的登录不再单独保护网关：持有令牌的人都能通过。",
  },
  "move-proxy": {
    title: "让代理使用单独的地址",
    what: "放在另一个容器或另一台机器上的代理，有一个网关主机上的进程无法使用的地址。",
    caution: "在 gateway.trustedProxies 中写上这一个地址，并且不让其他程序访问网关的端口。",
  },
  "allow-loopback-proxy": {
    title: "接受来自回环地址的身份",
    what: "设置 gateway.auth.trustedProxy.allowLoopback，从 2026.4.27 起可用。",
    caution: "之后主机上的任何进程都能冒充任何用户。仅适用于归你一人使用、且代理会覆盖身份请求头的主机。",
  },
  "open-through-proxy": {
    title: "通过代理打开页面",
    what: "网关要求的登录只在那里进行。",
  },
  "drop-shared-token": {
    title: "删除共享令牌",
    what: "浏览器只能通过代理的登录进入。",
    caution: "使用该令牌的客户端将无法连接，包括主机上的 CLI。",
  },
  "auto-approve-behind-proxy": {
    title: "自动批准代理用户的设备",
    what: "从 2026.8.1 起，gateway.auth.trustedProxy.deviceAutoApprove 会批准代理已说明身份的用户的浏览器，不包括 operator.admin。",
    caution: "凡是在代理上登录的人都会得到长期有效的设备。请设置 allowUsers，并且只让代理能访问网关。",
  },
  "pass-client": {
    title: "让代理告知网关客户端是谁",
    what: "在代理自己的配置中加入 `X-Forwarded-For` 和 `X-Forwarded-Proto`，每个请求都重新写入；先由代理自己检查，再重新读取。",
    caution: "这并不会批准任何浏览器。",
  },
  "pass-upgrade": {
    title: "让代理转发 WebSocket 升级请求",
    what: "nginx 需要 `proxy_http_version 1.1` 以及 `Upgrade` 和 `Connection` 请求头；Caddy 和 Traefik 会自动转发；边缘平台有相应的开关。",
    caution: "之后还有网关自己的各道关卡：来源、令牌、配对。",
  },
  "mend-certificate": {
    title: "使用浏览器接受的证书",
    what: "由浏览器所在机器认识的机构签发，名称与地址栏一致，并且当前有效。",
  },
  "align-password": {
    title: "让各处使用同一个密码",
    what: "密码只有一个来源，网关在下次启动时读取。",
  },
  "repair-pairing-store": {
    title: "让网关写一份新的设备列表",
    what: "移开损坏的文件之后，网关从空列表开始，并保存之后的批准。",
    caution: "每个设备都需要再批准一次。请保留该文件，其中的条目可能还有用。",
  },
  "use-device-commands": {
    title: "通过网关修改列表",
    what: "`openclaw devices` 可以列出、批准、拒绝和移除设备，由网关写入自己的存储。",
  },
  "one-replica": {
    title: "只运行一个副本",
    what: "这样所有浏览器面对的是同一个设备列表。",
  },
  "keep-gateway-state": {
    title: "把网关的状态保存在挂载上",
    what: "这样设备和令牌在容器重新创建之后仍然存在。",
    caution: "容器会被重新创建：请先把状态复制出来。",
  },
  "keep-identity": {
    title: "让客户端密钥所在的位置保留下来",
    what: "保留了密钥的客户端在同一个地址批准一次即可。",
    caution: "只移除不再使用的设备：被移除的设备需要重新批准。",
  },
  "look-elsewhere": {
    title: "查看写出这一行的部分",
    what: "网关不需要改动，也不需要批准任何设备。",
  },
  "manage-tailscale-serve": {
    title: "让网关管理 Tailscale Serve",
    what: "从 2026.4.25 起，只要页面不发送令牌，经网关核实的 Tailscale 用户无需批准即可进入。",
    caution: "凡是能访问这台机器的 tailnet 用户都能进入。它只适用于 Serve；Funnel 不说明用户是谁。",
  },
};
