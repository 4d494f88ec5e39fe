#!/usr/bin/env bash
# Shows the three sidecars at work beside nginx: installs what is missing, builds, starts the pod of
# manifests/nginx-all.yaml, sends traffic, shows collected lines, proxied calls and metrics, and tells which addresses to
# open. Ctrl-C stops it. Where no container engine can run, the same programs run as processes on localhost.
#
#   eng/demo.sh [--once] [--local]
#     --once    shows everything once and ends; the exit code says whether all of it was right
#     --local   processes on localhost even where containers could run

. "$(dirname "$0")/containers.sh"

cd "$SIDECARS_ROOT"
demo=eng/Sidecars.Demo/bin/Release/net10.0/demo

local_only=no
for argument in "$@"; do
  case $argument in
    --local) local_only=yes ;;
    --once) ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done

run_step "Packages" install_packages || true
step "Build the demo" dotnet build eng/Sidecars.Demo -c Release -v q -clp:NoSummary

arguments=("$@")
containers_service_pid >/dev/null || trap containers_stop EXIT
if [ "$local_only" = no ] && containers_start; then
  eng/images.sh
else
  [ "$local_only" = yes ] || echo "No container engine can run here: processes on localhost instead."
  eng/publish.sh
  [ "$local_only" = yes ] || arguments+=(--local)
fi

# Ctrl-C is the demo's own: it stops the pod, and then this script goes on to its end.
trap : INT
code=0
"$demo" ${arguments[@]+"${arguments[@]}"} || code=$?
exit "$code"
