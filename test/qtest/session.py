"""A session with `northbridge qtest` as others would write it: Python's standard library only.

usage: session.py PROGRAM… : starts the program, which connects to two sockets, and drives the IDE
controller's bus master, the floppy controller over the 8237A, and the real-time clock.
"""
import json
import os
import random
import socket
import subprocess
import sys
import tempfile

PRIMARY, CONTROL, BUS_MASTER = 0x1F0, 0x3F6, 0xC000
FDC, DMA_PAGE2 = 0x3F0, 0x81


class Machine:
    def __init__(self, program, arguments, folder):
        paths = [os.path.join(folder, name) for name in ("qtest", "qmp")]
        listeners = []
        for path in paths:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen(1)
            listener.settimeout(60)
            listeners.append(listener)
        self.process = subprocess.Popen(
            [*program, "-machine", "pc", "-m", "16", "-accel", "qtest", "-display", "none", "-nodefaults",
             "-qtest", f"unix:{paths[0]}", "-chardev", f"socket,path={paths[1]},id=char0",
             "-mon", "chardev=char0,mode=control", *arguments])
        self.qtest = listeners[0].accept()[0].makefile("rw")
        self.qmp = listeners[1].accept()[0].makefile("rw")
        self.levels = {}
        assert "QMP" in json.loads(self.qmp.readline())
        assert self.execute("qmp_capabilities") == {}

    def execute(self, command):
        self.qmp.write(json.dumps({"execute": command, "id": 7}))
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "event" not in answer:
                assert answer["id"] == 7
                return answer["return"]

    def command(self, *words):
        self.qtest.write(" ".join(w if isinstance(w, str) else hex(w) for w in words) + "\n")
        self.qtest.flush()
        while True:
            reply = self.qtest.readline().split()
            if reply[0] == "IRQ":
                self.levels[int(reply[2])] = reply[1] == "raise"
                continue
            assert reply[0] == "OK", (words, reply)
            return reply[1] if len(reply) > 1 else None

    def out(self, port, value, size="b"):
        self.command("out" + size, port, value)

    def inp(self, port, size="b"):
        return int(self.command("in" + size, port), 16)

    def read(self, address, size):
        return bytes.fromhex(self.command("read", address, size)[2:])

    def write(self, address, data):
        self.command("write", address, len(data), "0x" + data.hex())

    def config(self, devfn, register, value=None):
        self.out(0xCF8, 0x80000000 | devfn << 8 | register, "l")
        if value is None:
            return self.inp(0xCFC, "l")
        self.out(0xCFC, value, "l")
        return None


def ide_dma(m, image):
    """READ DMA and WRITE DMA of 8 sectors, scattered over two regions of memory."""
    devfn = 1 << 3 | 1
    assert m.config(devfn, 0) & 0xFFFF == 0x8086
    m.config(devfn, 0x20, BUS_MASTER | 1)
    m.config(devfn, 4, 5)
    for lba, command, direction in ((16, 0xC8, 8), (64, 0xCA, 0)):
        m.levels[14] = False
        m.write(0x10000, b"".join(
            a.to_bytes(4, "little") + n.to_bytes(2, "little") + e.to_bytes(2, "little")
            for a, n, e in ((0x20000, 1024, 0), (0x30000, 3072, 0x8000))))
        m.out(BUS_MASTER, 0)
        m.out(BUS_MASTER + 2, 6)
        m.out(BUS_MASTER + 4, 0x10000, "l")
        for offset, value in enumerate((8, lba, 0, 0, 0xE0, command), 2):
            m.out(PRIMARY + offset, value)
        m.out(BUS_MASTER, direction)
        m.out(BUS_MASTER, direction | 1)
        assert m.inp(BUS_MASTER + 2) & 7 == 4, "interrupt, and not active"
        assert m.levels[14]
        assert m.inp(PRIMARY + 7) == 0x50
        assert not m.levels[14], "the status was read"
        data = m.read(0x20000, 1024) + m.read(0x30000, 3072)
        assert data == image[16 * 512:24 * 512]
    # What was written is on the disk: READ SECTOR, by the data port.
    for offset, value in enumerate((1, 67, 0, 0, 0xE0, 0x20), 2):
        m.out(PRIMARY + offset, value)
    sector = b"".join(m.inp(PRIMARY, "w").to_bytes(2, "little") for _ in range(256))
    assert sector == image[19 * 512:20 * 512]


