/** What is said of what starts a gateway. English; the other languages have the same keys with the same placeholders. */
export const services = {
  "log-in-private-tmp":
    "the unit {name} has a /tmp of its own (PrivateTmp): the gateway's log is in there, and what lies in everybody's /tmp is not of this start",
  "service-outdated": "started at {startedAt}; {path} was changed at {changedAt} ({what})",
  "service-no-linger": "{name}, of the manager of {user}; lingering is off",
  "config-after-start": "started at {startedAt}; gateway.reload.mode is {mode}",
  "config-changed": "changed at {changedAt}",
  "service-of-other-user": "runs as {user}; openclaw.json for the same port is {owner}'s",
  "no-pm2": "pm2's own command, which started it, is not to be found there",
} as const;
