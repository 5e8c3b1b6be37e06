import { fields, messages, numbers, texts } from './proto-reader.ts';

export interface ShownTrack {
  readonly name: string;
  readonly parent: ShownTrack | null;
  readonly process: boolean;
  readonly counter: boolean;
}

/** A slice or an instant (`end` = `start`), or a counter's value. */
export interface ShownEvent {
  readonly track: ShownTrack;
  readonly type: 'slice' | 'instant' | 'counter';
  readonly name: string;
  readonly start: number;
  end: number;
  readonly flows: readonly number[];
  readonly annotations: Readonly<Record<string, number | string>>;
  readonly value: number;
}

/**
 * Reads a Perfetto trace as its trace processor does: names by their numbers within the sequence,
 * packets by time, a track's slices as a stack. Throws where that would lose something.
 */
export function readPerfetto(bytes: Uint8Array): { tracks: ShownTrack[]; events: ShownEvent[] } {
  const tracks = new Map<number, ShownTrack>(), names = new Map<number, string>(), keys = new Map<number, string>();
  const packets: { ns: number; make: () => void }[] = [];
  const events: ShownEvent[] = [], stacks = new Map<ShownTrack, ShownEvent[]>();
  let first = true;
  for (const packet of messages(fields(bytes), 1)) {
    if (numbers(packet, 10)[0] !== 1) throw new Error('a packet is of no sequence');
    if (((numbers(packet, 13)[0] ?? 0) & 1) !== Number(first)) throw new Error('state is cleared at the first packet only');
    first = false;
    for (const track of messages(packet, 60)) {
      const [parent] = numbers(track, 5), [uuid] = numbers(track, 1), [process] = messages(track, 3);
      if (tracks.has(uuid)) throw new Error(`track ${uuid} is described twice`);
      const above = parent === undefined ? null : tracks.get(parent);
      if (above === undefined) throw new Error(`track ${uuid} is below a track that is not there`);
      const name = process === undefined ? texts(track, 2)[0] : texts(process, 6)[0];
      tracks.set(uuid, { name, parent: above, process: process !== undefined, counter: messages(track, 8).length > 0 });
    }
    for (const interned of messages(packet, 12))
      for (const [map, field] of [[names, 2], [keys, 3]] as const)
        for (const entry of messages(interned, field)) map.set(numbers(entry, 1)[0], texts(entry, 2)[0]);
    for (const event of messages(packet, 11)) {
      const [ns] = numbers(packet, 8), [type] = numbers(event, 9), [iid] = numbers(event, 10);
      const track = tracks.get(numbers(event, 11)[0]);
      if (track === undefined) throw new Error('an event is on no track');
      const name = iid === undefined ? '' : names.get(iid);
      if (name === undefined) throw new Error(`name ${iid} is not known yet`);
      const annotations = Object.fromEntries(messages(event, 4).map((a) =>
        [keys.get(numbers(a, 1)[0]), texts(a, 6)[0] ?? numbers(a, 3)[0] ?? numbers(a, 7)[0]]));
      packets.push({ ns, make: () => {
        const stack = stacks.get(track) ?? [];
        stacks.set(track, stack);
        if (type === 2) {
          const open = stack.pop();
          if (open === undefined) throw new Error(`nothing is open on ${track.name}`);
          open.end = ns;
          return;
        }
        const shown: ShownEvent = {
          track, name, type: type === 1 ? 'slice' : type === 3 ? 'instant' : 'counter', start: ns, end: ns,
          flows: numbers(event, 47), annotations, value: numbers(event, 30)[0] ?? 0,
        };
        events.push(shown);
        if (type === 1) {
          shown.end = Infinity;
          stack.push(shown);
        }
      } });
    }
  }
  packets.sort((a, b) => a.ns - b.ns);
  for (const { make } of packets) make();
  return { tracks: [...tracks.values()], events };
}
