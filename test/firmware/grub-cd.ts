import { isoImage } from '../benches/iso-image.ts';
import { grubImage } from './grub-image.ts';

/** What GRUB needs for a menu from a CD, with what these need. */
const MODULES = [
  'biosdisk', 'boot', 'bufio', 'crypto', 'datetime', 'echo', 'extcmd', 'fshelp', 'gettext', 'iso9660', 'net', 'normal',
  'priority_queue', 'sleep', 'terminal', 'verifiers',
];
/** A number of bytes that the boot program's sum can be made over. */
const WORD = 4;

/** A CD that starts GRUB (El Torito, no emulation) with this menu, or null with a reason. */
export function grubCd(menu: string): Promise<Uint8Array | null> {
  const format = { name: 'i386-pc-eltorito', prefix: '(cd)', modules: MODULES };
  return grubImage(format, ['diskboot.img', 'cdboot.img'], ({ core }) => {
    const program = new Uint8Array(Math.ceil(core.length / WORD) * WORD);
    program.set(core);
    return isoImage({ 'GRUB.IMG': program, 'GRUB.CFG': Buffer.from(menu) }, 'GRUB.IMG');
  });
}
