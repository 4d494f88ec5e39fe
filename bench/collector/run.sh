#!/usr/bin/env bash
usage='Measures the collector beside rsyslog, syslog-ng and a C program that does the least the work can cost, on an access log of nginx.

  bench/collector/run.sh [--mib N] [--rounds N] [--cases "NAME..."] [--binary PATH] [--directory PATH] [--keep FILE]

  --mib N           size of the log (1024)
  --rounds N        how often each contestant runs, by turns (5)
  --seconds N       how long lines are written for the latency case, and how long the idle case looks on (30)
  --rate N          lines a second of the latency case (200)
  --cases "NAME..." of: raw json gzip file first latency idle (all)
  --limit N         seconds after which a run is given up (300)
  --binary PATH     the collector to measure, instead of publishing one
  --directory PATH  where logs and outputs go (artifacts/bench); about 4 times --mib has to fit
  --keep FILE       where to keep every single figure (not kept)'

# shellcheck disable=SC2034 # the glue reads directory
mib=1024 rounds=5 seconds=30 rate=200 cases='raw json gzip file first latency idle' limit=300 binary='' directory='' keep=''
while [ $# -gt 0 ]; do
  case $1 in
    --mib | --rounds | --seconds | --rate | --cases | --limit | --binary | --directory | --keep)
      [ $# -gt 1 ] || { echo "$usage" >&2; exit 2; }
      declare "${1#--}=$2"; shift 2 ;;
    --help) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
done

# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# writes what a contestant is told. NAME CASE FOLDER PORT; sets command
prepare_collector() {
  local output parse=''
  case $2 in
    raw | first | latency | idle) output="http: { url: 'http://127.0.0.1:$4/', encoding: raw }" ;;
    gzip) output="http: { url: 'http://127.0.0.1:$4/', encoding: raw, compression: gzip }" ;;
    json) output="http: { url: 'http://127.0.0.1:$4/', encoding: json }" parse=', parse: combined' ;;
    file) output="file: { path: '$3/out.log' }" ;;
  esac
  cat >"$3/collector.yaml" <<YAML
admin: { listen: '127.0.0.1:$(free_port)' }
inputs: [{ paths: ['$3/access.log']$parse }]
outputs: [{ $output }]
state: { directory: '$3/state' }
YAML
  command=(env "${sidecar_env[@]}" "$binary" --config "$3/collector.yaml")
}

# rsyslog has no HTTP output in Debian: it sends lines over TCP, with batches and buffers as large as help
prepare_rsyslog() {
  local action='type="omfwd" target="127.0.0.1" port="'$4'" protocol="tcp" tcp_framing="traditional"' template='string="%msg%\n"' ruleset=''
  case $2 in
    file) action="type=\"omfile\" file=\"$3/out.log\" ioBufferSize=\"256k\"" ;;
    json)
      cat >"$3/combined.rb" <<'RULES'
version=2
rule=:%remote_addr:word% %ident:word% %remote_user:word% [%time_local:char-to:]%] "%request:char-to:"%" %status:number% %body_bytes_sent:number% "%http_referer:char-to:"%" "%http_user_agent:char-to:"%"
RULES
      ruleset="action(type=\"mmnormalize\" rulebase=\"$3/combined.rb\")" template='string="%$!all-json-plain%\n"' ;;
  esac
  cat >"$3/rsyslog.conf" <<CONF
global(workDirectory="$3" maxMessageSize="64k")
main_queue(queue.size="100000" queue.dequeueBatchSize="4096" queue.timeoutShutdown="10")
module(load="imfile")
module(load="mmnormalize")
template(name="line" type="string" $template)
input(type="imfile" file="$3/access.log" tag="nginx" ruleset="all")
ruleset(name="all") {
  $ruleset
  action($action template="line")
}
CONF
  command=(env "LD_LIBRARY_PATH=$libraries" "$receivers/usr/sbin/rsyslogd" -n -f "$3/rsyslog.conf" -i "$3/rsyslog.pid" -M "$rsyslog_modules")
}

