import type { CauseMessage } from "../types.ts";

/** 启动并重新启动网关的程序。 */
export const services: Readonly<Record<string, CauseMessage>> = {
  "service-settings-outdated": {
    title: "网关运行时使用的设置比它的服务里写的要旧",
    healthy: "网关运行时使用的就是它的服务现在的设置",
    what: "网关启动于 {startedAt|较早的时间}。{path|它的单元} 修改于 {changedAt|之后的时间}，其中与运行时不同的有：{what|它的变量}。",
    why: "服务在启动时得到变量和选项。修改过的单元、drop-in 或变量文件要等到 `daemon-reload` 和下一次启动才生效，这期间无论 openclaw.json 被读取多少次都一样。",
    fix: "用网关自己的服务管理器重启它，让它按现在写的内容启动。",
    verify: "再诊断一次，不再提到这处差别，并且网关有应答。",
    caveats: "这里只比较值，不显示值。单元里的脚本自己设置的内容在单元中看不到。",
    variants: {
      config: {
        title: "openclaw.json 在网关启动之后被修改，而网关不会自行重新读取",
        what: "网关启动于 {startedAt|较早的时间}，{path|openclaw.json} 修改于 {changedAt|之后的时间}，而 gateway.reload.mode 为 {mode|off}。",
        why: "设为 `off` 时，网关在下次启动之前不采用任何修改；设为 `hot` 时，不采用需要重启的修改，`gateway` 之下大多如此。",
      },
    },
  },

  "service-of-other-user": {
    title: "网关以 {user|另一个用户} 的身份运行，而配置它的是 {owner|别的用户}",
    healthy: "网关以所用配置的所有者身份运行",
    what: "{unit|该服务} 占用这个端口，以 {user|另一个用户} 的身份运行。写有这个端口的 openclaw.json 属于 {owner|别的用户}。",
    why: "网关从其运行用户的主目录读取 openclaw.json、设备和令牌。没有 `User=` 的系统单元，或用 sudo 安装的服务，以 root 身份运行：其他人的设置和批准针对的是一个并未运行的网关。",
    fix: "先确定网关属于谁：让它以 {owner|配置它的用户} 的身份运行，或以 {user|它的运行用户} 的身份查看和配置它。",
    verify: "以 {owner|该用户} 的身份运行 `openclaw devices list`，能看到页面的请求。",
    caveats: "为其中一个批准的设备，另一个并不知道。以 root 身份运行的网关会把整台机器交给任何进入的人。",
  },

  "service-ends-at-logout": {
    title: "{user|它的用户}退出登录时，网关随之结束",
    healthy: "最后一次退出登录之后，网关的服务继续运行",
    what: "{unit|该单元} 属于 {user|某个用户} 的服务管理器，而 lingering 未开启：该用户的最后一个会话结束几秒之后，网关也被结束。",
    why: "除非开启 lingering，systemd 只在该用户有人登录时保留其服务管理器。下一次登录会重新启动网关，因此登录上去查看的人总觉得一切正常。",
    fix: "为 {user|该用户} 开启 lingering。",
    verify:
      "`loginctl show-user {user|USER} --property=Linger` 显示 `Linger=yes`，并且无人登录时页面有应答。",
    caveats: "此后该用户启用的所有服务都会继续运行，不只是网关。",
    variants: {
      told: {
        title: "用户退出登录时，网关随之结束",
        what: "据描述，有人退出登录时网关就结束。没有查看过它的单元，也没有查看过 lingering 是否开启。",
        fix: "为运行网关的用户开启 lingering。在终端里启动的网关会随终端一起结束：需要先用 `openclaw gateway install` 安装服务。",
      },
    },
  },
};
