#!/bin/sh
# Builds the guest programs: guest/build.sh [OUTPUT DIRECTORY] (default: images/ beside this file).
# Needs gcc that can -m32, and GNU ld. Same compiler, same bytes: no paths, no dates, no build id.
set -eu
cd "$(dirname "$0")"
out=${1:-images}
mkdir -p "$out"
out=$(cd "$out" && pwd)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
CC=${CC:-gcc}
# i486: the least that the boards offer; no floating point but in x87.c, whose subject it is.
CFLAGS="-m32 -march=i486 -mtune=i686 -std=gnu11 -ffreestanding -nostdinc -fno-pic -fno-pie -fno-stack-protector
  -fno-asynchronous-unwind-tables -fcf-protection=none -fno-ident -fno-builtin -fno-strict-aliasing -fno-toplevel-reorder
  -mpreferred-stack-boundary=2 -Wall -Wextra -Werror -Iruntime"
LDFLAGS="-m32 -nostdlib -static -no-pie -s -Wl,--build-id=none,-z,noexecstack,-z,norelro,--nmagic,--no-warn-rwx-segments
  -Wl,-T,runtime/link.ld"
RUNTIME="runtime/start.S runtime/boot.c runtime/serial.c runtime/interrupts.c runtime/memory.c"
DISK="runtime/ata.c runtime/pci.c runtime/busmaster.c"

# build NAME SOURCE…
build() {
  name=$1
  shift
  list=
  for source in "$@"; do
    object="$objects/$(echo "$source" | tr '/.' '__').o"
    # Where speed is the subject; everything else is short.
    case $name/$source in benchmark/* | */work.c) optimize=-O2 ;; *) optimize=-Os ;; esac
    case $source in */x87.c) float="-mfpmath=387 -fno-math-errno" ;; *) float=-mgeneral-regs-only ;; esac
    # shellcheck disable=SC2086 # the flags are words
    "$CC" $CFLAGS $optimize $float -c "$source" -o "$object"
    list="$list $object"
  done
  # shellcheck disable=SC2086
  "$CC" $LDFLAGS $list -o "$out/$name.elf"
  chmod 644 "$out/$name.elf"
}

build disk-read $RUNTIME $DISK runtime/sha256.c disk-read/main.c disk-read/pio.c disk-read/dma.c
build cpu-loop $RUNTIME cpu-loop/main.c cpu-loop/work.c
build faults $RUNTIME $DISK faults/main.c
build benchmark $RUNTIME runtime/sha256.c benchmark/main.c benchmark/sort.c benchmark/digest.c benchmark/copy.c benchmark/chase.c \
  benchmark/x87.c benchmark/access.c
