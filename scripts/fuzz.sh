#!/usr/bin/env bash
# Runs every fuzz target of the module, one after another, for the time given first;
# targets named after it, as in FuzzSameVerdict=30s, for a time of their own; a time of
# 0s leaves out. What a target finds stands in its package's testdata/fuzz, as with go test.
set -euo pipefail
default=${1:-30s}
shift || true
cache=$(go env GOCACHE)/fuzz
program=$(mktemp)
trap 'rm -f "$program"' EXIT

for package in $(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do
  linked=
  for target in $(grep -ohE '^func Fuzz[A-Za-z0-9_]+' "$package"/*_test.go | sed 's/^func //'); do
    time=$default
    for own in "$@"; do
      [ "${own%=*}" = "$target" ] && time=${own#*=}
    done
    [ "$time" != 0s ] || continue
    [ -n "$linked" ] || go test -c -fuzz=. -o "$program" "$package" # once, however many targets it has
    linked=1
    echo "== $package $target $time"
    (cd "$package" && "$program" -test.run='^$' -test.fuzz="^$target\$" -test.fuzztime="$time" \
      -test.fuzzcachedir="$cache/huiying/${package#./}")
  done
done