def floppy_dma(m, image):
    """READ DATA of a sector by channel 2 of the 8237A, after a seek."""
    def send(*values):
        for value in values:
            assert m.inp(FDC + 4) & 0xC0 == 0x80, "the controller takes a byte"
            m.out(FDC + 5, value)

    def result(count):
        values = []
        for _ in range(count):
            assert m.inp(FDC + 4) & 0xC0 == 0xC0, "the controller has a byte"
            values.append(m.inp(FDC + 5))
        return values

    m.out(FDC + 2, 0x00)
    m.out(FDC + 2, 0x1C)
    assert m.levels[6]
    for drive in range(4):
        send(0x08)
        assert result(2)[0] == 0xC0 | drive
    m.out(FDC + 7, 0)
    send(0x03, 0xAF, 0x02)
    send(0x0F, 0x00, 5)
    send(0x08)
    assert result(2) == [0x20, 5]
    m.out(0x0A, 0x06)
    m.out(0x0B, 0x46)
    m.out(0x0C, 0)
    for value in (0x00, 0x40):
        m.out(0x04, value)
    m.out(DMA_PAGE2, 0x05)
    for value in (0xFF, 0x01):
        m.out(0x05, value)
    m.out(0x0A, 0x02)
    m.levels[6] = False
    send(0xE6, 0x00, 5, 0, 3, 2, 18, 0x1B, 0xFF)
    assert m.levels[6]
    st0, st1, st2 = result(7)[:3]
    assert (st0 & 0xC0, st1, st2) == (0, 0, 0)
    at = (5 * 2 * 18 + 2) * 512
    assert m.read(0x54000, 512) == image[at:at + 512]


def clock(m):
    """The date at power on; a second later; the periodic interrupt at 1024 Hz."""
    def cmos(index):
        m.out(0x70, index)
        return m.inp(0x71)

    assert [cmos(i) for i in (0x32, 9, 8, 7, 4, 2, 0)] == [0x20, 0x26, 0x01, 0x31, 0x23, 0x59, 0x58]
    m.command("clock_step", "2000000000")
    assert [cmos(i) for i in (9, 8, 7, 4, 2, 0)] == [0x26, 0x02, 0x01, 0x00, 0x00, 0x00]
    cmos(0x0C)
    m.levels[8] = False
    m.out(0x70, 0x0A)
    m.out(0x71, 0x26)
    m.out(0x70, 0x0B)
    m.out(0x71, 0x42)
    assert not m.levels[8]
    m.command("clock_step", "1000000")
    assert m.levels[8] and cmos(0x0C) & 0xC0 == 0xC0 and not m.levels[8]


def main():
    with tempfile.TemporaryDirectory() as folder:
        rng = random.Random(9)
        images = {}
        for name, size in (("disk", 1 << 20), ("floppy", 1474560)):
            images[name] = rng.randbytes(size)
            with open(os.path.join(folder, name), "wb") as f:
                f.write(images[name])
        m = Machine(sys.argv[1:], [
            "-drive", f"file={folder}/disk,if=ide,format=raw", "-drive", f"file={folder}/floppy,if=floppy,format=raw",
            "-rtc", "base=2026-01-31T23:59:58"], folder)
        m.command("irq_intercept_in", "ioapic")
        clock(m)
        ide_dma(m, images["disk"])
        floppy_dma(m, images["floppy"])
        assert m.execute("query-status")["status"] == "running"
        m.execute("system_reset")
        assert m.config(1 << 3 | 1, 0x20) & 0xFFF0 == 0
        m.execute("quit")
        assert m.process.wait(60) == 0
        with open(os.path.join(folder, "disk"), "rb") as f:
            assert f.read() == images["disk"], "the image is as it was"


main()
