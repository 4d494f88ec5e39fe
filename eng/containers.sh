#!/usr/bin/env bash
# The container engine that builds and runs our images: podman with a store, a network and a configuration of its own,
# so that nothing of the machine's is touched. A Docker API socket serves Testcontainers and the pod tests.
#
#   eng/containers.sh start      make the base images, start the Docker API socket
#   eng/containers.sh stop       end what "start" started
#   eng/containers.sh env        print the environment: eval "$(eng/containers.sh env)"
#   eng/containers.sh podman ... podman on our store, for looking around
#   . eng/containers.sh          the same as functions: containers_start, containers_stop; the environment is set
#
# Environment: SIDECARS_CONTAINERS=podman, DOCKER_HOST=unix://..., TESTCONTAINERS_RYUK_DISABLED=true,
# CONTAINERS_CONF, CONTAINERS_STORAGE_CONF, CONTAINERS_REGISTRIES_CONF (podman's own).

# The engine runs as root (by sudo where the caller is not); the socket belongs to the caller.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# One number per work folder keeps clones on one machine apart: their networks and their sockets, whose paths must be short.
containers_id=$(printf '%s' "$SIDECARS_WORK" | cksum | cut -d ' ' -f 1)
containers_etc=$SIDECARS_WORK/containers
# Not under the work folder: it must be gone after a reboot, when podman takes its containers for running otherwise.
if [ "$(id -u)" -eq 0 ]; then containers_run=/run/sidecars-$containers_id
else containers_run=${XDG_RUNTIME_DIR:-/tmp}/sidecars-$containers_id; fi

podman_command=(podman)
[ "$(id -u)" -eq 0 ] || podman_command=(sudo
  --preserve-env=CONTAINERS_CONF,CONTAINERS_STORAGE_CONF,CONTAINERS_REGISTRIES_CONF podman)

podman() {
  command "${podman_command[@]}" "$@"
}

containers_environment() {
  cat <<ENVIRONMENT
export SIDECARS_CONTAINERS=podman
export SIDECARS_WORK=$SIDECARS_WORK
export CONTAINERS_CONF=$containers_etc/containers.conf
export CONTAINERS_STORAGE_CONF=$containers_etc/storage.conf
export CONTAINERS_REGISTRIES_CONF=$containers_etc/registries.conf
export DOCKER_HOST=unix://$containers_run/docker.sock
export TESTCONTAINERS_RYUK_DISABLED=true
ENVIRONMENT
}

containers_configure() {
  local files subnet
  files=$(ulimit -Hn)
  [ "$files" != unlimited ] || files=1048576
  subnet=10.$((64 + containers_id % 64)).$((containers_id / 64 % 256)).0/24
  mkdir -p "$containers_etc/networks" "$containers_run"
  cat >"$containers_etc/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$SIDECARS_WORK/store"
runroot = "$containers_run/storage"
CONF
  # runc, cgroupfs and the limits: what also works as root inside a virtual machine or container with hybrid cgroups.
  # The delay: each command that the API ran inside a container leaves a process for that long, five minutes otherwise.
  cat >"$containers_etc/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$files:$files", "nproc=32768:32768"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
exit_command_delay = 10
runtime = "runc"
lock_type = "file"
tmp_dir = "$containers_run/libpod"
[network]
network_backend = "netavark"
network_config_dir = "$containers_etc/networks"
default_subnet = "$subnet"
CONF
  printf 'unqualified-search-registries = ["docker.io"]\n' >"$containers_etc/registries.conf"
}

containers_service_pid() {
  local pid
  pid=$(cat "$containers_run/service.pid" 2>/dev/null) || return 1
  grep -qsE 'podman|sudo' "/proc/$pid/comm" && printf '%s\n' "$pid"
}

containers_start_service() {
  if containers_service_pid >/dev/null; then echo "already running"; return 0; fi
  as_root rm -f "$containers_run/docker.sock"
  setsid "${podman_command[@]}" system service --time=0 "$DOCKER_HOST" >"$SIDECARS_LOGS/podman-service.log" 2>&1 </dev/null &
  echo $! >"$containers_run/service.pid"
  local tries=100
  until as_root chown "$(id -u)" "$containers_run/docker.sock" 2>/dev/null &&
    curl -sf --unix-socket "$containers_run/docker.sock" http://localhost/_ping; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ] || ! containers_service_pid >/dev/null; then
      cat "$SIDECARS_LOGS/podman-service.log"
      return 1
    fi
    sleep 0.1
  done
}

# A container that runs and ends well is the proof; that podman is installed is none.
containers_check() {
  [ -x "$(type -P podman)" ] || { echo "podman is not installed"; return 1; }
  podman run --rm --network none docker.io/library/busybox:1.37 true
}

# Returns 1, with the failing step and its log named, where no engine can run.
containers_start() {
  run_step "Base images" "$SIDECARS_ROOT/eng/bases.sh" || return 1
  sed -n '/: the vendor\|: stand-in/s/^/    /p' "$SIDECARS_LOGS/Base-images.log"
  run_step "Container engine" containers_check || return 1
  run_step "Docker API" containers_start_service || return 1
}

containers_stop() {
  local pid
  pid=$(containers_service_pid) || return 0
  as_root bash -c "kill $pid"
  rm -f "$containers_run/service.pid"
}

containers_configure
eval "$(containers_environment)"

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1:-} in
    start) containers_start ;;
    stop) containers_stop ;;
    env) containers_environment ;;
    podman) shift; podman "$@" ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
fi
