#!/usr/bin/env bash
usage='Measures the adapter beside mtail (lines of a log to series) and mtail and node_exporter (a page of many series).

  bench/adapter/run.sh [--mib N] [--mtail-mib N] [--rounds N] [--cases "NAME..."] [--binary PATH] [--directory PATH] [--keep FILE]

  --mib N           size of the log (1024)
  --mtail-mib N     the same for mtail, which takes its time (64)
  --rounds N        how often each contestant runs, by turns (5)
  --series N        of the page (50000)
  --scrapes N       of the page in each round (100)
  --seconds N       how long the idle case looks on (30)
  --cases "NAME..." of: format regex demoted twenty scrape idle ready (all)
  --limit N         seconds after which a run is given up (300)
  --binary PATH     the adapter to measure, instead of publishing one
  --directory PATH  where logs go (artifacts/bench); about twice --mib has to fit
  --keep FILE       where to keep every single figure (not kept)'

# shellcheck disable=SC2034 # the glue reads directory
mib=1024 mtail_mib=64 rounds=5 series=50000 scrapes=100 seconds=30 cases='format regex demoted twenty scrape idle ready' limit=300 binary='' directory='' keep=''
while [ $# -gt 0 ]; do
  case $1 in
    --mtail-mib) [ $# -gt 1 ] || { echo "$usage" >&2; exit 2; }; mtail_mib=$2; shift 2 ;;
    --mib | --rounds | --series | --scrapes | --seconds | --cases | --limit | --binary | --directory | --keep)
      [ $# -gt 1 ] || { echo "$usage" >&2; exit 2; }
      declare "${1#--}=$2"; shift 2 ;;
    --help) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
done

# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# the same line for both: by method and status, and its duration
expression='^(?P<addr>[^ ]+) - (?P<user>[^ ]+) \[(?P<at>[^\]]+)\] "(?P<method>[A-Z]+) (?P<uri>[^ ]+) [^"]*" (?P<status>\d+) (?P<bytes>\d+) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)" (?P<took>\d+\.\d+)$'
# the same with a part that backtracks beyond all bounds over a line that begins as hostile does; of other lines it matches what the above matches
backtracking=${expression/'[^ ]+)'/'(?:xx|[^ ])+)'}
hostile="$(printf 'x%.0s' {1..60}) _ "
# lines of the page of many series
counted='^series=(?P<name>\w+) value=(?P<value>\d+)$'
buckets='0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10'
# shellcheck disable=SC2016 # nginx's variables
timed='$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time'

# prepare_NAME CASE FOLDER PORT; sets command and page
prepare_adapter() {
  local expressed i
  expressed=$expression
  [ "$1" != demoted ] || expressed=$backtracking
  expressed=${expressed//(\?P</(?<}
  {
    printf "admin: { listen: '127.0.0.1:%d' }\nstate: { directory: '%s/state' }\nlimits: { series: %d, per_metric: %d }\ninputs:\n" "$3" "$2" $((series + 20000)) $((series + 10000))
    case $1 in
      scrape)
        printf "  page:\n    tail: '%s/access.log'\n    format: 'series=\$name value=\$value'\n    metrics:\n      - { counter: page_things_total, labels: [name], value: value }\n" "$2" ;;
      regex | demoted)
        printf "  access:\n    tail: '%s/access.log'\n    parse: 'regex: %s'\n    metrics:\n      - { counter: http_requests_total, labels: [method, status] }\n      - { histogram: http_request_duration_seconds, value: took, buckets: [%s] }\n" "$2" "$expressed" "$buckets" ;;
      *)
        printf "  access:\n    tail: '%s/access.log'\n    format: '%s'\n    metrics:\n      - { counter: http_requests_total, labels: [method, status] }\n      - { histogram: http_request_duration_seconds, value: request_time, buckets: [%s] }\n" "$2" "$timed" "$buckets" ;;
    esac
    if [ "$1" = twenty ]; then
      for ((i = 1; i < 20; i++)); do
        printf "  rule%d:\n    tail: '%s/access.log'\n    parse: 'regex: \"[A-Z]+ /api/v%d/(?<thing>[a-z]+)'\n    metrics:\n      - { counter: api_v%d_calls_total, labels: [thing] }\n" "$i" "$2" "$i" "$i"
      done
    fi
  } >"$2/adapter.yaml"
  page=http://127.0.0.1:$3/metrics
  command=(env "${sidecar_env[@]}" "$binary" --config "$2/adapter.yaml")
}

