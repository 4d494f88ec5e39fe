#!/usr/bin/env bash
usage='Measures the ambassador beside haproxy and nginx: HTTP to an nginx of 1 KiB answers, TCP to Redis and PostgreSQL.

  bench/ambassador/run.sh [--seconds N] [--rounds N] [--cases "NAME..."] [--binary PATH] [--directory PATH] [--keep FILE]

  --seconds N       how long each load lasts (10)
  --rounds N        how often each contestant runs, by turns (5)
  --rate N          requests a second of the case "calm" (2000)
  --connections N   of the cases "saturated" and "tls" (50)
  --cases "NAME..." of: saturated calm h2c tls redis pgbench idle many ready (all)
  --binary PATH     the ambassador to measure, instead of publishing one
  --directory PATH  where logs and the database go (artifacts/bench)
  --keep FILE       where to keep every single figure (not kept)'

# shellcheck disable=SC2034 # the glue reads directory
seconds=10 rounds=5 rate=2000 connections=50 cases='saturated calm h2c tls redis pgbench idle many ready' binary='' directory='' keep=''
while [ $# -gt 0 ]; do
  case $1 in
    --seconds | --rounds | --rate | --connections | --cases | --binary | --directory | --keep)
      [ $# -gt 1 ] || { echo "$usage" >&2; exit 2; }
      declare "${1#--}=$2"; shift 2 ;;
    --help) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
done

# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# nginx_conf FOLDER WORKERS: the common beginning; what follows goes into http
nginx_conf() {
  cat <<CONF
daemon off;
worker_processes $2;
pid $1/nginx.pid;
error_log $1/error.log crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_temp_path $1/body; proxy_temp_path $1/proxy; fastcgi_temp_path $1/fastcgi; uwsgi_temp_path $1/uwsgi; scgi_temp_path $1/scgi;
CONF
}

start_origin() {
  local folder=$work/origin
  mkdir -p "$folder"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
  origin=$(free_port)
  origin_tls=$(free_port)
  {
    nginx_conf "$folder" 1
    printf '  server {\n    listen 127.0.0.1:%d; listen 127.0.0.1:%d ssl;\n    ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem;\n    location / { default_type text/plain; return 200 "%s"; }\n  }\n}\n' \
      "$origin" "$origin_tls" "$folder" "$folder" "$(head -c 1024 /dev/zero | tr '\0' x)"
  } >"$folder/nginx.conf"
  start origin nginx -p "$folder" -c "$folder/nginx.conf" -e "$folder/error.log"
  wait_for 20 origin accepts "$origin"
}

start_databases() {
  local postgres
  redis=$(free_port)
  start redis redis-server --port "$redis" --bind 127.0.0.1 --dir "$work" --save '' --appendonly no
  wait_for 20 redis accepts "$redis"
  [[ " $cases " == *" pgbench "* ]] || return 0
  postgres=$(find /usr/lib/postgresql -path '*/bin/postgres' | sort -V | tail -n 1)
  postgres=${postgres%/postgres}
  pgbench=$postgres/pgbench
  database=$(free_port)
  mkdir -p "$work/postgres"
  chmod 755 "$work"
  # the server refuses to run as root
  unprivileged=()
  if [ "$(id -u)" -eq 0 ]; then
    chown nobody "$work/postgres"
    unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  fi
  (cd / && "${unprivileged[@]}" "$postgres/initdb" -D "$work/postgres/data" -U postgres --auth=trust -E UTF8 --no-sync) >"$work/initdb.log" 2>&1
  start postgres "${unprivileged[@]}" "$postgres/postgres" -D "$work/postgres/data" -h 127.0.0.1 -k "$work/postgres" -p "$database" -c fsync=off -c max_connections=60
  wait_for 60 postgres "$postgres/pg_isready" -q -h 127.0.0.1 -p "$database"
  "$pgbench" -h 127.0.0.1 -p "$database" -U postgres -i -q postgres >"$work/pgbench.log" 2>&1
}

# prepare NAME: what a contestant is told, everything in one process with ports of its own. Sets command, and for each way in its
# port: plain, h2c, tls, redis_port, database_port
prepare() {
  local folder=$work/$1
  mkdir -p "$folder"
  plain=$(free_port) h2c=$(free_port) tls=$(free_port) redis_port=$(free_port) database_port=$(free_port)
  "prepare_$1" "$folder"
}

