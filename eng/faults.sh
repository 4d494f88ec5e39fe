#!/usr/bin/env bash
# Runs the collector against faults: kills, receivers that fail, full disks, rotations, truncations. Every line that is
# written is numbered, and what the receiver acknowledged is compared with it. The short form of it is among the tests.
#
#   eng/faults.sh [--runs N] [--seed S] [--parallel P] [--rounds R] [--collector PATH] [CASE...]
#     --runs        how often each case is run (1), with one seed after the other from --seed (1) on
#     --parallel    how many runs go on at a time (1)
#     --rounds      how often the fault happens in a run (as the case has it)
#     --collector   the program, such as artifacts/bin/collector/collector of eng/publish.sh (the build's own)
#
#   eng/faults.sh --adapter [--runs N] [--seed S] [--rounds R]
#     The adapter instead: random traffic to logs that are rotated and truncated, while the adapter is ended, killed and scraped all the
#     time. The sums on its page are compared with what was written.
#
#   eng/faults.sh --ambassador [--rate N] [--seconds S] [--connections C] [--program PATH]
#     The ambassador instead: servers killed, hung, resetting, slow, half-open and restarted one after the other, and new
#     configurations, under N requests a second (2000), each fault for S seconds (5); no request may fail. Then C connections
#     to a database, 50 ms between them, after SIGTERM (500: 25 s); none may be refused. --program is one of eng/publish.sh.
#
# Ends with 0 when nothing was lost, out of order or repeated beyond what was in flight.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "${1:-}" = --adapter ]; then
  shift
  while [ $# -gt 0 ]; do
    case "$1" in
      --runs) export TRUTH_RUNS="$2" ;;
      --seed) export TRUTH_SEED="$2" ;;
      --rounds) export TRUTH_ROUNDS="$2" ;;
      *) echo "faults.sh: --adapter takes --runs, --seed and --rounds, not $1" >&2; exit 2 ;;
    esac
    shift 2
  done
  step "Build the adapter's tests" dotnet build "$SIDECARS_ROOT/tests/Sidecars.Adapter.Tests" -c Release -v q -clp:NoSummary
  exec "$SIDECARS_ROOT/tests/Sidecars.Adapter.Tests/bin/Release/net10.0/Sidecars.Adapter.Tests" -class Sidecars.Adapter.Tests.Truth.TruthTests
fi

if [ "${1:-}" = --ambassador ]; then
  shift
  rate=2000 seconds=5
  export AMBASSADOR_FAULT_TRY_TIMEOUT=1 AMBASSADOR_FAULT_CONNECTIONS=500
  while [ $# -gt 0 ]; do
    case "$1" in
      --rate) rate="$2" ;;
      --seconds) seconds="$2" ;;
      --connections) AMBASSADOR_FAULT_CONNECTIONS="$2" ;;
      --program) AMBASSADOR_PROGRAM=$(realpath "$2"); export AMBASSADOR_PROGRAM ;;
      *) echo "faults.sh: --ambassador takes --rate, --seconds, --connections and --program, not $1" >&2; exit 2 ;;
    esac
    shift 2
  done
  export AMBASSADOR_FAULT_RATE="$rate" AMBASSADOR_FAULT_REQUESTS=$((rate * seconds))
  step "Build the ambassador's tests" dotnet build "$SIDECARS_ROOT/tests/Sidecars.Ambassador.Tests" -c Release -v q -clp:NoSummary
  exec "$SIDECARS_ROOT/tests/Sidecars.Ambassador.Tests/bin/Release/net10.0/Sidecars.Ambassador.Tests" \
    -namespace Sidecars.Ambassador.Tests.Faults -showLiveOutput
fi

step "Build the fault suite" dotnet build "$SIDECARS_ROOT/eng/Sidecars.Faults" -c Release -v q -clp:NoSummary
exec "$SIDECARS_ROOT/eng/Sidecars.Faults/bin/Release/net10.0/faults" "$@"
