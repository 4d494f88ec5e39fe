#!/usr/bin/env bash
# rsyslog and syslog-ng from Debian, for tests to start on loopback. As packages they exclude each other and want to be the
# machine's own log: they are not installed but unpacked, with what they need, into artifacts/receivers/root.
#
#   eng/receivers.sh

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=$SIDECARS_WORK/receivers
packages=(rsyslog rsyslog-openssl libestr0 libfastjson4 liblognorm5 syslog-ng-core syslog-ng-mod-http libivykis0 libnet1 libwrap0)

fetch() {
  rm -rf "$folder.new" && mkdir -p "$folder.new/packages" "$folder.new/root" || return 1
  (cd "$folder.new/packages" && apt-get download "${packages[@]}") ||
    { as_root apt-get -o DPkg::Lock::Timeout=300 update && (cd "$folder.new/packages" && apt-get download "${packages[@]}"); } || return 1
  local package
  for package in "$folder.new/packages"/*.deb; do
    dpkg -x "$package" "$folder.new/root" || return 1
  done
  # what it was made of is written last: a folder without it is not whole
  printf '%s\n' "${packages[*]}" >"$folder.new/contents"
  rm -rf "$folder" && mv "$folder.new" "$folder"
}

[ "$(cat "$folder/contents" 2>/dev/null)" = "${packages[*]}" ] || step "Receivers" fetch
