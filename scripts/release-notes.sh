#!/usr/bin/env bash
# Joins changelog/unreleased/*.md into a section of CHANGELOG.md for the version given,
# sorted by kind, and removes them. Each file is one line: "Added|Changed|Fixed: text".
#
#   scripts/release-notes.sh v0.2.0 [FOLDER]     FOLDER defaults to the repository
set -euo pipefail
version=${1:?usage: $0 VERSION [FOLDER]}
cd "${2:-$(dirname "$0")/..}"
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "a version reads v0.2.0, not $version" >&2; exit 1; }
if grep -qxF "## $version" CHANGELOG.md; then echo "CHANGELOG.md has a section $version already" >&2; exit 1; fi
shopt -s nullglob
files=(changelog/unreleased/*.md)
[ ${#files[@]} -gt 0 ] || { echo "changelog/unreleased is empty" >&2; exit 1; }
for f in "${files[@]}"; do
  if [ "$(grep -c . "$f")" != 1 ] || ! grep -qE '^(Added|Changed|Fixed): .' "$f"; then
    echo "$f: write one line, \"Added|Changed|Fixed: text\"" >&2
    exit 1
  fi
done
section=$(
  printf '## %s\n' "$version"
  for kind in Added Changed Fixed; do
    lines=$(grep -hE "^$kind: " "${files[@]}" | sed "s/^$kind: /- /" || true)
    [ -z "$lines" ] || printf '\n### %s\n\n%s\n' "$kind" "$(fold -s -w 118 <<<"$lines" | sed 's/ *$//; /^- /!s/^/  /')"
  done
)
# Before the first section there is.
SECTION=$section awk '!done && /^## / { print ENVIRON["SECTION"] "\n"; done = 1 } { print }
  END { if (!done) print "\n" ENVIRON["SECTION"] }' CHANGELOG.md >CHANGELOG.md.new
mv CHANGELOG.md.new CHANGELOG.md
rm "${files[@]}"
