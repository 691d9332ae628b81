#!/usr/bin/env bash
# The one step of action.yml: runs `pairing-doctor smoke` with the inputs (INPUT_*), sets the outputs, and ends as it ends.
set -euo pipefail

# A token that the job has already stays; one that is handed in wins.
if [ -n "${INPUT_TOKEN:-}" ]; then
  export OPENCLAW_GATEWAY_TOKEN="$INPUT_TOKEN"
fi
unset INPUT_TOKEN

dir="$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/pairing-doctor.XXXXXX")"
json="$dir/report.json"
format="${INPUT_FORMAT:-sarif}"
case "$format" in
  json) report="$json" ;;
  junit) report="$dir/report.xml" ;;
  human | github | agent) report="$dir/report.txt" ;;
  markdown) report="$dir/report.md" ;;
  html) report="$dir/report.html" ;;
  *) report="$dir/report.$format" ;;
esac

args=(smoke "--wait=${INPUT_WAIT:-2m}" "--expect=${INPUT_EXPECT:-connected}" "--fail-on=${INPUT_FAIL_ON:-error}")
args+=("--output=json=$json")
if [ "$report" != "$json" ]; then
  args+=("--output=$format=$report")
fi
if [ -n "${INPUT_TARGET:-}" ]; then
  args+=("--target=$INPUT_TARGET")
fi
if [ -n "${INPUT_ORIGIN:-}" ]; then
  args+=("--origin=$INPUT_ORIGIN")
fi

code=0
npx --yes "openclaw-pairing-doctor@${INPUT_VERSION:-latest}" "${args[@]}" || code=$?

# Of the JSON only these two are read, and only if they are words that the outputs may be.
outputs=""
if [ -s "$json" ]; then
  outputs="$(node -e '
    const { smoke } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    if (/^[a-z-]+$/.test(smoke.outcome)) console.log(`verdict=${smoke.outcome}\npassed=${smoke.passed === true}`);
  ' "$json")"
fi
{
  echo "${outputs:-passed=false}"
  echo "report=$report"
  echo "json=$json"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