prepare_ambassador() {
  # metrics are always on; the breaker and ejection are switched on, retries are by default
  local guards='retry: { limit: 2 }, circuit_breaker: {}, outlier_ejection: { consecutive5xx: 5, consecutive_failures: 5 }'
  cat >"$1/ambassador.yaml" <<YAML
admin: { listen: '127.0.0.1:$(free_port)' }
services:
  - { name: plain, listen: '127.0.0.1:$plain', http: { upstreams: ['http://127.0.0.1:$origin'], $guards } }
  - { name: h2c, listen: '127.0.0.1:$h2c', http: { protocol: h2c, upstreams: ['http://127.0.0.1:$origin'], $guards } }
  - { name: tls, listen: '127.0.0.1:$tls', http: { upstreams: ['https://localhost:$origin_tls'], tls: { ca: '$work/origin/cert.pem' }, $guards } }
  - { name: redis, listen: '127.0.0.1:$redis_port', tcp: { upstreams: ['127.0.0.1:$redis'] } }
  - { name: database, listen: '127.0.0.1:$database_port', tcp: { upstreams: ['127.0.0.1:${database:-9}'] } }
YAML
  command=(env "${sidecar_env[@]}" "$binary" --config "$1/ambassador.yaml")
}

prepare_haproxy() {
  cat >"$1/haproxy.cfg" <<CFG
global
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 100s
  timeout server 100s
  retries 2
  option redispatch
listen plain
  bind 127.0.0.1:$plain
  server origin 127.0.0.1:$origin
listen h2c
  bind 127.0.0.1:$h2c proto h2
  server origin 127.0.0.1:$origin
listen tls
  bind 127.0.0.1:$tls
  server origin 127.0.0.1:$origin_tls ssl verify required ca-file $work/origin/cert.pem sni str(localhost) verifyhost localhost
listen redis
  mode tcp
  bind 127.0.0.1:$redis_port
  server redis 127.0.0.1:$redis
listen database
  mode tcp
  bind 127.0.0.1:$database_port
  server database 127.0.0.1:${database:-9}
CFG
  command=(haproxy -db -f "$1/haproxy.cfg")
}

prepare_nginx() {
  local forward='proxy_http_version 1.1; proxy_set_header Connection "";'
  {
    nginx_conf "$1" "$(nproc)"
    cat <<CONF
  upstream plain { server 127.0.0.1:$origin; keepalive 256; keepalive_requests 100000000; }
  upstream tls { server 127.0.0.1:$origin_tls; keepalive 256; keepalive_requests 100000000; }
  server { listen 127.0.0.1:$plain; location / { proxy_pass http://plain; $forward } }
  server { listen 127.0.0.1:$h2c http2; location / { proxy_pass http://plain; $forward } }
  server { listen 127.0.0.1:$tls; location / { proxy_pass https://tls; $forward
    proxy_ssl_trusted_certificate $work/origin/cert.pem; proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_server_name on; } }
}
CONF
  } >"$1/nginx.conf"
  command=(nginx -p "$1" -c "$1/nginx.conf" -e "$1/error.log")
}

# direct: no proxy at all
prepare_direct() {
  plain=$origin tls=$origin redis_port=$redis database_port=${database:-9}
  command=()
}

takes_part() {
  case $1-$2 in
    direct-idle | direct-many | direct-ready | direct-h2c) return 1 ;;
    nginx-redis | nginx-pgbench) return 1 ;; # TCP is a module that Debian has apart
  esac
}

# load_NAME sets done_count and, where there are any, rows of figures: "metric value"
load_wrk() {
  wrk -t 1 -c "$2" -d "${seconds}s" --latency "http://127.0.0.1:$1/" >"$work/load.out"
  done_count=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' "$work/load.out")
  failed=$(sed -n 's/^ *Socket errors: connect \([0-9]*\), read \([0-9]*\), write \([0-9]*\), timeout \([0-9]*\).*/\1 + \2 + \3 + \4/p; s/^ *Non-2xx or 3xx responses: /+ /p' "$work/load.out" | tr '\n' ' ')
  figures=("requests/s $(sed -n 's,^Requests/sec: *,,p' "$work/load.out")" "p99 us $(awk '$1 == "99%" { v = $2; u = v; sub(/[0-9.]+/, "", u); sub(/[a-z]+/, "", v); print v * (u == "us" ? 1 : u == "ms" ? 1000 : 1000000) }' "$work/load.out")")
}

# load_h2load PORT CLIENTS OPTION...: figures of its own log of requests (start, status, microseconds)
load_h2load() {
  local address=http://127.0.0.1:$1/ clients=$2
  shift 2
  rm -f "$work/requests"
  h2load -t 1 -c "$clients" -D "$seconds" --log-file="$work/requests" "$@" "$address" >"$work/load.out" 2>&1
  done_count=$(wc -l <"$work/requests")
  failed=$(awk '$2 != 200 { n++ } END { print n + 0 }' "$work/requests")
  figures=("requests/s $(number "$done_count / $seconds" 0)" "p99 us $(cut -f 3 "$work/requests" | sort -n | awk -v n="$done_count" 'NR >= n * .99 { print; exit }')")
}

# load NAME CASE: runs the load of the case against the contestant
load() {
  done_count=0 failed='' figures=()
  case $2 in
    saturated) load_wrk "$plain" "$connections" ;;
    calm) load_h2load "$plain" 20 --h1 --rps="$((rate / 20))" ;;
    h2c) load_h2load "$h2c" 10 -m 10 ;;
    tls) load_wrk "$tls" "$connections" ;;
    many) load_wrk "$plain" 256 ;;
    redis)
      # as many requests as fit roughly into the time
      done_count=$((seconds * 40000)) figures=("requests/s $(redis-benchmark -h 127.0.0.1 -p "$redis_port" -c 50 -n "$((seconds * 40000))" -t get --csv 2>/dev/null | sed -n 's/^"GET","\([0-9.]*\)".*/\1/p')") ;;
    pgbench)
      "$pgbench" -h 127.0.0.1 -p "$database_port" -U postgres -n -S -c 16 -j 1 -T "$seconds" postgres >"$work/load.out" 2>&1
      done_count=$(sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p' "$work/load.out")
      figures=("transactions/s $(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$work/load.out")") ;;
  esac
  [ "${done_count:-0}" -gt 0 ]
}

