import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { pcapHeader, pcapRecord } from '../../src/control/export/pcap.ts';
import { EthernetWire } from '../../src/hw/net/link/wire.ts';
import { EthernetPeer, PEER_PORT } from '../../src/hw/net/peer/peer.ts';
import { ms } from '../../src/sim/time.ts';
import { DeviceBench } from '../../src/testing/device-bench.ts';
import { arpRequest, echoRequest, udpTo } from '../benches/host-frames.ts';
import { LOOP } from './kernels.ts';
import { northbridge, PROGRAM, scratch } from './northbridge.ts';

const files = scratch();
afterAll(files.remove);

/** Does nothing, for ever. */
const IDLE = files.path('idle');
writeFileSync(IDLE, LOOP);

const TSHARK = spawnSync('tshark', ['--version']).status === 0;

/** The frames of a pcap file; whole records only, and nothing behind the last. */
function framesOf(path: string): { time: number; bytes: Uint8Array }[] {
  const bytes = new Uint8Array(readFileSync(path)), view = new DataView(bytes.buffer);
  expect(bytes.subarray(0, 24)).toEqual(pcapHeader());
  const frames = [];
  let at = 24;
  while (at < bytes.length) {
    const length = view.getUint32(at + 8, true);
    const time = view.getUint32(at, true) * 1e9 + view.getUint32(at + 4, true);
    frames.push({ time, bytes: bytes.subarray(at + 16, at + 16 + length) });
    at += 16 + length;
  }
  expect(at).toBe(bytes.length);
  return frames;
}

describe('--pcap', () => {
  const source = 'rtl8029,far=source,delay=1ms,interval=200us,size=100';

  test('has every frame with the time at which it arrived', () => {
    const path = files.path('net.pcap');
    const r = northbridge([
      'run', 'pc', '--kernel', IDLE, '--until', '5ms', '--device', `${source},frames=3`, '--pcap', path,
    ]);
    expect(r).toMatchObject({ status: 0 });
    expect(r.stderr).toContain(`3 frames in '${path}'`);
    const frames = framesOf(path);
    // 8 + 100 + 4 bytes at 10 Mbit/s, and 1 µs.
    expect(frames.map((f) => f.time)).toEqual([0, 1, 2].map((n) => 1_000_000 + 200_000 * n + 112 * 800 + 1000));
    expect([...frames[0].bytes.subarray(0, 14)]).toEqual([
      0x52, 0x54, 0, 0x12, 0x34, 0x56, 2, 0, 10, 0, 2, 3, 0x88, 0xb5,
    ]);
  });

  test('a run that goes on from a snapshot with a frame in flight has the same frames after it', () => {
    const [whole, rest, snapshot] = ['whole.pcap', 'rest.pcap', 'moment.snap'].map(files.path);
    const card = ['--device', `${source},frames=15,latency=100us`, '--until', '4ms'];
    expect(northbridge([
      'run', 'pc', '--kernel', IDLE, '--save-at', '2ms', snapshot, '--pcap', whole, ...card,
    ])).toMatchObject({ status: 0 });
    expect(northbridge(['run', 'pc', '--load', snapshot, '--pcap', rest, ...card])).toMatchObject({ status: 0 });
    expect(framesOf(whole)).toHaveLength(15);
    expect(framesOf(rest)).toEqual(framesOf(whole).filter((f) => f.time > 2e6));
    expect(framesOf(rest)[0].time).toBeLessThan(2.2e6);
  });

  test('lost frames are not in it; without a frame there is no file', () => {
    const path = files.path('none.pcap');
    const r = northbridge([
      'run', 'pc', '--kernel', IDLE, '--until', '5ms', '--device', `${source},loss=1000000`, '--pcap', path,
    ]);
    expect(r.stderr).toContain(`no frame arrived anywhere: '${path}' was not written`);
    expect(existsSync(path)).toBe(false);
  });

  test('an output that is in the way, or nowhere, is refused before the run', () => {
    const to = (path: string, ...more: string[]) =>
      northbridge(['run', 'pc', '--kernel', IDLE, '--until', '1ms', '--pcap', path, ...more]);
    expect(to(IDLE)).toMatchObject({ status: 2, stdout: '' });
    expect(to(IDLE).stderr).toContain('it would be overwritten');
    expect(to(files.path('no/x.pcap')).stderr).toContain('there is no folder');
    expect(to(files.path('t'), '--trace', files.path('t')).stderr).toContain('is the file of --trace, too');
  });

  test('can be read to the last frame when the process was killed', async () => {
    const path = files.path('killed.pcap');
    const child = spawn(process.execPath, [
      PROGRAM, 'run', 'pc', '--kernel', IDLE, '--until', '1000', '--device', `${source},frames=1000000`, '--pcap', path,
    ], { stdio: 'ignore' });
    for (let n = 0; n < 200 && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) < 20_000; n++)
      await setTimeout(50);
    child.kill('SIGKILL');
    await new Promise((ended) => child.on('exit', ended));
    expect(framesOf(path).length).toBeGreaterThan(100);
  });
});

test.skipIf(!TSHARK)('tshark finds nothing malformed in what the peer says, and every checksum right', () => {
  const bench = new DeviceBench();
  const wire = new EthernetWire('wire', bench, { rate: 100e6, latency: 0 });
  const peer = new EthernetPeer('peer', bench, wire), host = { name: 'host', frameArrived: () => {} };
  wire.connect(host, peer);
  bench.reset(wire, peer);
  const records = [pcapHeader()];
  wire.tap = { frame: (_wire, frame, _start, end) => void records.push(pcapRecord(frame, end)) };
  const stream = Uint8Array.of(0, 0, 0x10, 0, 0x03, 0xe8, 0, 0, 0, 0, 0, 0, 0, 1);
  const asked = [
    arpRequest(), echoRequest(0), echoRequest(57), echoRequest(1472),
    ...[1, 2, 17, 18, 1471, 1472].map((n) => udpTo(PEER_PORT.ECHO, new Uint8Array(n).fill(n))),
    udpTo(PEER_PORT.SINK, Uint8Array.of(1, 2, 3)), udpTo(PEER_PORT.SINK, new Uint8Array(0)),
    udpTo(PEER_PORT.STREAM, stream),
  ];
  for (const frame of asked) {
    wire.send(host, frame, frame.length);
    bench.run(ms(2));
  }
  const path = files.path('peer.pcap');
  writeFileSync(path, Buffer.concat(records));
  const tshark = (filter: string) => spawnSync('tshark', [
    '-r', path, '-n', '-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE', '-d', 'udp.port==0-65535,data',
    '-Y', filter, '-T', 'fields', '-e', 'frame.number',
  ], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line !== '').length;
  expect(tshark('frame')).toBe(records.length - 1);
  expect(tshark('ip.src == 10.0.2.2 || arp.opcode == 2')).toBe(1 + 3 + 6 + 1 + 5);
  expect(tshark('_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0'))
    .toBe(0);
  expect(tshark('icmp.resp_to')).toBe(3);
});