# shellcheck disable=SC2016 # the dollars are syslog-ng's
prepare_syslog-ng() {
  local destination parser='' body='$MSG'
  if [ "$2" = json ]; then
    parser='parser { csv-parser(columns("remote_addr", "ident", "remote_user", "time_local", "request", "status", "body_bytes_sent", "http_referer", "http_user_agent") delimiters(" ") quote-pairs("\"\"[]")); };'
    body='$(format-json remote_addr=$remote_addr remote_user=$remote_user time_local=$time_local request=$request status=int($status) body_bytes_sent=int($body_bytes_sent) http_referer=$http_referer http_user_agent=$http_user_agent)'
  fi
  case $2 in
    file) destination="file(\"$3/out.log\" template(\"$body\n\") flush-lines(1000))" ;;
    *) destination="http(url(\"http://127.0.0.1:$4/\") method(\"POST\") body(\"${body//\"/\\\"}\") delimiter(\"\n\") batch-lines(2000) batch-bytes(262144) batch-timeout(10) log-fifo-size(40000))" ;;
  esac
  cat >"$3/syslog-ng.conf" <<CONF
@version: 3.38
options { stats-freq(0); log-msg-size(65536); time-reopen(1); };
source lines { file("$3/access.log" flags(no-parse) follow-freq(1) log-fetch-limit(2000) log-iw-size(20000)); };
destination receiver { $destination; };
log { source(lines); $parser destination(receiver); flags(flow-control); };
CONF
  command=(env "LD_LIBRARY_PATH=$libraries" "$receivers/usr/sbin/syslog-ng" -F --no-caps -f "$3/syslog-ng.conf" -R "$3/persist" -p "$3/pid" -c "$3/ctl"
    --module-path "$syslog_ng_modules")
}

prepare_floor() {
  if [ "$2" = file ]; then command=("$tools/floor" file "$3/access.log" "$3/out.log")
  elif [ "$2" = first ]; then command=("$tools/floor" raw "$3/access.log" "$4")
  else command=("$tools/floor" "$2" "$3/access.log" "$4"); fi
}

# takes_part NAME CASE
takes_part() {
  case $1-$2 in
    floor-latency | floor-idle) return 1 ;;
    rsyslog-gzip | syslog-ng-gzip) return 1 ;; # neither of Debian's packages has an HTTP output that compresses
  esac
}

protocol_of() { if [ "$1" = rsyslog ]; then echo tcp; else echo http; fi; }

has_bytes() { [ "$(stat -c %s "$1")" -ge "$2" ]; }
has_result() { [ -s "$1" ]; }

# set_up NAME CASE: a folder of the run's own, and in it what the contestant reads
set_up() {
  folder=$(mktemp -d "$work/run.XXXXXX")
  mkdir -p "$folder/state"
  port=$(free_port)
  "prepare_$1" "$1" "$2" "$folder" "$port"
}

# transfer NAME CASE ROUND LOG LINES BYTES: from the start of the program to the last line at the receiver
transfer() {
  local name=$1 what=$2 round=$3 log=$4 count=$5 size=$6 sink='' began code=0 ended first lines bytes gb cpu
  set_up "$name" "$what"
  ln "$log" "$folder/access.log"
  cat "$log" >/dev/null
  if [ "$what" != file ]; then
    case $what in gzip) goal=(unzipped "$size") ;; *) goal=(lines "$count") ;; esac
    start sink "$tools/sink" "$(protocol_of "$name")" "$port" "$folder/result" "${goal[@]}"
    sink=$pid
    wait_for 10 receiver accepts "$port"
  fi
  began=$(date +%s%N)
  : >"$work/$name.log"
  start "$name" "${command[@]}"
  if [ "$what" = file ]; then
    pause=.02 wait_for "$limit" "whole file from $name" has_bytes "$folder/out.log" "$size" || code=1
    ended=$(date +%s%N)
  else
    wait_for "$limit" "end of $name's run" has_result "$folder/result" || code=1
    [ "$code" -ne 0 ] || read -r lines bytes first ended <"$folder/result"
  fi
  if [ "$code" -eq 0 ]; then
    gb=$(number "$size / 1e9" 6)
    cpu=$(cpu_of "$pid")
    if [ "$what" = first ]; then
      record "$what" "$name" "$round" 'first byte ms' "$(number "($first - $began) / 1e6" 1)"
    else
      record "$what" "$name" "$round" MB/s "$(number "$size / 1e6 / (($ended - $began) / 1e9)" 1)"
      record "$what" "$name" "$round" 'CPU s/GB' "$(number "$cpu / $gb")"
      record "$what" "$name" "$round" 'peak MiB' "$(memory_of "$pid" VmHWM)"
    fi
  else
    show_log "$name"
  fi
  stop "$pid"
  [ -z "$sink" ] || stop "$sink"
  rm -rf "$folder"
}

