import type { CauseMessage } from "../types.ts";

/** What starts the gateway and starts it again. */
export const services: Readonly<Record<string, CauseMessage>> = {
  "service-settings-outdated": {
    title: "The gateway runs with older settings than its service has",
    healthy: "The gateway runs with what its service says now",
    what: "The gateway was started at {startedAt|an earlier time}. {path|Its unit} was changed at {changedAt|a later one}, and gives it otherwise: {what|its variables}.",
    why: "A service gets its variables and options when it is started. A changed unit, drop-in or file of variables waits for `daemon-reload` and for the next start, however often openclaw.json is read meanwhile.",
    fix: "Restart the gateway by its own manager, so that it is started by what is written now.",
    verify: "A second diagnosis no longer names the difference, and the gateway answers.",
    caveats:
      "Values are compared and not shown. What a script of the unit sets by itself is not seen in the unit.",
    variants: {
      config: {
        title: "openclaw.json was changed after the gateway was started, and is not read again by itself",
        what: "The gateway was started at {startedAt|an earlier time}, {path|openclaw.json} was changed at {changedAt|a later one}, and gateway.reload.mode is {mode|off}.",
        why: "With `off` the gateway takes up nothing before its next start; with `hot` nothing that needs one, which is most of `gateway`.",
      },
    },
  },

  "service-ends-at-logout": {
    title: "The gateway ends when {user|its user} signs out",
    healthy: "The gateway's service goes on after the last logout",
    what: "{unit|The unit} belongs to the service manager of {user|a user}, and lingering is off: some seconds after the last session of that user ends, the gateway is ended too.",
    why: "systemd keeps a user's manager only as long as somebody is signed in as that user, unless lingering is on. The next login starts the gateway again, so it looks well to whoever signs in to see.",
    fix: "Switch lingering on for {user|the user}.",
    verify:
      "`loginctl show-user {user|USER} --property=Linger` says `Linger=yes`, and the page answers with nobody signed in.",
    caveats: "Every service that the user has enabled goes on then, not the gateway alone.",
  },
};
