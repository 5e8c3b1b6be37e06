/** Programs of busybox that the script calls; each becomes a link in /bin. */
export const APPLETS = [
  'sh', 'mount', 'insmod', 'dd', 'sha256sum', 'cat', 'grep', 'poweroff', 'sleep', 'printf', 'uname', 'dmesg',
  'cut', 'stat', 'stty',
] as const;

/**
 * The guest's /init. Lines for the host begin with `nb: `:
 *
 *     nb: init 1                          grammar version
 *     nb: kernel RELEASE
 *     nb: disk /dev/sda SECTORS           512-byte sectors
 *  nb: mode MODE transfer mode that the driver uses, from sysfs: XFER_PIO_4, XFER_MW_DMA_2,
 * XFER_UDMA_2, …
 *     nb: read BYTES                      the read begins
 *  nb: begin NAME / nb: end NAME around lines copied as they are; NAME, in this order: dd,
 * stat-before,
 *  stat-after (the first line of /proc/stat), interrupts-before, interrupts, dmesg
 *     nb: sha256 HEX                      of the bytes read
 *     nb: done                            then POST DDh and power off
 *     nb: error TEXT                      then POST EEh and power off
 *
 * POST codes go to port 80h through /dev/port: B0h before dd, B1h after it. From `nb: disk` on, the
 * kernel prints only errors to the console, so that it does not write into these lines; the dmesg
 * section has its lines about the disk.
 * @param modules file names below /modules, in load order
 */
export function initScript(modules: readonly string[]): string {
  return `#!/bin/sh
export PATH=/bin
post() { printf "$1" | dd of=/dev/port bs=1 seek=128 count=1 conv=notrunc status=none; }
# The host may stop at the last mark: what was printed must be out on the wire by then. stty waits for that.
drain() { stty -echo < /dev/console; }
fail() { echo "nb: error $1"; drain; post '\\356'; poweroff -f; sleep 9; }
copy() { echo "nb: begin $1"; cat "$2"; echo "nb: end $1"; }

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o size=90% tmpfs /tmp
echo "nb: init 1"
echo "nb: kernel $(uname -r)"

bytes=1048576
for word in $(cat /proc/cmdline); do
  case $word in nb.bytes=*) bytes=\${word#nb.bytes=} ;; esac
done
case $bytes in 0 | '' | *[!0-9]*) fail "nb.bytes=$bytes is no number of bytes" ;; esac
[ $((bytes % 512)) -eq 0 ] || fail "nb.bytes=$bytes is no multiple of 512"

# The kernel gives "module.parameter=value" only to what is built in; for the rest, that is the loader's work.
for module in ${modules.join(' ')}; do
  parameters=
  for word in $(cat /proc/cmdline); do
    case $word in \${module%.ko}.*=*) parameters="$parameters \${word#*.}" ;; esac
  done
  insmod /modules/$module $parameters || fail "insmod $module"
done

# Probing runs beside us.
tries=0
until [ -b /dev/sda ]; do
  tries=$((tries + 1))
  [ $tries -gt 300 ] && fail "no /dev/sda"
  sleep 0.1
done
dmesg -n 4
echo "nb: disk /dev/sda $(cat /sys/block/sda/size)"
mode=$(cat /sys/class/ata_device/dev1.0/xfer_mode)
echo "nb: mode $mode"
# A comparison with PIO that in truth ran by DMA would look right in every other line.
case " $(cat /proc/cmdline) " in
  *" libata.dma=0 "*) case $mode in *PIO*) ;; *) \
fail "libata.dma=0, but the mode is $mode" ;; esac ;;
esac
echo "nb: read $bytes"
drain

cat /proc/interrupts > /tmp/interrupts-before
read -r stat_before < /proc/stat
post '\\260'
dd if=/dev/sda of=/tmp/read bs=128k count=$bytes iflag=direct,count_bytes 2> /tmp/dd
code=$?
post '\\261'
read -r stat_after < /proc/stat
cat /proc/interrupts > /tmp/interrupts
copy dd /tmp/dd
[ $code -eq 0 ] || fail "dd ended with $code"
size=$(stat -c %s /tmp/read)
[ "$size" = "$bytes" ] || fail "dd read $size of $bytes bytes"
echo "nb: begin stat-before"; echo "$stat_before"; echo "nb: end stat-before"
echo "nb: begin stat-after"; echo "$stat_after"; echo "nb: end stat-after"
copy interrupts-before /tmp/interrupts-before
copy interrupts /tmp/interrupts
echo "nb: sha256 $(sha256sum /tmp/read | cut -c 1-64)"
echo "nb: begin dmesg"
dmesg | grep -E '\\] (ata|libata|scsi|sd )'
echo "nb: end dmesg"
echo "nb: done"
drain
post '\\335'
poweroff -f
`;
}
