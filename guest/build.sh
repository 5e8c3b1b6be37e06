#!/bin/sh
# Builds the guest programs: guest/build.sh [OUTPUT DIRECTORY [PROGRAM…]] (default: all, to images/ beside this file).
# A program is a folder with a main.c; runtime and drivers are a library of which it gets what it uses.
# Programs in linux/ run under Linux, over linux/runtime; their images go to linux/ in the output directory.
# Needs gcc that can -m32, and GNU binutils. Same compiler, same bytes: no paths, no dates, no build id.
set -eu
cd "$(dirname "$0")"
out=${1:-images}
[ $# -gt 0 ] && shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
CC=${CC:-gcc}
AR=${AR:-ar}
# i486: the least that the boards offer; no floating point but in x87.c, whose subject it is.
CFLAGS="-m32 -march=i486 -mtune=i686 -std=gnu11 -ffreestanding -nostdinc -fno-pic -fno-pie -fno-stack-protector
  -fno-asynchronous-unwind-tables -fcf-protection=none -fno-ident -fno-builtin -fno-strict-aliasing -fno-toplevel-reorder
  -mpreferred-stack-boundary=2 -Wall -Wextra -Werror -Iruntime -Iruntime/x86 -Idrivers -Ilinux/runtime"
LDFLAGS="-m32 -nostdlib -static -no-pie -s -Wl,--build-id=none,-z,noexecstack,-z,norelro,--nmagic,--no-warn-rwx-segments
  -Wl,-T,runtime/x86/link.ld"

# compile PROGRAM SOURCE: prints the object's path.
compile() {
  object="$objects/$(echo "$1-$2" | tr '/.' '__').o"
  # Where speed is the subject; everything else is short.
  case $1/$2 in benchmark/* | */work.c) optimize=-O2 ;; *) optimize=-Os ;; esac
  case $2 in */x87.c) float="-mfpmath=387 -fno-math-errno" ;; *) float=-mgeneral-regs-only ;; esac
  # shellcheck disable=SC2086 # the flags are words
  "$CC" $CFLAGS $optimize $float -c "$2" -o "$object"
  echo "$object"
}

build() {
  own=
  library=
  for source in "$1"/*.c; do own="$own $(compile "$1" "$source")"; done
  for source in runtime/x86/*.c runtime/x86/*_stubs.S runtime/*.c drivers/*.c; do library="$library $(compile "$1" "$source")"; done
  # shellcheck disable=SC2086 # the objects are words
  "$AR" rcsD "$objects/$1.a" $library
  # shellcheck disable=SC2086
  "$CC" $LDFLAGS "$(compile "$1" runtime/x86/start.S)" $own "$objects/$1.a" -o "$out/$1.elf"
  chmod 644 "$out/$1.elf"
}

# Under Linux: at the usual place; no padding between the segments.
LINUX_LDFLAGS="-m32 -nostdlib -static -no-pie -s -Wl,--build-id=none,-z,noexecstack,-z,norelro,-z,noseparate-code"

build_linux() {
  own=
  library=
  mkdir -p "$out/linux"
  for source in "$1"/*.c; do own="$own $(compile "$1" "$source")"; done
  for source in linux/runtime/*.c runtime/print.c runtime/sha256.c runtime/x86/memory.c; do
    library="$library $(compile "$1" "$source")"
  done
  # shellcheck disable=SC2086 # the objects are words
  "$AR" rcsD "$objects/linux.a" $library
  # shellcheck disable=SC2086
  "$CC" $LINUX_LDFLAGS "$(compile "$1" linux/runtime/start.S)" $own "$objects/linux.a" -o "$out/$1.elf"
  rm "$objects/linux.a"
  chmod 644 "$out/$1.elf"
}

if [ $# -eq 0 ]; then
  set -- */main.c linux/*/main.c
fi
for program in "$@"; do
  case $program in
    linux/*) build_linux "${program%/main.c}" ;;
    *) build "${program%/main.c}" ;;
  esac
done