# shellcheck disable=SC2016 # the dollars are mtail's
prepare_mtail() {
  local i expression=$expression
  mkdir -p "$2/programs"
  [ "$1" != demoted ] || expression=$backtracking
  if [ "$1" = scrape ]; then
    printf 'counter page_things_total by name\n/%s/ {\n  page_things_total[$name] += $value\n}\n' "$counted" >"$2/programs/page.mtail"
  else
    {
      printf 'counter http_requests_total by method, status\nhistogram http_request_duration_seconds buckets %s\n' "$buckets"
      [ "$1" != twenty ] || for ((i = 1; i < 20; i++)); do printf 'counter api_v%d_calls_total by thing\n' "$i"; done
      printf '/%s/ {\n  http_requests_total[$method][$status]++\n  http_request_duration_seconds = $took\n}\n' "$expression"
      [ "$1" != twenty ] || for ((i = 1; i < 20; i++)); do
        printf '/"[A-Z]+ \/api\/v%d\/(?P<thing>[a-z]+)/ {\n  api_v%d_calls_total[$thing]++\n}\n' "$i" "$i"
      done
    } >"$2/programs/access.mtail"
  fi
  page=http://127.0.0.1:$3/metrics
  command=(mtail --progs "$2/programs" --logs "$2/access.log" --address 127.0.0.1 --port "$3" --log_dir "$2")
}

prepare_node_exporter() {
  mkdir -p "$2/textfile"
  { printf '# TYPE page_things_total counter\n'; sed 's/series=\(.*\) value=\(.*\)/page_things_total{name="\1"} \2/' "$work/series.log"; } >"$2/textfile/page.prom"
  page=http://127.0.0.1:$3/metrics
  command=(prometheus-node-exporter --web.listen-address="127.0.0.1:$3" --collector.disable-defaults --collector.textfile --collector.textfile.directory="$2/textfile")
}

takes_part() {
  case $1-$2 in
    node_exporter-scrape) ;;
    node_exporter-*) return 1 ;;
  esac
}

# total METRIC: the sum of its series on the page
total() { curl -s --max-time 20 "$page" | awk -v name="$1" 'index($0, name) == 1 && substr($0, length(name) + 1, 1) ~ /[{ ]/ { sum += $NF } END { printf "%d\n", sum }'; }
counts() { [ "$(total "$1")" -ge "$2" ]; }
shows() { [ "$(curl -s --max-time 20 "$page" | grep -c '^page_things_total')" -ge "$1" ]; }
answers() { curl -s -f -o /dev/null --max-time 5 "$page"; }

set_up() {
  folder=$(mktemp -d "$work/run.XXXXXX")
  mkdir -p "$folder/state"
  : >"$folder/access.log"
  port=$(free_port)
  "prepare_$1" "$2" "$folder" "$port"
  : >"$work/$1.log"
}

# stall NAME ROUND LOG: a hostile line and a good one behind it, until the good one is counted; part of it is the asking
stall() {
  local began
  began=$(date +%s%N)
  { printf '%s' "$hostile"; head -n 1 "$3"; head -n 1 "$3"; } >>"$folder/access.log"
  pause=.002 wait_for 20 "a line after a hostile one, of $1" counts http_requests_total 1 || return 1
  record demoted "$1" "$2" 'stall ms' "$(number "($(date +%s%N) - $began) / 1e6" 1)"
}

