import type { PlaceLook } from '../../../../src/control/inspect/memory-map.ts';
import { hex } from './format.ts';
import { LastWriteOf } from './last-write.tsx';
import { PartLink } from './links.tsx';
import { useLook } from './use-look.ts';

/** What one address is. */
export function ByteView({ space, address }: { readonly space: string; readonly address: number }) {
  const { now } = useLook<PlaceLook | null>(`place ${space} ${address}`, (w, time) =>
    w.inspect.place(time, space, address));
  if (now === null) return null;
  const place = now.look;
  return (
    <section class="byte" aria-label="the byte at the cursor">
      <h3>{space} {hex(address)}</h3>
      {place === null || place.holds === 'nobody'
        ? <p>Nobody decodes this address: reads give ones, writes are lost.</p>
        : (
          <p>
            Byte {hex(place.offset)} of {place.region}
            {place.owner === null ? '' : <>, which belongs to <PartLink name={place.owner} /></>}.
            {place.registers.length > 0 && ` ${place.registers.map((r) => r.register).join(' or ')}.`}
          </p>
        )}
      {place !== null && (place.holds === 'ram' || place.holds === 'registers' || place.holds === 'other') && (
        <LastWriteOf space={space} address={address} />
      )}
    </section>
  );
}
