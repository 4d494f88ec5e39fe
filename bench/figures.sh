#!/usr/bin/env bash
# Measures what a sidecar costs a pod before it does anything, and prints the README's table: image and binary size, time
# from start to ready, resident memory after 30 idle seconds. Takes about three minutes once everything is built.
#
#   bench/figures.sh

. "$(dirname "${BASH_SOURCE[0]}")/../eng/containers.sh"

cd "$SIDECARS_ROOT"
step "Packages" install_packages
eng/publish.sh
containers_service_pid >/dev/null || trap containers_stop EXIT
containers_start
eng/images.sh
step "Build the measure" dotnet build bench/Sidecars.Benchmarks -c Release -v q -clp:NoSummary

version=$(sed -n 's,.*<Version>\(.*\)</Version>.*,\1,p' Directory.Build.props)
sizes=()
for name in $SIDECARS_NAMES; do
  sizes+=("$name=$(podman image inspect -f '{{.Size}}' "docker.io/sidecars/$name:$version")")
done
bench/Sidecars.Benchmarks/bin/Release/net10.0/Sidecars.Benchmarks figures "${sizes[@]}"