# follow NAME CASE ROUND: lines are appended to a log that is being followed, until the last one is counted
follow() {
  local name=$1 what=$2 round=$3 count log began before elapsed
  read -r count log <"$work/$name.size"
  start "$name" "${command[@]}"
  wait_for 20 "page of $name" answers || { show_log "$name"; return 0; }
  before=$(cpu_of "$pid")
  cat "$log" >/dev/null
  [ "$what" != demoted ] || stall "$name" "$round" "$log" || { show_log "$name"; return 0; }
  began=$(date +%s%N)
  cat "$log" >>"$folder/access.log"
  if pause=.02 wait_for "$limit" "end of $name's run" counts http_requests_total "$count"; then
    elapsed=$(number "($(date +%s%N) - $began) / 1e9" 6)
    record "$what" "$name" "$round" lines/s "$(number "$count / $elapsed" 0)"
    record "$what" "$name" "$round" 'CPU s/M lines' "$(number "($(cpu_of "$pid") - $before) / $count * 1e6")"
    record "$what" "$name" "$round" 'peak MiB' "$(memory_of "$pid" VmHWM)"
    [ "$name" != adapter ] || [ "$what" = format ] || record "$what" "$name" "$round" 'regexes demoted' "$(total sidecars_adapter_rules_demoted_total)"
  else
    show_log "$name"
  fi
}

# scrape NAME ROUND: the page of many series, gzip'd, again and again
scrape() {
  local name=$1 round=$2 before i
  start "$name" "${command[@]}"
  wait_for 20 "page of $name" answers || { show_log "$name"; return 0; }
  cat "$work/series.log" >>"$folder/access.log"
  wait_for 60 "series of $name" shows "$series" || { show_log "$name"; return 0; }
  before=$(cpu_of "$pid")
  for ((i = 0; i < scrapes; i++)); do
    curl -s --max-time 60 -H 'Accept-Encoding: gzip' -o /dev/null -w '%{time_total} %{size_download}\n' "$page"
  done | sort -n >"$work/times"
  record scrape "$name" "$round" 'p50 ms' "$(awk -v n="$scrapes" 'NR >= n * .5 { print $1 * 1000; exit }' "$work/times")"
  record scrape "$name" "$round" 'p99 ms' "$(awk -v n="$scrapes" 'NR >= n * .99 { print $1 * 1000; exit }' "$work/times")"
  record scrape "$name" "$round" 'CPU ms' "$(number "($(cpu_of "$pid") - $before) / $scrapes * 1000" 1)"
  record scrape "$name" "$round" 'peak MiB' "$(memory_of "$pid" VmHWM)"
  record scrape "$name" "$round" 'KiB sent' "$(awk 'NR == 1 { printf "%d", $2 / 1024 }' "$work/times")"
}

idle() {
  local name=$1 round=$2 before
  start "$name" "${command[@]}"
  wait_for 20 "page of $name" answers || { show_log "$name"; return 0; }
  sleep 1
  before=$(cpu_of "$pid")
  sleep "$seconds"
  record idle "$name" "$round" 'resident MiB' "$(memory_of "$pid" VmRSS)"
  record idle "$name" "$round" 'CPU %' "$(number "($(cpu_of "$pid") - $before) / $seconds * 100" 3)"
}

begin adapter
bench_packages mtail prometheus-node-exporter
build_tools loggen ready
sidecar_binary adapter
machine
read -r many _ < <("$tools/loggen" write "$work/large.log" "$mib" timed)
read -r few _ < <("$tools/loggen" write "$work/small.log" "$mtail_mib" timed)
printf '%d %s\n' "$many" "$work/large.log" >"$work/adapter.size"
printf '%d %s\n' "$few" "$work/small.log" >"$work/mtail.size"
seq "$series" | sed 's/.*/series=thing_& value=&/' >"$work/series.log"
printf '%d lines, for mtail %d; %d rounds\n' "$many" "$few" "$rounds"
for ((round = 1; round <= rounds; round++)); do
  for what in $cases; do
    for name in adapter mtail node_exporter; do
      takes_part "$name" "$what" || continue
      printf '    round %d: %s, %s\n' "$round" "$what" "$name"
      pid=''
      set_up "$name" "$what"
      case $what in
        scrape) scrape "$name" "$round" ;;
        idle) idle "$name" "$round" ;;
        ready) record ready "$name" "$round" 'ready ms' "$("$tools/ready" "$port" "${command[@]}" || true)" ;;
        *) follow "$name" "$what" "$round" ;;
      esac
      [ -z "$pid" ] || stop "$pid"
      rm -rf "$folder"
    done
  done
done
[ -z "$keep" ] || cp "$records" "$keep"
report "$records" mtail
