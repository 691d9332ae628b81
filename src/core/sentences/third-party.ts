/** Checks of third parties: why one is not run, and how one ended that gave no answer. */
export const thirdParty = {
  "no-check-name":
    "that is neither a file (./check.mjs) nor a package whose name begins with openclaw-pairing-doctor-check-",
  "check-not-installed": "there is no such package in node_modules here or above, nor beside pairing-doctor",
  "check-no-entry": "its package.json names no file that is there",
  "check-too-many-files": "its folder has more than {count} files, which are not all looked at",
  "check-not-a-file": "that is no file",
  "check-install": "install it (npm install NAME), or name a file: --check ./check.mjs",
  "check-own-rights": "let it belong to you or to root, and be writable by nobody else",
  "check-took-longer": "it gave no answer within {seconds} s and was ended",
  "check-memory": "it took more than {megabytes} MB of memory and was ended",
  "check-not-for-nobody":
    "root's checks run as nobody, who may not read {path}: put it where everybody may read it, or run the doctor as another user",
  "check-ended": "it ended without an answer ({detail})",
  "check-threw": "it threw: {detail}",
  "check-too-much": "its answer is longer than {count} bytes",
  "check-not-the-form": "its answer is none that a check may give",
  "check-says": "it says: {detail}",
} as const;
