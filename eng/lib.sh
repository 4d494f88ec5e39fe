# Glue for the scripts of this folder: where things go, timed steps, missing packages. To be sourced.
#
#   . "$(dirname "$0")/lib.sh"
#   step "Build" dotnet build        prints "==> Build ... 12 s"; a failure names the step and its log, and ends the script
#   install_packages                 what eng/packages.txt lists and the machine lacks
#
# Everything made goes under $SIDECARS_WORK (default: artifacts/ of this clone). Removing that folder starts afresh.

set -euo pipefail

SIDECARS_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SIDECARS_WORK=$(mkdir -p "${SIDECARS_WORK:-$SIDECARS_ROOT/artifacts}" && cd "${SIDECARS_WORK:-$SIDECARS_ROOT/artifacts}" && pwd)
SIDECARS_LOGS=$SIDECARS_WORK/logs
SIDECARS_NAMES="collector ambassador adapter"
mkdir -p "$SIDECARS_LOGS"
export SIDECARS_ROOT SIDECARS_WORK SIDECARS_LOGS

# The folder of the .NET SDK, wherever it was installed; programs that were built find the runtime by DOTNET_ROOT.
command -v dotnet >/dev/null || { echo "the .NET SDK that global.json names is needed, and dotnet on the PATH" >&2; exit 1; }
DOTNET_ROOT=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
export DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# run_step NAME COMMAND...: the command's output goes to a log of the step's name; returns the command's exit code.
# In a function that is a step, "set -e" does not hold (bash switches it off left of "||"): it returns its failures itself.
run_step() {
  local name=$1 log began=$SECONDS code=0
  shift
  log=$SIDECARS_LOGS/$(printf '%s' "$name" | tr -c 'A-Za-z0-9.\n' '-' | tr -s '-').log
  printf '==> %s ... ' "$name"
  "$@" >"$log" 2>&1 </dev/null || code=$?
  if [ "$code" -eq 0 ]; then
    printf '%d s\n' $((SECONDS - began))
  else
    printf 'FAILED after %d s (exit code %d); log: %s\n' $((SECONDS - began)) "$code" "$log"
    tail -n 25 "$log" | sed 's/^/    /'
  fi
  return "$code"
}

# step NAME COMMAND...: like run_step, and a failure ends the script.
step() {
  run_step "$@" || exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

wanted_packages() {
  sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$SIDECARS_ROOT/eng/packages.txt"
}

missing_packages() {
  local name
  for name in $(wanted_packages); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
  done
}

# Debian starts and enables daemons as it installs them; those that come with our packages stay off.
apt_install_quietly() {
  local policy=/usr/sbin/policy-rc.d made='' name unit
  if [ ! -e "$policy" ]; then
    made=$policy
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
  fi
  local code=0
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" || code=$?
  [ -z "$made" ] || as_root rm -f "$made"
  [ "$code" -eq 0 ] || return "$code"
  command -v systemctl >/dev/null || return 0
  for name in "$@"; do
    for unit in $(dpkg-query -L "$name" | sed -n 's,^\(/usr\)\?/lib/systemd/system/\([^/@]*\.\(service\|socket\|timer\)\)$,\2,p'); do
      as_root systemctl disable "$unit" || true
    done
  done
}

install_packages() {
  local missing
  command -v dpkg-query >/dev/null || { echo "no dpkg here; needed, by Debian's names: $(wanted_packages | tr '\n' ' ')"; return 0; }
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "$missing" ] || { echo "nothing is missing"; return 0; }
  if ! command -v apt-get >/dev/null || ! as_root true; then
    echo "cannot install (no apt-get, or not root and no sudo); missing: $missing"
    return 1
  fi
  echo "installing: $missing"
  # PostgreSQL's packages make a database cluster as they are installed, unless told not to
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/none.conf >/dev/null
  # shellcheck disable=SC2086
  apt_install_quietly $missing || { as_root apt-get -o DPkg::Lock::Timeout=300 update && apt_install_quietly $missing; }
}
