#!/usr/bin/env bash
# Publishes the three programs for this machine, Native AOT: artifacts/bin/<name>/<name>. For running them without
# containers, and for measuring them; the images build their own.
#
#   eng/publish.sh [NAME...]

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

cd "$SIDECARS_ROOT"
for name in ${*:-$SIDECARS_NAMES}; do
  step "Publish $name" dotnet publish "src/Sidecars.${name^}" -c Release -v q -clp:NoSummary -o "$SIDECARS_WORK/bin/$name"
done
