#!/usr/bin/env bash
# Sees that the servers the tests use are installed: redis-server and PostgreSQL.
# As root on Debian or Ubuntu it installs them; elsewhere it prints the command.
set -euo pipefail

have_postgres() {
  command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
have_postgres || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  "${install[@]}"
  exit 0
fi
echo "The tests need ${missing[*]}. Run once, as root:" >&2
echo "  apt-get update && ${install[*]}" >&2
exit 1
