# Glue for the side-by-side runs of this folder: packages, processes, what they use, and the table at the end. To be sourced, by a
# script that has set "usage" to what --help prints.
#
# Everything is on loopback and under $work (made anew, removed at the end); every process started here ends with the script.

# shellcheck source-path=SCRIPTDIR source=../eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../eng/lib.sh"

ticks=$(getconf CLK_TCK)
work=''
pid=''
running=()
records=''

# begin NAME: a folder to work in, in DIRECTORY (--directory) or beside what else is made, and the end of everything
begin() {
  mkdir -p "${directory:-$SIDECARS_WORK/bench}"
  work=$(mktemp -d "${directory:-$SIDECARS_WORK/bench}/$1.XXXXXX")
  records=$work/records.tsv
  : >"$records"
  trap finish EXIT
  trap 'exit 130' INT TERM
}

finish() {
  stop_all
  [ -z "$work" ] || rm -rf "$work"
}

bench_packages() {
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  step "Packages" install_packages
  [ ${#missing[@]} -eq 0 ] || step "Packages of the measure" apt_install_quietly "${missing[@]}"
}

# build_tools NAME...: bench/tools/NAME.c to $tools/NAME
build_tools() {
  local name
  tools=$SIDECARS_WORK/bench/tools
  mkdir -p "$tools"
  for name in "$@"; do
    step "Build $name" gcc -O3 -Wall -D_GNU_SOURCE -o "$tools/$name" "$SIDECARS_ROOT/bench/tools/$name.c" -lz
  done
}

# sidecar_binary NAME: the program that was asked for with --binary, else the published one. Sets sidecar_env to what its image sets.
sidecar_binary() {
  if [ -z "${binary:-}" ]; then
    "$SIDECARS_ROOT/eng/publish.sh" "$1"
    binary=$SIDECARS_WORK/bin/$1/$1
  fi
  [ -x "$binary" ] || { echo "$binary is not a program" >&2; exit 2; }
  # shellcheck disable=SC2034
  mapfile -t sidecar_env < <(sed -n 's/^ENV //p' "$SIDECARS_ROOT/Dockerfile.$1")
}

free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM << 15 | RANDOM) % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%d\n' "$port"; return; }
  done
}

# start NAME COMMAND...: in the background, its output in $work/NAME.log; sets pid
start() {
  local name=$1
  shift
  "$@" >>"$work/$name.log" 2>&1 </dev/null &
  pid=$!
  running+=("$pid")
}

# stop PID: by SIGTERM, within 20 s, then by force
stop() {
  local wait left=()
  kill "$1" 2>/dev/null || true
  for ((wait = 0; wait < 400; wait++)); do
    kill -0 "$1" 2>/dev/null || break
    sleep .05
  done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  for wait in "${running[@]}"; do [ "$wait" = "$1" ] || left+=("$wait"); done
  running=("${left[@]+"${left[@]}"}")
}

stop_all() {
  local one
  for one in "${running[@]+"${running[@]}"}"; do stop "$one"; done
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; fails, and says so, after the seconds.
# It looks every $pause seconds (.1): rarely, as looking costs time that what is measured could have
wait_for() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" 2>/dev/null; do
    if [ "$SECONDS" -ge "$until" ]; then
      echo "    no $what in time" >&2
      return 1
    fi
    sleep "${pause:-.1}"
  done
}

show_log() {
  echo "    what $1 said:" >&2
  grep -v '^$' "$work/$1.log" | head -n 6 | cut -c 1-300 | sed 's/^/      /' >&2
}

accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

with_children() {
  local child
  printf '%s\n' "$1"
  # shellcheck disable=SC2013
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do with_children "$child"; done
}

# cpu_of PID: seconds of processor time, user and system, of a process and its children
cpu_of() {
  local one
  for one in $(with_children "$1"); do sed 's/.*) //' "/proc/$one/stat" 2>/dev/null || true; done |
    awk -v ticks="$ticks" '{ sum += $12 + $13 } END { printf "%.2f\n", sum / ticks }'
}

# memory_of PID VmHWM|VmRSS: MiB, of a process and its children together; what they share counts in each
memory_of() {
  local one
  for one in $(with_children "$1"); do sed -n "s/^$2:[[:space:]]*\([0-9]*\) kB/\1/p" "/proc/$one/status" 2>/dev/null || true; done |
    awk '{ sum += $1 } END { printf "%.1f\n", sum / 1024 }'
}

number() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }"; }

# record CASE CONTESTANT ROUND METRIC VALUE; without a value nothing
record() {
  [ -n "$5" ] || return 0
  printf '%s\t%s\t%s\t%s\t%s\n' "$@" >>"$records"
}

# report FILE REFERENCE...: the medians as Markdown tables, one for each case. The ratio is that of the first figure to the first of
# the references that took part in the case, taken within each round; of the rounds' ratios it is the median.
report() {
  local file=$1
  shift
  awk -F '\t' -v references="$*" '
    function median(values, count,   i, j, t) {
      for (i = 2; i <= count; i++) for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
      return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
    }
    {
      if (!($1 in seen)) { seen[$1] = 1; cases[++case_count] = $1 }
      if (!(($1, $2) in who)) { who[$1, $2] = 1; names[$1, ++name_count[$1]] = $2 }
      if (!(($1, $4) in what)) { what[$1, $4] = 1; metrics[$1, ++metric_count[$1]] = $4 }
      value[$1, $2, $3, $4] = $5
      if ($3 + 0 > rounds) rounds = $3 + 0
    }
    END {
      split(references, wanted, " ")
      for (c = 1; c <= case_count; c++) {
        name = cases[c]; reference = ""
        for (i = length(wanted); i >= 1; i--) if ((name, wanted[i]) in who) reference = wanted[i]
        line = "| " name; rule = "|---"
        for (m = 1; m <= metric_count[name]; m++) { line = line " | " metrics[name, m]; rule = rule "|---" }
        print ""; print line (reference == "" ? " |" : " | ratio to " reference " |"); print rule (reference == "" ? "|" : "|---|")
        for (n = 1; n <= name_count[name]; n++) {
          one = names[name, n]; line = "| " one
          for (m = 1; m <= metric_count[name]; m++) {
            count = 0; delete list
            for (r = 1; r <= rounds; r++) if ((name, one, r, metrics[name, m]) in value) list[++count] = value[name, one, r, metrics[name, m]]
            line = line " | " (count ? sprintf("%.6g", median(list, count)) (count < rounds ? " (of " count ")" : "") : "-")
          }
          count = 0; delete list; first = metrics[name, 1]
          for (r = 1; r <= rounds; r++) if ((name, one, r, first) in value && value[name, reference, r, first] + 0 > 0) list[++count] = value[name, one, r, first] / value[name, reference, r, first]
          print line (reference == "" ? " |" : " | " (count ? sprintf("%.2f", median(list, count)) : "-") " |")
        }
      }
    }' "$file"
}

machine() {
  printf '%s, %s cores of %s, load %s at the start\n' "$(date -u +%F)" "$(nproc)" \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(cut -d ' ' -f 1 /proc/loadavg)"
}
