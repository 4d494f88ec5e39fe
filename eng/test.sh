#!/usr/bin/env bash
# Every check of the project: format, build, the three images (Native AOT without a warning), all tests.
# The pods of the tests are real containers: where no container engine can run, this fails and says so.
# Ends with "N passed, N failed".
#
#   eng/test.sh

. "$(dirname "${BASH_SOURCE[0]}")/containers.sh"

cd "$SIDECARS_ROOT"
passed=0
failed=0

# What cannot be built cannot be tested: such a failure ends the run.
give_up() {
  printf '%d passed, %d failed\n' "$passed" $((failed + 1))
  exit 1
}

# run_tests PROJECT: adds what the runner counted; a runner that counted nothing, or was killed, counts as one failure.
run_tests() {
  local name=${1##*/} code=0 log total bad
  run_step "Tests $name" timeout --kill-after=30 900 \
    "$1/bin/Debug/net10.0/$name" -noColor -failSkips -longRunning 120 || code=$?
  log=$SIDECARS_LOGS/Tests-$name.log
  read -r total bad < <(sed -n 's/.*Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\).*/\1 \2 \3/p' "$log" | awk '{ print $1, $2 + $3 }') || true
  if [ "${total:-0}" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; }; then bad=$((${bad:-0} + 1)); total=$((${total:-0} + 1)); fi
  printf '    %d passed, %d failed: %s\n' $((total - bad)) "$bad" "$name"
  passed=$((passed + total - bad))
  failed=$((failed + bad))
}

run_step "Packages" install_packages || give_up
eng/receivers.sh || give_up
run_step "Restore" dotnet restore Sidecars.sln || give_up
run_step "Build" dotnet build Sidecars.sln --no-restore -v q -clp:NoSummary || give_up
if run_step "Format" dotnet format Sidecars.sln --no-restore --verify-no-changes; then passed=1; else failed=1; fi

containers_service_pid >/dev/null || trap containers_stop EXIT
containers_start || give_up
eng/images.sh || give_up

for project in tests/*.Tests; do
  run_tests "$project"
done

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
