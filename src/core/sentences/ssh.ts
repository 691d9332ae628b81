/** What keeps a host behind SSH from being looked at. English; the other languages have the same keys with the same placeholders. */
export const ssh = {
  "ssh-missing": "{host}: there is no ssh program here that could be used ({detail})",
  "ssh-host": "{host}: ssh does not know that host ({detail})",
  "ssh-host-key-unknown":
    "{host}: nobody has said yet that the host's key is right; connect once by hand and compare it ({detail})",
  "ssh-host-key-changed":
    "{host}: the host's key is another one than before; find out why before anything is sent there ({detail})",
  "ssh-denied": "{host}: the host takes none of the keys that ssh has here ({detail})",
  "ssh-password":
    "{host}: the host wants a password or a code, and nobody is asked; give it a key, or let ssh-agent hold it ({detail})",
  "ssh-unreachable": "{host}: ssh does not reach the host ({detail})",
  "ssh-silent": "{host}: the host did not answer ssh in time ({detail})",
  "ssh-no-ssh": "{host}: what listens there does not speak SSH as it should ({detail})",
  "ssh-cut": "{host}: the connection was cut ({detail})",
  "ssh-no-shell": "{host}: the account has no shell in which anything could be looked at ({detail})",
  "ssh-not-run":
    "{host}: the shell there says that it did what was asked, and did nothing (a forced command, or a start script that ends it)",
  "ssh-garbage": "{host}: what came back is no answer to what was asked ({detail})",
  "ssh-endless": "{host}: the host wrote without end, so no more was read",
  "ssh-late": "{host}: what was asked did not end in time ({detail})",
  "ssh-failed": "{host}: ssh ended without an answer ({detail})",
  "ssh-tunnel-refused": "{host}: sshd does not forward to {address} ({detail})",
  "no-node-there": "{host}: no Node there that nobody else could have written, and files are changed by it",
  "own-lan-dial-there":
    "the command of this release would dial the host's network address, where it is a stranger itself: run it there with --url",
} as const;
