/** The shells that a completion is there for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * Each asks the command itself, with what stands on the line: so it knows what this version knows. `SHELL` is set, as yargs
 * gives zsh another form, with descriptions.
 */
const ASK = "SHELL=/bin/bash pairing-doctor --get-yargs-completions";

const BASH = `_pairing_doctor() {
  local words
  words="$(${ASK} "\${COMP_WORDS[@]}" 2>/dev/null)"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then
    COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  fi
}
complete -F _pairing_doctor pairing-doctor openclaw-pairing-doctor
`;

export const COMPLETIONS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${BASH}`,
  fish: `complete -c pairing-doctor -a "(${ASK} (commandline -opc) (commandline -ct) 2>/dev/null)"\n`,
};
