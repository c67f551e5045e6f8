#!/usr/bin/env bash
# Runs a command on another day: the Go programs that it builds and tests read a wall
# clock that is off by whole days. What SQL servers call now, and timers, stay as they are.
#
#   scripts/otherday.sh +8 make test
#   scripts/otherday.sh 2028-02-29 go test ./digest
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 DAYS|DATE COMMAND..." >&2; exit 2; }
case $1 in
  *-*-*) days=$((($(date -ud "$1" +%s) - $(date -ud "$(date +%F)" +%s)) / 86400)) ;;
  *) days=$((10#${1#[+-]})); [ "${1#-}" = "$1" ] || days=-$days ;;
esac
shift

# The standard library is built with a time.go whose now is another. The folder's name
# says which, so that a second run finds everything in the build cache.
original=$(go env GOROOT)/src/time/time.go
dir=${TMPDIR:-/tmp}/huiying-otherday/$days
mkdir -p "$dir"
sed "s/^\tsec, nsec, mono := runtimeNow()$/&\n\tsec += $((days * 86400))/" "$original" >"$dir/time.go"
if cmp -s "$original" "$dir/time.go"; then
  echo "$0: time.Now of $(go env GOVERSION) reads otherwise; mend the pattern above" >&2
  exit 1
fi
printf '{"Replace": {"%s": "%s"}}\n' "$original" "$dir/time.go" >"$dir/overlay.json"
export GOFLAGS="${GOFLAGS:-} -overlay=$dir/overlay.json"
exec "$@"
