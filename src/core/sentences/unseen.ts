/** What could not be looked at, and who may. */
export const unseen = {
  "log-unreadable":
    "{path} may not be read by this user (uid {uid}): it is for {user}; look as that user, or as root (`sudo -u {user} npx openclaw-pairing-doctor`)",
  "page-answers": "GET {url} answers HTTP {status}",
} as const;
