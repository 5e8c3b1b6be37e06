/** Programs of the prepared guest's busybox that a job finds in /bin, beside those of its init. */
export const JOB_APPLETS = [
  'arp', 'arping', 'awk', 'base64', 'blockdev', 'cmp', 'cp', 'date', 'devmem', 'echo', 'env', 'expr', 'false',
  'find', 'free', 'head', 'hexdump', 'id', 'ifconfig', 'ip', 'kill', 'killall', 'ln', 'losetup', 'ls', 'lsmod',
  'md5sum', 'microcom', 'mke2fs', 'mkdir', 'mkdosfs', 'mkfifo', 'mknod', 'modprobe', 'mv', 'nc', 'nproc', 'od',
  'pidof', 'ping', 'ps', 'pwd', 'readlink', 'rev', 'rm', 'rmdir', 'rmmod', 'route', 'sed', 'seq', 'setsid', 'sort',
  'sync', 'sysctl', 'tail', 'taskset', 'tee', 'test', 'time', 'timeout', 'top', 'touch', 'tr', 'true', 'truncate',
  'udhcpc', 'umount', 'uniq', 'usleep', 'wc', 'xargs', 'xxd', 'yes',
] as const;

/** A module of a job: its file in /modules, without `.ko`, and its parameters. */
export interface LoadedModule {
  readonly name: string;
  readonly parameters: string;
}

/**
 * The /init of a job. What it prints for the host begins with `nb: `:
 *
 *     nb: job 1                           version of this grammar
 *     nb: kernel RELEASE
 *     …                                   what the job's script says
 *     nb: begin NAME / nb: end NAME       around lines that are copied as they are
 *     nb: done                            then POST DDh and power off
 *     nb: error TEXT                      then POST EEh and power off
 *
 * From `nb: kernel` on the kernel prints nothing but emergencies to the console.
 * @param variables shell variables that are set for the script
 */
export function jobInit(
  modules: readonly LoadedModule[], variables: Readonly<Record<string, string>>, script: string,
): string {
  return `#!/bin/sh
export PATH=/bin
post() { printf "$1" | dd of=/dev/port bs=1 seek=128 count=1 conv=notrunc status=none; }
# The host may stop at the last mark: what was printed must be out on the wire by then. stty waits for that.
drain() { stty -echo < /dev/console; }
fail() { dmesg | tail -n 4; echo "nb: error $1"; drain; post '\\356'; poweroff -f; sleep 9; }
# copy NAME FILE: a section of what is in a file; section NAME COMMAND…: of what a command prints.
copy() { echo "nb: begin $1"; cat "$2"; echo "nb: end $1"; }
section() { name=$1; shift; echo "nb: begin $name"; "$@"; echo "nb: end $name"; }
# wait_for FILE [TENTHS]: until it is there; probing runs beside us.
wait_for() {
  tries=0
  until [ -e "$1" ]; do
    tries=$((tries + 1))
    [ $tries -gt \${2:-100} ] && fail "no $1"
    sleep 0.1
  done
}
# What stands between the two is measured.
measure_begin() {
  drain
  cat /proc/interrupts > /tmp/interrupts-before
  read -r stat_before < /proc/stat
  post '\\260'
}
measure_end() {
  post '\\261'
  read -r stat_after < /proc/stat
  cat /proc/interrupts > /tmp/interrupts
}
# What the kernel counted meanwhile, as sections.
measured() {
  section stat-before echo "$stat_before"
  section stat-after echo "$stat_after"
  copy interrupts-before /tmp/interrupts-before
  copy interrupts /tmp/interrupts
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o size=90% tmpfs /tmp
dmesg -n 1
echo "nb: job 1"
echo "nb: kernel $(uname -r)"
${Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`).join('')}\
${modules.map(insmod).join('')}
${script.trim()}

echo "nb: done"
drain
post '\\335'
poweroff -f
sleep 9
`;
}

function insmod({ name, parameters }: LoadedModule): string {
  return `insmod ${`/modules/${name}.ko ${parameters}`.trimEnd()} || fail "insmod ${name}"\n`;
}
