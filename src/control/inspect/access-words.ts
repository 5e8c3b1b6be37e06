import type { FieldKind } from '../../reg/layout.ts';

/** What software can do with a field, in words. */
export const ACCESS_WORDS: Readonly<Record<FieldKind, string>> = {
  ro: 'read only', rw: 'read and write', wo: 'write only', w1c: 'write 1 to clear', w1s: 'write 1 to set',
  w0c: 'write 0 to clear', rclr: 'a read clears it', rset: 'a read sets it', wonce: 'the first write sticks',
  rsvd: 'reserved', unmodelled: 'kept, without effect here',
};
