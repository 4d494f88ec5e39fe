#!/usr/bin/env bash
# Builds our three images from their Dockerfiles as sidecars/<name>:<version>, and says how large image and binary are.
# An image whose sources did not change since is left alone.
#
#   eng/images.sh [NAME...]      needs the base images: eng/containers.sh start

. "$(dirname "${BASH_SOURCE[0]}")/containers.sh"

cd "$SIDECARS_ROOT"
version=$(sed -n 's,.*<Version>\(.*\)</Version>.*,\1,p' Directory.Build.props)
runtime=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
sdk=mcr.microsoft.com/dotnet/sdk:10.0-noble-aot

# What one image is made of, as one number.
sources_digest() {
  local project=src/Sidecars.${1^}
  {
    podman image inspect -f '{{.Id}}' "$runtime"
    find "Dockerfile.$1" .dockerignore global.json Directory.*.props .editorconfig eng/*.txt src/*.props src/Sidecars.Common "$project" \
      \( -name bin -o -name obj \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum | cut -c 1-16
}

# The stand-in of the SDK is a skeleton: the machine's own SDK, compiler and linker are mounted, and its NuGet packages.
mounts=()
if [ -n "$(podman image inspect -f '{{index .Labels "sidecars.stand-in"}}' "$sdk" | sed 's/<no value>//')" ]; then
  packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
  mkdir -p "$packages"
  mounts=(--network host -v /usr:/usr:ro -v "$packages:/root/.nuget/packages")
  case $DOTNET_ROOT in /usr/*) ;; *) mounts+=(-v "$DOTNET_ROOT:$DOTNET_ROOT:ro") ;; esac
fi

# A warning fails the build: the compiler makes errors of its own and of Native AOT's, this finds the others. The image
# gets its name only then.
build() {
  local log=$SIDECARS_LOGS/build-$1.log
  podman build --pull=never --layers "${mounts[@]}" --label "sidecars.sources=$2" --iidfile "$log.id" -f "Dockerfile.$1" . 2>&1 |
    tee "$log" || return 1
  ! grep -E 'warning [A-Z]{2,}[0-9]+' "$log" || return 1
  podman tag "$(as_root cat "$log.id")" "docker.io/sidecars/$1:$version"
  # Each build leaves its layers for the next one; those of the day before yesterday served it long enough.
  podman image prune -f --filter until=48h
}

sizes() {
  local image=docker.io/sidecars/$1:$version folder binary
  folder=$(podman image mount "$image")
  binary=$(as_root stat -c %s "$folder/usr/bin/$1")
  podman image umount "$image" >/dev/null
  printf '    %-22s image %5.1f MB, binary %5.1f MB\n' "$1:$version" \
    "$(($(podman image inspect -f '{{.Size}}' "$image") / 10000))e-2" "$((binary / 10000))e-2"
}

for name in ${*:-$SIDECARS_NAMES}; do
  digest=$(sources_digest "$name")
  built=$(podman image inspect -f '{{index .Labels "sidecars.sources"}}' "docker.io/sidecars/$name:$version" 2>/dev/null) || true
  [ "$built" = "$digest" ] || step "Image $name" build "$name" "$digest"
  sizes "$name"
done