# measure NAME CASE ROUND
measure() {
  local name=$1 what=$2 round=$3 contestant='' before=0 figure
  prepare "$name"
  if [ "$what" = ready ]; then
    record ready "$name" "$round" 'ready ms' "$("$tools/ready" "$plain" "${command[@]}" || true)"
    return
  fi
  if [ ${#command[@]} -gt 0 ]; then
    : >"$work/$name.log"
    start "$name" "${command[@]}"
    contestant=$pid
    wait_for 20 "port of $name" accepts "$plain" || { show_log "$name"; stop "$contestant"; return 0; }
  fi
  if [ "$what" = idle ]; then
    sleep 1
    before=$(cpu_of "$contestant")
    sleep "$seconds"
    record idle "$name" "$round" 'resident MiB' "$(memory_of "$contestant" VmRSS)"
    record idle "$name" "$round" 'CPU %' "$(number "($(cpu_of "$contestant") - $before) / $seconds * 100" 3)"
  else
    [ -z "$contestant" ] || before=$(cpu_of "$contestant")
    load "$name" "$what" || { echo "    the load failed:" >&2; tail -n 5 "$work/load.out" | sed 's/^/      /' >&2; }
    if [ "$what" = many ]; then
      figures=("peak MiB $(memory_of "$contestant" VmHWM)" "resident after MiB $(memory_of "$contestant" VmRSS)" "${figures[@]}")
    elif [ -n "$contestant" ] && [ "${done_count:-0}" -gt 0 ]; then
      figures+=("CPU s/100k $(number "($(cpu_of "$contestant") - $before) / $done_count * 100000" 3)" "peak MiB $(memory_of "$contestant" VmHWM)")
    fi
    for figure in "${figures[@]+"${figures[@]}"}"; do
      record "$what" "$name" "$round" "${figure% *}" "${figure##* }"
    done
    case $what in redis | pgbench) ;; *) record "$what" "$name" "$round" failed "$(number "0 + ${failed:-0}" 0)" ;; esac
  fi
  [ -z "$contestant" ] || stop "$contestant"
}

begin ambassador
bench_packages wrk nghttp2-client openssl
build_tools ready
sidecar_binary ambassador
machine
start_origin
start_databases
for ((round = 1; round <= rounds; round++)); do
  for what in $cases; do
    for name in ambassador haproxy nginx direct; do
      takes_part "$name" "$what" || continue
      printf '    round %d: %s, %s\n' "$round" "$what" "$name"
      measure "$name" "$what" "$round"
    done
  done
done
[ -z "$keep" ] || cp "$records" "$keep"
# through TCP relays the measure is the way without one
report <(grep -Ev $'^(redis|pgbench)\t' "$records") haproxy
report <(grep -E $'^(redis|pgbench)\t' "$records") direct
