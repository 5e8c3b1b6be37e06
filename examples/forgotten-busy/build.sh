#!/bin/sh
# Builds the driver with its mistake and without: build.sh [OUTPUT DIRECTORY] (default: beside this file).
# Needs gcc that can -m32, and GNU ld. Same compiler, same bytes.
set -eu
cd "$(dirname "$0")"
out=${1:-.}
mkdir -p "$out"
CC=${CC:-gcc}
# build NAME FLAG…
build() {
  name=$1
  shift
  "$CC" -m32 -march=i486 -Os -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-stack-protector -fno-ident \
    -fno-asynchronous-unwind-tables -fcf-protection=none -fno-builtin -fno-toplevel-reorder -mgeneral-regs-only \
    -Wall -Wextra -Werror "$@" driver.c -nostdlib -static -no-pie -s \
    -Wl,--build-id=none,-z,noexecstack,--nmagic,--no-warn-rwx-segments,-T,link.ld -o "$out/$name.elf"
  chmod 644 "$out/$name.elf"
}
build forgotten-busy
build waits -DWAIT
