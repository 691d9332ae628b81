import type { CauseMessage } from "../types.ts";

/** The host's side: configuration, switches, credentials of the CLI, files, several gateways. */
export const host: Readonly<Record<string, CauseMessage>> = {
  "flag-retired-or-noop": {
    title: "设置了一个开关，但它在该版本中起不到预期的作用",
    healthy: "没有设置该版本会忽略或拒绝的开关",
    what: "设置了 {key|gateway.controlUi.allowInsecureAuth}，而 {release|该版本} {effect|对这个连接忽略它}。",
    why: "gateway.controlUi.allowInsecureAuth 在 2026.2.19 及更早的版本中会跳过配对。2026.2.21 忽略它；2026.2.22 至 2026.7.35 只对 localhost 上没有设备身份的页面有效；从 2026.8.1 起这个键不再被识别，`config set` 会拒绝它，网关启动时会把它从 openclaw.json 中删除。gateway.controlUi.dangerouslyDisableDeviceAuth 在 2026.7.35 及更早的版本中有效；从 2026.8.1 起会被接受但被忽略。",
    fix: "删除这个键，并解决真正的拒绝原因：多数情况下，缺少的是对浏览器的一次批准。",
    verify:
      "`openclaw config get {key|gateway.controlUi.allowInsecureAuth}` 找不到这个路径，网关启动时不再对这个键发出警告。",
    caveats: "推荐这些开关的教程是为早期版本写的。在它们仍然有效的版本中，任何持有令牌的人都能不经批准进入。",
    variants: {
      rejected: {
        title: "设置了该版本不认识的开关",
        what: "{key|gateway.controlUi.allowInsecureAuth} 不是 {release|该版本} 的键：`config set` 会拒绝它{（detail）}。",
      },
      foretold: {
        title: "升级之后有一个开关将不再起作用",
        what: "{key|gateway.controlUi.allowInsecureAuth} 现在有效，在 {release|新版本} 中将无效。依赖它的浏览器在升级之后会被拒绝。",
        fix: "升级之前先批准正在使用的浏览器，升级之后删除这个键。",
      },
    },
  },

  "insecure-flags-set": {
    title: "开启了危险的开关",
    healthy: "没有开启危险的开关",
    what: "{keys|某些开关} 削弱了网关对客户端的把关。",
    why: "有了它们，持有令牌的人，或能诱使浏览器访问某个页面的人，可以得到该版本本来不会给的权限。OpenClaw 自己的审计把 dangerouslyDisableDeviceAuth 评为严重，把 allowInsecureAuth 评为警告或更高。",
    fix: "删除这些开关，然后让正在使用的每个浏览器重新发起一次请求，并逐一批准。",
    verify: "重启之后日志中不再出现 `dangerous config flags enabled`，页面仍能连接。",
    caveats: "只靠开关进入的浏览器并没有被批准：关掉开关之后，它们会遇到原本被它跳过的关卡。",
    variants: {
      elsewhere: {
        title: "OpenClaw 的其他部分开启了危险的开关",
        what: "网关把 {keys|某些开关} 列为危险项。它们不影响网关如何接纳客户端。",
        why: "它们放宽的是进入之后 hooks、工具或沙箱可以做的事。网关每次启动都会列出。",
        fix: "用 `openclaw security audit` 逐一检查，删除不需要的开关。",
        verify: "`dangerous config flags enabled` 这一行不再列出它们。",
      },
    },
  },

  "origin-fallback-risky": {
    title: "页面凭 Host 请求头就被接受",
    healthy: "页面按来源列表被接受",
    what: "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback 处于开启状态：只要页面的 Origin 与它自己给出的 Host 相同就会放行。由此放行的来源：{detail|日志中没有记录}。",
    why: "如果一个恶意域名解析到网关的地址（DNS 重绑定），它的 Host 和 Origin 也会一致，这项检查就不再能挡住它。",
    fix: "把实际使用的准确来源写入 gateway.controlUi.allowedOrigins，然后删除该开关。",
    verify: "页面连接成功，日志中不再出现 `websocket origin accepted via Host-header fallback`。",
    caveats: "在 gateway.controlUi.allowedOrigins 中写 `*` 并不会更好：它会接受任何来源的页面。",
  },

  "env-token-overrides-config": {
    title: "两处保存的网关凭据不一致",
    healthy: "环境变量与配置中的令牌一致",
    what: "网关从 {source|openclaw.json} 取得 {key|gateway.auth.token}，而 {other|环境变量 OPENCLAW_GATEWAY_TOKEN} 中是另一个值。使用后者的客户端会被拒绝。",
    why: "compose 文件、.env 文件、Kubernetes Secret 和服务单元里有 OPENCLAW_GATEWAY_TOKEN，而向导或 `config set` 写的是 openclaw.json，两边可以各自变化。网关先看命令行，再看 openclaw.json，最后才看环境变量（查看过的所有版本）。同一处的 CLI 在 2026.7.1 及更早的版本中先看环境变量，因此被拒绝；从 2026.8.2 起先看 openclaw.json。",
    fix: "决定以哪一处为准，把另一处改成相同的值或删除，然后重启网关。环境变量变化后容器需要重新创建，服务单元需要重新安装。",
    verify: "在网关运行的地方 `openclaw devices list` 有回应，使用该令牌的页面连接成功。",
    caveats: "本工具只比较指纹，从不显示令牌或密码。",
    variants: {
      foretold: {
        title: "两处保存的网关凭据不一致，目前还没有客户端被拒绝",
        what: "网关从 {source|openclaw.json} 取得 {key|gateway.auth.token}，而 {other|环境变量 OPENCLAW_GATEWAY_TOKEN} 中是另一个值。使用后者的客户端将会被拒绝。",
      },
    },
  },

  "auth-rate-limited": {
    title: "失败次数过多，网关让该地址等待",
    healthy: "没有客户端因失败次数过多被锁定",
    what: "来自 {remote|该地址} 的{client|客户端}被拒绝，提示 `too many failed authentication attempts`。",
    why: "一分钟内失败十次之后，网关会把该地址或来源锁定几分钟。带有失效令牌的页面或脚本会一再失败；在 Docker 网络或代理后面，所有客户端共用一个地址。2026.3.13 仍会让正确的令牌通过，2026.4.15 及之后的版本（实测）不会。",
    fix: "关闭带有失效令牌的页面或停止脚本，等锁定结束，然后用正确的令牌连接一次。",
    verify:
      "正确的令牌能够连接，日志中没有更新的 `rate_limited` 或 `too many failed authentication attempts`。",
    caveats: "继续试令牌会延长锁定。关闭认证会让网关对所有人开放。",
    variants: {
      over: {
        title: "某个地址之前被锁定，现在锁定已结束",
        what: "{client|某个客户端}之前因失败次数过多被锁定，后来的情况表明这已过去。",
        fix: "无需处理，除非有失效的页面仍在重试。",
        verify: "日志中没有更新的 `too many failed authentication attempts`。",
      },
    },
  },

  "plaintext-ws-blocked": {
    title: "客户端拒绝以明文发送令牌",
    healthy: "客户端通过回环地址或加密连接到网关",
    what: "客户端自行停止了：{url|它的地址} 是明文 ws://，而且不是回环地址。",
    why: "从 2026.2.18 起，OpenClaw 的客户端不会通过明文 ws:// 向别的机器发送凭据。在 2026.2.18 和 2026.2.19 中，绑定为 `lan` 的网关旁边的 CLI 也会受影响，因为它连接的是局域网地址。",
    fix: "使用 wss://，或通过 SSH 隧道连接 127.0.0.1。在网关旁边时，加上 `--url ws://127.0.0.1:{port|18789}`，或者升级。",
    verify: "客户端连接成功，不再出现 `plaintext ws://` 的提示。",
    caveats:
      "从 2026.3.2 起，OPENCLAW_ALLOW_INSECURE_PRIVATE_WS=1 可以取消这项检查；只适用于无人能够窃听的网络。",
  },

  "probe-scope-limited": {
    title: "状态命令缺少一个权限范围，网关本身有回应",
    healthy: "状态命令拥有所需的权限范围",
    what: "`{command|openclaw gateway probe}` 报告 `missing scope: operator.read`：它已到达网关并被接纳，但权限很少。",
    why: "这些命令连接时不带设备身份；从 2026.3.13 起，这样的连接在远程路径上没有权限范围。这不是配对失败。",
    fix: "可以认为网关是可访问的。要得到完整的结果，请在网关所在的主机上用已配对的 CLI 运行该命令。",
    verify: "在网关所在的主机上 `openclaw devices list` 有正常的回应，同一命令也不再报告缺少权限范围。",
    caveats: "CI 任务不应因这一行而失败。",
    variants: {
      client: {
        title: "已连接的客户端缺少所请求内容的权限范围",
        what: "网关接纳了{client|一个客户端}，随后拒绝了它的请求：`missing scope: operator.read`{（method）}。",
        why: "没有设备身份的客户端凭共享令牌可以进入，但没有权限范围（2026.3.13 及更高版本）；有设备的客户端只有批准时的范围。第三方面板因此是空的。OpenClaw 自己的状态命令也会留下这样的行，那并不表示故障。",
        fix: "如果是自己的面板或脚本没有内容：把它更新到会用设备签名的版本，让它连接，并按它需要的范围批准请求。如果它的设备已在列表中，请核对已批准的范围。",
        verify: "客户端的面板有了内容，不再出现新的 `missing scope` 行。",
        caveats: "手工写进 paired.json 的范围会被运行中的网关覆盖，从 2026.8 起则根本不会读取。",
      },
    },
  },

  "trusted-proxy-cli-unauthorized": {
    title: "在 trusted-proxy 模式下，CLI 没有可以证明身份的凭据",
    healthy: "CLI 有自己的进入方式",
    what: "gateway.auth.mode 是 `trusted-proxy`：浏览器通过代理进入，而直接连接网关的{client|CLI} 得到 `unauthorized`。",
    why: "在这种模式下，代理的请求头就是凭据，而 CLI 不经过代理。也不能另加共享令牌：两种模式互相排斥。",
    fix: "从 2026.4.27 起（2026.5.12 除外）设置 gateway.auth.password：网关主机上的 CLI 就能直接进入。更早的版本没有这种方式，请升级，或改回令牌模式。",
    verify: "在主机上 `openclaw devices list` 有正常的回应。",
    caveats: "在令牌模式下，持有令牌的人可以绕过代理的登录。",
    variants: {
      node: {
        title: "在 trusted-proxy 模式下，node 没有可以证明身份的凭据",
        what: "gateway.auth.mode 是 `trusted-proxy`，不经过代理的 node 被拒绝。",
        fix: "让 node 发送代理所要求的内容，或改回令牌模式，由 node 和浏览器共用令牌。",
        verify: "node 连接成功，或请求批准。",
      },
      "past-the-proxy": {
        title: "页面没有带来代理应提供的登录身份",
        what: "gateway.auth.mode 是 `trusted-proxy`，而浏览器到达网关时没有代理的请求头：要么绕过了代理，要么代理没有添加它们。",
        fix: "在代理的地址打开页面。让代理添加 X-Forwarded-For 和身份请求头，并且不让其他程序访问网关的端口。",
        verify: "页面在代理的地址连接成功。",
      },
      over: {
        title: "绕过代理的客户端之前被拒绝，现在已被接纳",
        what: "{client|某个客户端}之前被拒绝，后来的情况表明这已过去。",
        fix: "无需处理。",
      },
    },
  },

  "trusted-proxy-token-conflict": {
    title: "trusted-proxy 模式与共享令牌互相排斥，网关无法启动",
    healthy: "认证模式与所设的凭据相符",
    what: "gateway.auth.mode 是 `trusted-proxy`，同时还设置了令牌，位于 {source|gateway.auth.token 或 OPENCLAW_GATEWAY_TOKEN}。",
    why: "从 2026.3.31 起，两者同时存在时网关拒绝启动。总是设置 OPENCLAW_GATEWAY_TOKEN 的应用商店模板会导致这种情况。",
    fix: "删除 gateway.auth.token 和 OPENCLAW_GATEWAY_TOKEN，或把 gateway.auth.mode 设为 `token`。",
    verify: "日志中出现 `[gateway] ready`，页面按 `openclaw config get gateway.auth.mode` 显示的模式进入。",
    caveats:
      "在 `trusted-proxy` 模式下，gateway.trustedProxies 中的地址所报告的用户会被采信：请保持列表准确。在 `token` 模式下，代理的登录不再保护网关。",
  },

  "state-permissions": {
    title: "网关或 CLI 无权使用状态目录",
    healthy: "网关和 CLI 可以读写状态目录",
    what: "{path|状态目录中的文件} 无法使用：{detail|没有权限}。",
    why: "挂载的目录属于容器用户（node，uid 1000）以外的用户，或者以 root 运行的 CLI 留下了属于 root 的文件。",
    fix: "把目录的属主改为网关的运行用户（官方镜像中 uid 和 gid 都是 1000），并且用同一用户运行 CLI：`docker exec -u node …`。",
    verify:
      "不再出现新的 EACCES 或 EROFS，状态目录的 `ls -ln` 显示网关的 uid，`openclaw devices list` 有正常的回应。",
    caveats: "对所有人开放权限（777）会让每个本地用户都能读到令牌。",
    variants: {
      "host-path": {
        title: "容器内使用了主机上的路径",
        what: "OpenClaw 要创建 {path|主机上的目录}，但没有权限{（detail）}：该路径属于主机，在容器内并不存在。",
        why: "OPENCLAW_CONFIG_DIR 等变量指的是主机上的目录，供 Compose 挂载；在容器内，同一目录是 /home/node/.openclaw。变量传进了容器，或者命令运行在没有该路径的地方时，OpenClaw 就会尝试在那里创建它。",
        fix: "主机路径只交给 Compose（`.env`、`volumes` 左侧），容器内的 OPENCLAW_STATE_DIR、OPENCLAW_CONFIG_PATH 和 HOME 保持镜像自带的值。修改主机目录的属主不起作用。",
        verify: "网关日志显示 /home/node/.openclaw，启动后不再出现 EACCES。",
      },

      foretold: {
        title: "网关的运行用户无权使用状态目录",
        what: "还没有看到错误，以下是根据容器的挂载得出的结论：对网关的运行用户{（uid）}来说，{path|状态目录} 会是 {detail|没有权限}。",
        why: "设备、令牌和配置都保存在那里。挂载的目录保留它在主机上的属主，只读挂载不接受任何修改。",
        fix: "把目录的属主改为网关的运行用户{（uid）}，并且用同一用户运行 CLI。只读挂载则改为可写。",
      },
    },
  },

  "multiple-gateways": {
    title: "存在多个网关，客户端连接的不是同一个",
    healthy: "这个端口和状态目录只属于一个网关",
    what: "发现了 {count|多} 个网关或 profile{（detail）}：请求在一个网关上等待，CLI 询问的却是另一个。",
    why: "主机上的网关与容器中的网关使用同一端口、两个 profile，或两个状态目录，各自都有自己的设备和令牌。",
    fix: "确定页面使用的是哪个网关，停止另一个或给它换一个端口，并让 CLI 指向前者。",
    verify: "`openclaw gateway status --deep` 只找到一个网关，`devices list` 显示页面发出的请求。",
    caveats: "停止其中一个之前，先确认已批准的设备在哪一个上：它们不会转移到另一个网关。",
    variants: {
      "former-name": {
        title: "旧名称的网关仍占用端口",
        what: "端口 {port|（网关端口）} 被 {program|旧的网关} 占用（pid {pid|未知}）：新网关无法启动，客户端连到的是旧网关。",
        why: "更新会在原有服务旁安装 OpenClaw，而原有服务会自行重启。它既不认识现在的设置，也不认识现在的客户端，因此它的拒绝不能说明问题。",
        fix: "停止并移除旧服务，然后启动新网关。",
        verify: "`openclaw gateway status` 显示占用该端口的是 OpenClaw 的进程。",
        caveats: "它的状态目录中有旧的设备和设置：在 `openclaw doctor` 接管之前请保留。",
      },

      "port-taken": {
        title: "主机的端口已被占用，容器没有启动",
        what: "引擎无法为容器 {container|（网关）} 发布端口 {port|（网关的端口）}：主机上的另一个程序或容器占用了它。",
        why: "占用端口的可能是主机上的网关、另一个名称的旧容器，或没有关闭的隧道。连接该端口的客户端到达的是它，它有自己的设备和令牌。",
        fix: "找出占用端口的程序。停止它，或把网关发布到另一个端口；然后启动容器。",
        verify: "容器正在运行，`docker ps` 显示它的端口。",
        caveats: "停止任何程序之前，先确认已批准的设备是否属于那个网关。",
      },
      "shared-state": {
        title: "两个网关在同一个状态目录上运行",
        what: "{other|另一个容器} 中的网关与 {container|该容器} 使用同一个状态目录：{source|两者都挂载了它}。",
        why: "每个网关在启动时读取这些文件，之后用自己所知的内容覆盖对方写入的内容。一个网关持有的请求在另一个上找不到，批准也可能丢失。",
        fix: "停止其中一个，或给它单独的状态目录，然后重启留下的那一个。",
        verify: "`docker ps` 中只有一个网关带有该挂载，`openclaw devices list` 显示页面发出的请求。",
        caveats: "停止其中一个之前，先确认页面和各频道使用的是哪一个。",
      },
    },
  },

  "wrong-port-or-config-path": {
    title: "CLI 读取的配置与网关不同",
    healthy: "CLI 与网关使用同一份配置",
    what: "CLI 使用的是 {path|另一份 openclaw.json}，连接的是 {url|另一个端口}，与运行中的网关不同。",
    why: "两者的 HOME、OPENCLAW_HOME、OPENCLAW_CONFIG_PATH、OPENCLAW_STATE_DIR 或 profile 不同，例如以 root 执行了 `docker exec`，或者状态目录里又套了一个状态目录。",
    fix: "以网关的用户和相同的 HOME 运行 CLI，或为它设置 OPENCLAW_CONFIG_PATH 和 OPENCLAW_STATE_DIR。也可以用 `--url` 指定网关的端口。",
    verify: "CLI 输出中 `Config:` 之后的路径就是网关的路径。",
    variants: {
      port: {
        title: "CLI 连接的端口不是网关监听的端口",
        what: "CLI 连接的是 {url|默认地址}，那里没有网关；网关监听的是端口 {port|另一个}。",
      },
      "published-as": {
        title: "客户端连接的端口不是网关发布的端口",
        what: "连接的是 {url|本机的某个地址}，那里没有网关；容器的端口发布为 {port|另一个端口}。",
        why: "在 `HOST:CONTAINER` 中，第一个数字是主机上的端口；第二个才是容器内的端口，也就是网关自己所说的端口。",
        fix: "连接发布的端口：用 `--url` 指定，或在客户端自己的配置中设置 gateway.remote.url。",
        verify: "CLI 输出的目标地址中的端口，就是 `docker ps` 在 `->` 之前显示的端口。",
      },
      unpublished: {
        title: "网关的端口没有发布",
        what: "网关在容器 {container|中} 里监听端口 {port|18789}，而该容器没有发布任何端口：主机和其他机器都无法访问它。",
        why: "容器有自己的网络。镜像中的 `EXPOSE` 只是说明，不会发布端口；端口是在创建容器时用 Compose 文件的 `ports:` 或 `docker run` 的 `-p` 发布的。",
        fix: "把端口发布在 127.0.0.1 上，并重新创建容器。同一网络的容器中的代理不需要发布端口。",
        verify: "`docker ps` 对该容器显示 `127.0.0.1:{port|18789}->{port|18789}/tcp`，页面可以在那里打开。",
        caveats: "发布时如果前面不写地址，端口会在主机的所有地址上开放，并且绕过大多数防火墙。",
      },
      "published-elsewhere": {
        title: "发布的不是网关的端口",
        what: "网关在容器 {container|中} 里监听端口 {port|18789}，而发布的端口通向 {to|别的端口}：连接它们的人找不到网关，或遇到别的程序。",
        why: "在 `HOST:CONTAINER` 中，第二个数字是容器内的端口，由 gateway.port、OPENCLAW_GATEWAY_PORT 或 `--port` 决定。改了其中一个，另一个也要跟着改。",
        fix: "让第二个数字等于网关的端口，并重新创建容器。",
        verify: "`docker ps` 对该容器显示 `->{port|18789}/tcp`，页面可以在它前面的端口打开。",
        caveats: "发布时如果前面不写地址，端口会在主机的所有地址上开放，并且绕过大多数防火墙。",
      },
    },
    caveats:
      '使用 `--url` 时，2026.2.19 至 2026.7.1 的 CLI 既不从配置也不从环境变量读取令牌，必须写在命令行里：写成 `"$OPENCLAW_GATEWAY_TOKEN"` 可以不留在 shell 历史中。命令运行期间，本机的其他用户能看到它。',
  },

  "out-of-scope": {
    title: "这与网关的准入无关",
    healthy: "输入中没有属于 OpenClaw 其他部分的内容",
    what: "{subject|这里显示的内容}看起来相似，但与网关如何接纳客户端无关。",
    why: "聊天渠道的配对码、浏览器中继、模型提供商的 401、渠道自己的 1006，用的是同样的词，说的是别的事。",
    fix: "查看写出这一行的部分：渠道的设置、中继，或提供商的密钥。批准设备对此没有作用。",
    verify: "写出这一行的部分恢复正常。",
    caveats: "批准设备或更换网关令牌在这里没有帮助，而批准会让别人进入。",
    variants: {
      "channel-pairing": {
        title: "这是聊天渠道的配对码，不是网关的配对",
        what: "这个配对码属于聊天渠道：它允许某个发送者对话，而不是让客户端进入网关。两者都叫“配对”。",
      },
      "channel-connection": {
        title: "聊天渠道自己的连接断开了",
        what: "这一行来自聊天渠道：它与自己的服务之间的连接断开或被拒绝。1006、4004 之类的代码属于那个服务。",
      },
      "browser-relay": {
        title: "这是浏览器中继，不是 Control UI",
        what: "这一行来自让 OpenClaw 操作浏览器的中继，与 Control UI 及其配对无关。",
      },
      "model-provider": {
        title: "模型提供商拒绝了密钥",
        what: "这一行来自模型提供商：401 或缺少密钥说的是提供商的账号，不是网关的令牌。",
      },
      "model-limit": {
        title: "这是模型提供商的限制，不是网关的",
        what: "这一行来自模型提供商：它暂时不再接受请求，可能是限流、配额用尽、余额不足，或它自身过载。与网关的准入无关。",
      },
      "model-context": {
        title: "对话超出了模型的上下文长度",
        what: "这一行说的是发送的内容放不进模型的上下文窗口，与客户端及其准入无关。",
      },
      "channel-credentials": {
        title: "聊天渠道的服务拒绝了该渠道自己的令牌或权限",
        what: "这一行来自聊天渠道：它的服务拒绝了渠道应用的令牌、密钥或 intents 权限。这个令牌不是网关的令牌。",
      },
      "slow-consumer": {
        title: "已经进入的客户端读取太慢",
        what: "`slow consumer` 结束的是已被接纳的连接：客户端没有及时读取网关发送的内容。代码 1008 与拒绝时相同。",
      },
      "bad-frame": {
        title: "端口上有程序不使用网关的协议",
        what: "网关收到的数据不是该协议的消息，并不是拒绝了 OpenClaw 的客户端。",
      },
      memory: {
        title: "记忆搜索自身出错",
        what: "这一行来自记忆搜索或其嵌入提供商。",
      },
    },
  },
};
