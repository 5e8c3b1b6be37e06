import { GuestFailure } from '../../failure.ts';
import { asciiBytes } from '../../snapshot-blob.ts';
import type { DebianFiles, Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';
import { bgf, psf } from './fonts.ts';
import { pagePixels, pageText, type Page } from './page.ts';

/** Who draws, and how the kernel has made the card's memory known to the processor. */
export const FB_DRAW_METHODS = ['console', 'write', 'mmap', 'mmap-uc'] as const;
export type FbDrawMethod = (typeof FB_DRAW_METHODS)[number];

/** POST code of guest/linux/fb-draw beside `begin` and `end`: what was drawn has been shown. */
export const POST_SHOWN = 0xc0;

/** bterm, a terminal that draws by itself, and what it needs of the C library. */
export const BTERM: readonly DebianFiles[] = [
  { package: 'bogl-bterm', files: ['usr/bin/bterm'] },
  { package: 'libc6', files: ['lib/i386-linux-gnu/ld-linux.so.2', 'lib/i386-linux-gnu/libc.so.6'] },
  { package: 'libc-bin', files: ['usr/lib/locale/C.utf8/LC_CTYPE'] },
];

/** Black on grey, a cleared page, and no cursor: as bterm begins. */
const AS_BTERM = String.raw`printf '\033[30;47m\033[?25l\033[H\033[2J' > /dev/tty1`;

/** The kernel's fbcon draws what is written to /dev/tty1, in the firmware's font. */
const CONSOLE = `
busybox loadfont < /modules/font.psf || fail "no font"
${AS_BTERM}
fb-draw /modules/page > /dev/tty1 2> /tmp/why || fail "$(cat /tmp/why)"
`;

/** A whole picture by the kernel's copy to the card. */
const WRITE = `
${AS_BTERM}
fb-draw /modules/picture > /dev/fb0 2> /tmp/why || fail "$(cat /tmp/why)"
`;

/** bterm maps /dev/fb0; what our program prints in it, it draws. */
const MMAP = String.raw`
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
cat > /bin/inside << 'X'
#!/bin/sh
printf '\033[?25l'
grep -A 30 /dev/fb0 /proc/$PPID/smaps | grep -E '/dev/fb0|VmFlags' | head -n 2 > /tmp/mapping
exec fb-draw /modules/page terminal 2> /tmp/why
X
busybox chmod 755 /bin/inside
bterm -f /modules/font.bgf -l C.UTF-8 /bin/inside < /dev/tty1 > /dev/tty1 2>> /tmp/why || fail "bterm: $(cat /tmp/why)"
copy mapping /tmp/mapping
`;

/** Debian on a display card that shows pixels: its vesafb gives /dev/fb0. */
export function fbDrawJob(kit: Kit, method: FbDrawMethod, page: Page): Software {
  const file = (path: string): Uint8Array => {
    const bytes = kit.debianFiles?.get(path);
    if (bytes === undefined) throw new GuestFailure(`the host has not prepared ${path}`, []);
    return bytes;
  };
  const maps = method === 'mmap' || method === 'mmap-uc', text = asciiBytes(pageText(page));
  return linuxJob(kit, {
    append: `video=vesafb:mtrr:${method === 'mmap-uc' ? '0' : '3'} vt.global_cursor_default=0`,
    programs: ['fb-draw'],
    executables: maps ? {
      'bin/bterm': file('usr/bin/bterm'), 'lib/ld-linux.so.2': file('lib/i386-linux-gnu/ld-linux.so.2'),
      'lib/libc.so.6': file('lib/i386-linux-gnu/libc.so.6'),
    } : {},
    files: {
      ...(method === 'write' ? { 'modules/picture': pagePixels(page) } : { 'modules/page': text }),
      ...(method === 'console' ? { 'modules/font.psf': psf() } : {}),
      ...(maps ? {
        'modules/font.bgf': bgf(), 'usr/lib/locale/C.utf8/LC_CTYPE': file('usr/lib/locale/C.utf8/LC_CTYPE'),
      } : {}),
    },
    script: `
[ -e /dev/fb0 ] || fail "no /dev/fb0"
section fb cat /proc/fb
section mtrr cat /proc/mtrr
${maps ? MMAP : method === 'write' ? WRITE : CONSOLE}
`,
  });
}
