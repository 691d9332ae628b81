/** What a look at many gateways says: of the list, of each line of the table, of the whole. English. */
export const fleet = {
  "fleet-line": "{path}, line {count}",
  "fleet-odd-word": "{word} is none of the words that may stand behind a target",
  "fleet-words": "give TARGET, then name=NAME, origin=URL, release=RELEASE or token-file=FILE",
  "fleet-empty": "no gateway is named in it",
  "fleet-too-many": "more than {count} gateways are named in it",
  "fleet-list-or-selector": "name a list (FILE) or --selector, and only one of them",
  "fleet-how": "see `pairing-doctor fleet --help`",
  "fleet-no-share": "that is no share",
  "fleet-share-of-list": "a share is of a list (FILE)",
  "fleet-no-index": "JOB_COMPLETION_INDEX does not say which share is meant",
  "fleet-no-number": "that is no number between 1 and {most}",
  "fleet-no-name": "that is no name of a cluster's object",
  "fleet-no-selector": "that is no selector of labels",
  "fleet-no-image": "that is no name of an image",
  "fleet-list-too-long": "a ConfigMap holds at most {megabytes} MB, and the list is longer",
  "fleet-not-in-pod": "{target} cannot be reached from a pod",
  "fleet-leave-out-or-run-here": "leave it out, or look at it from here: `pairing-doctor fleet FILE`",
  "fleet-token-outside":
    "the token file {path} is not below the list's own directory: a list sends no other file to the hosts that it names",
  "fleet-token-of-others":
    "the token file {path} is not sent: others than root and you may change it, or what is on the way to it ({place})",
  "fleet-token-beside-list":
    "put token files beside the list, with rights for you alone, or give one for all gateways with --token-file",
  "fleet-token-of-secret": "in a pod, token files are the keys of a Secret: token-file=tokens/KEY",
  "fleet-name-secret": "name the Secret with --tokens-from NAME",
  "fleet-no-lines": "no line of a fleet's look is in it",
  "fleet-hand-in-logs":
    "hand in the output of `pairing-doctor fleet --json`, or k8s:[CONTEXT/]NAMESPACE/NAME",
  "fleet-no-pods": "no pod of the fleet {name} is there",
  "fleet-token-unread": "its token file cannot be used: {why}",
  "fleet-fault": "the doctor failed there: {text}",
  "fleet-gateway": "gateway",
  "fleet-release": "release",
  "fleet-verdict": "verdict",
  "fleet-healthy": "nothing keeps the Control UI out",
  "fleet-warned": "lets the Control UI in; {title} ({id})",
  "fleet-found": "{title} ({id})",
  "fleet-found-more": "{title} ({id}), and {count} more",
  "fleet-open": "could not look: {why}",
  "fleet-open-for-nothing": "no verdict: something that it needs could not be looked at",
  "fleet-sum":
    "Gateways: {count}. Nothing found: {healthy}. With findings: {found}. Could not be looked at: {open}.",
  "fleet-unreported": "Lines of the list that nobody reported: {count} of {most} ({ids})",
  "fleet-repeated":
    "Lines of the list that several looks told of, of which the last counts: {count} of {most} ({ids})",
  "fleet-contradicted":
    "Lines of the list of which one look says that all is well and another one that it is not: {count} of {most} ({ids}). Look at them once more",
  "fleet-unasked": "Lines of the logs about gateways that the list does not have, left out: {count}",
  "fleet-more": "`pairing-doctor --target TARGET` says more of one of them.",
} as const;
