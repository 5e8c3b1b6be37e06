export { APPLETS, initScript } from './init.ts';
export { KERNEL_OPTIONS, NoDebianGuestError, defaultCacheDir, prepareDebianGuest, vmlinuxBeside } from './prepare.ts';
export type { DebianGuest, PrepareOptions } from './prepare.ts';
export { readJobModules } from './job-modules.ts';