# latency NAME ROUND: lines come one by one; then, with nothing to do, what it costs to be there
latency() {
  local name=$1 round=$2 sink contestant began cpu lines bytes first last p50 p99 longest
  set_up "$name" latency
  "$tools/loggen" write "$folder/access.log" 0 >/dev/null
  start sink "$tools/sink" "$(protocol_of "$name")" "$port" "$folder/result" latency $((rate * seconds))
  sink=$pid
  wait_for 10 receiver accepts "$port"
  : >"$work/$name.log"
  start "$name" "${command[@]}"
  contestant=$pid
  sleep 2
  if ! kill -0 "$contestant" 2>/dev/null; then
    show_log "$name"
    stop "$sink"
    return 0
  fi
  cpu=$(cpu_of "$contestant")
  began=$(date +%s%N)
  if [[ " $cases " == *" latency "* ]]; then
    "$tools/loggen" rate "$folder/access.log" "$rate" "$seconds"
    if wait_for 20 "last lines from $name" has_result "$folder/result"; then
      # shellcheck disable=SC2034
      read -r lines bytes first last p50 p99 longest <"$folder/result"
      record latency "$name" "$round" 'p50 ms' "$p50"
      record latency "$name" "$round" 'p99 ms' "$p99"
      record latency "$name" "$round" 'longest ms' "$longest"
      record latency "$name" "$round" 'CPU %' "$(number "($(cpu_of "$contestant") - $cpu) / (($(date +%s%N) - $began) / 1e9) * 100")"
    fi
  fi
  if [[ " $cases " == *" idle "* ]]; then
    cpu=$(cpu_of "$contestant")
    sleep "$seconds"
    record idle "$name" "$round" 'resident MiB' "$(memory_of "$contestant" VmRSS)"
    record idle "$name" "$round" 'CPU %' "$(number "($(cpu_of "$contestant") - $cpu) / $seconds * 100" 3)"
  fi
  stop "$contestant"
  stop "$sink"
  rm -rf "$folder"
}

begin collector
bench_packages zlib1g-dev
"$SIDECARS_ROOT/eng/receivers.sh"
build_tools loggen sink floor
sidecar_binary collector
receivers=$SIDECARS_WORK/receivers/root
libraries=$(find "$receivers/usr/lib" -mindepth 1 -maxdepth 1 -type d -printf '%p:')
libraries=${libraries%:}
rsyslog_modules=$(find "$receivers/usr/lib" -path '*-linux-gnu/rsyslog' -type d)
syslog_ng_modules=$(find "$receivers/usr/lib/syslog-ng" -mindepth 1 -maxdepth 1 -type d)

machine
read -r count size < <("$tools/loggen" write "$work/large.log" "$mib")
read -r few little < <("$tools/loggen" write "$work/small.log" 1)
printf '%d lines, %d bytes; %d rounds\n' "$count" "$size" "$rounds"
for ((round = 1; round <= rounds; round++)); do
  for what in $cases; do
    for name in collector syslog-ng rsyslog floor; do
      takes_part "$name" "$what" || continue
      printf '    round %d: %s, %s\n' "$round" "$what" "$name"
      case $what in
        first) transfer "$name" first "$round" "$work/small.log" "$few" "$little" ;;
        latency) latency "$name" "$round" ;;
        idle) [[ " $cases " == *" latency "* ]] || latency "$name" "$round" ;; # else it was part of that
        *) transfer "$name" "$what" "$round" "$work/large.log" "$count" "$size" ;;
      esac
    done
  done
done
[ -z "$keep" ] || cp "$records" "$keep"
report "$records" collector
