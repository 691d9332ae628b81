/** What could not be looked at, and who may; what an earlier run left. */
export const unseen = {
  "log-unreadable":
    "{path} may not be read by this user (uid {uid}): it is for {user}; look as that user, or as root (`sudo -u {user} npx openclaw-pairing-doctor`)",
  "interrupted-taken-back":
    "an earlier fix was interrupted with its change half done: it was taken back, and nothing else was done; run `fix` again",
  "gateway-gone":
    "the gateway has ended, and nothing starts it again: no process of it is left, and nobody listens on port {port}",
  "page-answers": "GET {url} answers HTTP {status}",
} as const;
