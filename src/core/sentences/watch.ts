/** What a watcher says as things happen. English; the other languages have the same keys with the same placeholders. */
export const watch = {
  "watch-watching": "Watching {name}{(release)}. Ctrl-C ends it.",
  "watch-earlier":
    "Its log has refusals from before ({count}); `pairing-doctor` without a command explains those.",
  "watch-refused": "REFUSED: {title} ({id})",
  "watch-again": "refused again for the same reason: {id}, {count} times by now",
  "watch-unexplained": "REFUSED, for a reason that is not recognised",
  "watch-waiting": "WAITS for approval: {client}{(address)}, device {device}",
  "watch-compare": "If that is your own attempt, this lets it in:",
  "watch-new-id": "device {device} asks anew; its request is now approved with:",
  "watch-approved": "approved{(device)}",
  "watch-got-in": "IN: the browser that was refused, or another one, was let in{(address)}",
  "watch-connected": "a browser was let in{(address)}",
  "watch-started": "the gateway started{(release)}",
  "watch-failed": "the gateway did not start",
  "watch-lost": "the log cannot be read any more: {why}; it is tried again",
  "watch-missed":
    "more was written to {name} between two looks than is read: who was refused or let in among that is not known",
  "watch-back": "the log can be read again",
  "watch-no-log": "there is no log to watch: {why}",
} as const;
