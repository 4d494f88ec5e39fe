#!/usr/bin/env bash
# The images that ours are built on and run beside, under their vendors' names. With a registry in reach they are pulled;
# without one each is made of the Debian packages of this machine: enough to prove the wiring, not the vendor's build.
# It says for each image which of the two it is. Making all of them takes seconds; a second run finds them.

. "$(dirname "${BASH_SOURCE[0]}")/containers.sh"

bases_here=$SIDECARS_ROOT/eng/bases
bases_digest=$(cat "$0" "$bases_here"/*/* | sha256sum | cut -c 1-16)
bases_stamps=$SIDECARS_WORK/containers/stamps
mkdir -p "$bases_stamps"
root=''

# What a file system of the vendors' layout starts with; /bin, /lib ... point into /usr.
new_root() {
  local name
  root=$SIDECARS_WORK/containers/root
  rm -rf "$root"
  mkdir -p "$root"/{dev,etc/ssl/certs,home,opt,proc,run,sys,tmp,usr/{bin,lib,lib64,sbin},var/{cache,lib,log,tmp}}
  for name in bin lib lib64 sbin; do ln -s "usr/$name" "$root/$name"; done
  chmod 1777 "$root/tmp" "$root/var/tmp"
  cp /etc/os-release "$root/etc/"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
}

# add_user NAME ID HOME
add_user() {
  printf '%s:x:%s:%s::%s:/bin/false\n' "$1" "$2" "$2" "$3" >>"$root/etc/passwd"
  printf '%s:x:%s:\n' "$1" "$2" >>"$root/etc/group"
}

# Files of the host as they are, folders with what is in them; links become what they lead to.
add() {
  tar -C / -c -h --ignore-failed-read "${@#/}" 2>/dev/null | tar -C "$root" -x --keep-directory-symlink
}

# Programs or libraries, with every library they load.
add_with_libraries() {
  local paths
  paths=$({ printf '%s\n' "$@"; ldd "$@" | grep -o '/[^ :]*' ; } | sort -u)
  # shellcheck disable=SC2086
  add $paths
}

library() {
  ldconfig -p | sed -n "s,^[[:space:]]*$1 (libc6.*$(uname -m | tr _ -).*=> ,,p" | head -n 1
}

add_busybox() {
  cp "$(command -v busybox)" "$root/usr/bin/busybox"
  "$root/usr/bin/busybox" --list | while read -r name; do
    [ -e "$root/usr/bin/$name" ] || ln -s busybox "$root/usr/bin/$name"
  done
}

# commit NAME CHANGE...: the root becomes the image; changes are Dockerfile lines. An image of the same content is left
# as it is: what was built on it need not be built again.
commit() {
  local name=$1 archive=$root.tar changes=() content line
  shift
  tar -C "$root" --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -cf "$archive" .
  content=$({ printf '%s\n' "$@"; cat "$archive"; } | sha256sum | cut -c 1-16)
  if [ "$(stand_in "$name")" != "$content" ]; then
    for line in "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "LABEL sidecars.stand-in=$content" "$@"; do
      changes+=(--change "$line")
    done
    podman import -q "${changes[@]}" "$archive" "$name" >/dev/null
  fi
  rm -rf "$root" "$archive"
}

# The mark of a stand-in; nothing for the vendor's image, or for none.
stand_in() {
  podman image inspect -f '{{index .Labels "sidecars.stand-in"}}' "$1" 2>/dev/null | sed 's/<no value>//'
}

make_runtime_deps() {
  new_root
  add_user app 1654 /home/app
  local names=() name
  for name in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libresolv.so.2 libgcc_s.so.1 libstdc++.so.6 \
              libssl.so.3 libcrypto.so.3 libz.so.1; do
    names+=("$(library "$name")")
  done
  add_with_libraries "${names[@]}"
  add /usr/share/zoneinfo /etc/ssl/openssl.cnf
  mkdir -p "$root/usr/lib/ssl" "$root/home/app"
  ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
  ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
  ln -s /etc/ssl/openssl.cnf "$root/usr/lib/ssl/openssl.cnf"
  commit "$1" "ENV APP_UID=1654" "ENV ASPNETCORE_HTTP_PORTS=8080" "ENV DOTNET_RUNNING_IN_CONTAINER=true" "USER 1654"
}

# A skeleton: the SDK, the compiler and the linker are the machine's own, mounted by eng/images.sh while it builds.
make_sdk() {
  new_root
  add /etc/ld.so.cache /etc/ld.so.conf /etc/ld.so.conf.d /etc/passwd /etc/group
  # Restoring packages may need authorities that only this machine trusts.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  mkdir -p "$root/root/.nuget/packages"
  cp -a /etc/alternatives "$root/etc/"
  local changes=("ENV DOTNET_RUNNING_IN_CONTAINER=true" "ENV DOTNET_NOLOGO=true" "ENV DOTNET_CLI_TELEMETRY_OPTOUT=1"
    "ENV PATH=$DOTNET_ROOT:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
  [ -z "${NUGET_CERT_REVOCATION_MODE:-}" ] || changes+=("ENV NUGET_CERT_REVOCATION_MODE=$NUGET_CERT_REVOCATION_MODE")
  commit "$1" "${changes[@]}"
}

nginx_root() {
  new_root
  add_user nginx 101 /nonexistent
  add_with_libraries /usr/sbin/nginx
  add_busybox
  add /etc/nginx/mime.types
  mkdir -p "$root"/{etc/nginx/conf.d,usr/share/nginx/html,var/cache/nginx,var/log/nginx}
  cp "$bases_here/nginx/nginx.conf" "$root/etc/nginx/nginx.conf"
  cp "$bases_here/nginx/default.conf" "$root/etc/nginx/conf.d/default.conf"
  printf '<!DOCTYPE html>\n<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>\n' >"$root/usr/share/nginx/html/index.html"
  ln -s ../cache/nginx "$root/var/lib/nginx"
  # As the vendor has it: the logs are links to the standard streams, until a volume is mounted over their folder.
  ln -s /dev/stdout "$root/var/log/nginx/access.log"
  ln -s /dev/stderr "$root/var/log/nginx/error.log"
  chmod 777 "$root/var/cache/nginx" "$root/var/log/nginx"
}

make_nginx() {
  nginx_root
  commit "$1" "EXPOSE 80" "STOPSIGNAL SIGQUIT" 'CMD ["nginx", "-g", "daemon off;"]'
}

make_nginx_unprivileged() {
  nginx_root
  sed -i -e '/^user /d' -e 's,^pid .*,pid        /tmp/nginx.pid;,' \
    -e 's,^http {,&\n    client_body_temp_path /tmp/client_temp;\n    proxy_temp_path       /tmp/proxy_temp;\n    fastcgi_temp_path     /tmp/fastcgi_temp;\n    uwsgi_temp_path       /tmp/uwsgi_temp;\n    scgi_temp_path        /tmp/scgi_temp;\n,' \
    "$root/etc/nginx/nginx.conf"
  sed -i 's/listen       80;/listen       8080;/' "$root/etc/nginx/conf.d/default.conf"
  commit "$1" "USER 101" "EXPOSE 8080" "STOPSIGNAL SIGQUIT" 'CMD ["nginx", "-g", "daemon off;"]'
}

make_busybox() {
  new_root
  add_busybox
  commit "$1" 'CMD ["sh"]'
}

make_mariadb() {
  new_root
  add_user mysql 999 /var/lib/mysql
  add_with_libraries /usr/sbin/mariadbd /usr/bin/mariadb /usr/bin/my_print_defaults /usr/bin/resolveip
  add_busybox
  # The server's scripts, messages and character sets.
  add /usr/bin/mariadb-install-db /usr/share/mysql
  mkdir -p "$root"/{docker-entrypoint-initdb.d,etc/mysql,run/mysqld,usr/local/bin,var/lib/mysql}
  chmod 777 "$root/run/mysqld" "$root/var/lib/mysql"
  install -m 755 "$bases_here/mariadb/entrypoint.sh" "$root/usr/local/bin/docker-entrypoint.sh"
  commit "$1" "EXPOSE 3306" 'ENTRYPOINT ["docker-entrypoint.sh"]' 'CMD ["mariadbd"]'
}

registry_in_reach() {
  [ -n "${registry:-}" ] || { timeout 30 "${podman_command[@]}" pull -q docker.io/library/busybox:1.37 >/dev/null 2>&1 && registry=yes || registry=no; }
  [ "$registry" = yes ]
}

# base NAME FUNCTION: found, pulled or made.
base() {
  local name=$1 stamp
  stamp=$bases_stamps/$(printf '%s' "$name" | tr / _)
  if podman image exists "$name"; then
    [ -n "$(stand_in "$name")" ] || { echo "$name: the vendor's"; return; }
    [ "$(cat "$stamp" 2>/dev/null)" != "$bases_digest" ] || { echo "$name: stand-in of Debian packages"; return; }
  fi
  if registry_in_reach && podman pull -q "$name" >/dev/null; then
    echo "$name: the vendor's, pulled"
  else
    "$2" "$name"
    printf '%s\n' "$bases_digest" >"$stamp"
    echo "$name: stand-in of Debian packages, made ($(($(podman image inspect -f '{{.Size}}' "$name") / 1000000)) MB)"
  fi
}

base mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled make_runtime_deps
base mcr.microsoft.com/dotnet/sdk:10.0-noble-aot make_sdk
base docker.io/library/nginx:1.29 make_nginx
base docker.io/nginxinc/nginx-unprivileged:1.29 make_nginx_unprivileged
base docker.io/library/busybox:1.37 make_busybox
base docker.io/library/mariadb:11 make_mariadb
