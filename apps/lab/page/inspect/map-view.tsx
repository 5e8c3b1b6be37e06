import { useSignal } from '@preact/signals';
import type { MappedLook, SpaceLook } from '../../../../src/control/inspect/memory-map.ts';
import { Term } from '../term.tsx';
import { hex } from './format.ts';
import { AddressLink, AsOfLine, PartLink } from './links.tsx';
import { useLook } from './use-look.ts';

/** Who decodes which addresses. */
export function MapView() {
  const { now, failure } = useLook<SpaceLook[]>('map', (w, time) => w.inspect.map(time));
  const all = useSignal(false);
  return (
    <>
      <AsOfLine at={now?.at ?? null} failure={failure} />
      <label class="choice">
        <input type="checkbox" checked={all.value} onChange={(e) => { all.value = e.currentTarget.checked; }} />
        {' '}also what is off, hidden or empty
      </label>
      {now?.look.map((space) => <SpaceTable key={space.name} space={space} all={all.value} />)}
    </>
  );
}

interface Line {
  readonly first: number;
  readonly last: number;
  readonly region: MappedLook;
  readonly state: string;
}

function linesOf({ regions }: SpaceLook, all: boolean): Line[] {
  const lines = regions.flatMap((region): Line[] => {
    if (!all && region.holds === 'nobody') return [];
    const live = region.decodes.map(([first, last]) => ({ first, last, region, state: '' }));
    if (live.length > 0 || !all) return live;
    const state = region.enabled ? 'hidden by others' : 'off';
    return [{ first: region.base, last: region.base + region.size - 1, region, state }];
  });
  return lines.sort((a, b) => a.first - b.first || a.last - b.last);
}

function SpaceTable({ space, all }: { readonly space: SpaceLook; readonly all: boolean }) {
  const digits = Math.ceil(space.bits / 4);
  return (
    <table>
      <caption>{space.name}, {space.bits} address bits</caption>
      <thead>
        <tr>
          <th scope="col">addresses</th><th scope="col"><Term>region</Term></th>
          <th scope="col">of</th><th scope="col">bus</th>
        </tr>
      </thead>
      <tbody>
        {linesOf(space, all).map((l) => (
          <tr key={`${l.first} ${l.region.name} ${l.state}`} class={l.state === '' ? '' : 'soft'}>
            <td class="mono"><AddressLink space={space.name} address={l.first} />–{hex(l.last, digits).slice(2)}</td>
            <th scope="row">{l.region.holds === 'nobody' ? 'nobody' : l.region.name}</th>
            <td>
              {l.region.owner === null ? '' : <PartLink name={l.region.owner} />}
              {l.state === '' ? (l.region.holds === 'rom' ? ' ROM' : '') : ` ${l.state}`}
            </td>
            <td class="soft">{l.region.bus ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
