// many-masters: a disk, a camera, an array, a network card and a sound card master the bus at once, for a set time.
#include "busmaster.h"
#include "camera.h"
#include "disk.h"
#include "i8237.h"
#include "mtrr.h"
#include "params.h"
#include "raid.h"
#include "rtl8139.h"
#include "sb16.h"

const char program_name[] = "many-masters";
const u32 program_number = NB_PROGRAM_MANY_MASTERS;

static struct many_masters defaults = {
    .header = {.magic = NB_BLOCK_MAGIC, .program = NB_PROGRAM_MANY_MASTERS, .flags = FLAG_DISK},
    .run_cycles = 2000000,
    .memory = 16 * 1024 * 1024,
    .sound_rate = 44100,
};
struct nb_header *const default_block = &defaults.header;

int set_parameter(const char *key, const char *text, u32 value) {
  (void)text;
  if (same_text(key, "flags")) return defaults.header.flags = value, 1;
  if (same_text(key, "cycles")) return defaults.run_cycles = value, 1;
  return 0;
}

#define DISK_SECTORS 256u
#define SOUND_IRQ 5
#define SOUND_BYTES 2048u

static struct many_masters *job;

static int has(u32 flag) { return (job->header.flags & flag) != 0; }

/* --- disk: one command after the other --- */

static struct disk disk;
static struct prd *table;

static int disk_asks(void) {
  if (!(inb(disk.ide.bm + BM_STATUS) & BM_ST_INTERRUPT)) return 0;
  u8 status = bm_finish(disk.ide.bm);
  if (status & BM_ST_ERROR || inb(ATA_STATUS) & (ST_ERR | ST_DF)) job->disk_errors++;
  return 1;
}

static void disk_start(void) {
  job->disk_lba = job->disk_commands * DISK_SECTORS % disk.sectors;
  bm_prepare(disk.ide.bm, table);
  ata_command(CMD_READ_DMA, job->disk_lba, DISK_SECTORS, 0);
  bm_start(disk.ide.bm);
}

static u32 disk_begin(u32 memory) {
  struct disk_wish wish = {.master = 1, .mode = 0x22, .sectors = DISK_SECTORS};
  u32 status = disk_open(&disk, &wish);
  if (status != NB_STATUS_DONE) return status;
  table = (struct prd *)(memory + DISK_SECTORS * SECTOR);
  prd_fill(table, memory, DISK_SECTORS * SECTOR, 65536);
  irq14_handler = disk_asks;
  irq14_unmask();
  inb(ATA_STATUS);
  outb(ATA_DEVICE_CONTROL, 0);
  return NB_STATUS_DONE;
}

/* --- camera: a ring that it goes round by itself --- */

static struct camera camera;

static int camera_asks(void) { return card_get(&camera.card, CAMERA_REG_INT) != 0; }

/* --- array: read ahead; what has come is given back at once --- */

static struct raid raid;

static int raid_asks(void) { return raid_causes(&raid) != 0; }

static void raid_step(void) {
  while (raid.directory[job->raid_stripes % MANY_MASTERS_SLOTS].stripe == job->raid_stripes + 1) job->raid_stripes++;
  raid.mailbox->cursor = job->raid_stripes;
}

/* --- network: frames one behind the other --- */

static struct rtl8139 nic;
static u32 ring, ring_at;

static int nic_asks(void) {
  u32 causes = rtl_get16(&nic, RTL_ISR);
  if (causes == 0) return 0;
  rtl_set16(&nic, RTL_ISR, causes);
  return 1;
}

static void nic_step(void) {
  while (!(rtl_get8(&nic, RTL_CR) & RTL_CR_BUFE)) {
    u32 header = *(volatile u32 *)(ring + ring_at);
    if (!(header & RTL_RX_OK)) job->net_errors++;
    job->net_frames++;
    ring_at = (ring_at + (header >> 16) + 4 + 3) & ~3u;
    ring_at %= 8192u << MANY_MASTERS_RING;
    rtl_set16(&nic, RTL_CAPR, ring_at - 16);
  }
}

static int nic_begin(u32 memory) {
  nic = rtl8139_find();
  if (nic.address == PCI_NONE || nic.irq == 0) return 0;
  ring = memory + 4096;
  // A frame to all, which starts the source at the far end.
  u8 *frame = (u8 *)memory;
  for (u32 k = 0; k < 60; k++) frame[k] = k < 6 ? 0xff : k < 12 ? (u8)rtl_get8(&nic, RTL_IDR0 + k - 6) : 0;
  return 1;
}

/* --- sound: one ring of the 8237A, for ever --- */

static int sound_asks(void) {
  if (!sb_acknowledge(16)) return 0;
  job->sound_blocks++;
  return 1;
}

static void sound_begin(void) {
  isa_dma_start(5, DMA_SINGLE | DMA_FROM_MEMORY | DMA_AUTOINIT, MANY_MASTERS_SOUND_AT, 2 * SOUND_BYTES);
  sb_rate(job->sound_rate);
  sb_output(16, SB_AUTO | SB_FIFO | SB_MODE_SIGNED, SOUND_BYTES);
}

/* --- all of them --- */

static u32 open_all(u32 memory) {
  u32 status;
  if ((status = disk_begin(memory + MANY_MASTERS_DISK)) != NB_STATUS_DONE) return status;
  if (has(FLAG_CAMERA)) {
    if (!camera_open(&camera, memory + MANY_MASTERS_CAMERA, 4) || camera.card.irq == 0) return NB_STATUS_NO_CARD;
    irq_open(camera.card.irq, camera_asks);
  }
  if (has(FLAG_RAID)) {
    u32 at = memory + MANY_MASTERS_RAID;
    if (!raid_open(&raid, at, at + 2 * 4096, MANY_MASTERS_SLOTS) || raid.irq == 0) return NB_STATUS_NO_CARD;
    irq_open(raid.irq, raid_asks);
  }
  if (has(FLAG_NETWORK)) {
    if (!nic_begin(memory + MANY_MASTERS_NETWORK)) return NB_STATUS_NO_CARD;
    irq_open(nic.irq, nic_asks);
  }
  if (has(FLAG_SOUND)) {
    if (!sb_open()) return NB_STATUS_NO_CARD;
    irq_open(SOUND_IRQ, sound_asks);
  }
  return NB_STATUS_DONE;
}

static void start_all(u32 memory) {
  if (has(FLAG_SOUND)) sound_begin();
  if (has(FLAG_CAMERA))
    card_set(&camera.card, CAMERA_REG_CONTROL, CAMERA_RUN | CAMERA_OVERWRITE | CAMERA_IE_FRAME | CAMERA_IE_ERROR);
  if (has(FLAG_RAID)) raid_enable(&raid);
  if (has(FLAG_NETWORK)) {
    rtl8139_open(&nic, ring, MANY_MASTERS_RING, RTL_ISR_ROK | RTL_ISR_RXOVW | RTL_ISR_FOVW);
    rtl8139_send(&nic, memory + MANY_MASTERS_NETWORK, 60);
  }
  disk_start();
}

/* Nothing of theirs is under way any more. */
static void stop_all(void) {
  while (irq14_pending == 0) __asm__ volatile("sti; hlt; cli" ::: "memory");
  job->disk_commands++;
  if (has(FLAG_CAMERA)) {
    card_set(&camera.card, CAMERA_REG_CONTROL, 0);
    job->camera_frames = card_get(&camera.card, CAMERA_REG_PRODUCER);
    job->camera_lost = card_get(&camera.card, CAMERA_REG_LOST);
    job->camera_missed = card_get(&camera.card, CAMERA_REG_MISSED);
    job->camera_status = card_get(&camera.card, CAMERA_REG_STATUS);
  }
  if (has(FLAG_RAID)) {
    job->raid_cause = pci_read(raid.address, RAID_CFG_CAUSE);
    pci_write(raid.address, RAID_CFG_CONTROL, 0);
  }
  if (has(FLAG_NETWORK)) {
    job->net_missed = rtl_get32(&nic, RTL_MPC) & 0xffffff;
    rtl_set8(&nic, RTL_CR, 0);
  }
  if (has(FLAG_SOUND)) sb_write(SB_EXIT_AUTO_16);
}

u32 run(struct nb_header *header) {
  struct many_masters *p = job = (struct many_masters *)header;
  for (u32 *out = &p->disk_commands; out < (u32 *)(p + 1); out++) *out = 0;
  u32 status = open_all(p->memory);
  if (status != NB_STATUS_DONE) return status;

  post(NB_POST_BEGIN);
  start_all(p->memory);
  u32 from = cycles();
  while (cycles() - from < p->run_cycles) {
    // Disk commands end all the time: no timer is needed to wake up.
    __asm__ volatile("sti; hlt; cli" ::: "memory");
    if (irq14_pending != 0) {
      irq14_pending--;
      p->disk_commands++;
      disk_start();
    }
    if (has(FLAG_RAID)) raid_step();
    if (has(FLAG_NETWORK)) nic_step();
  }
  post(NB_POST_END);
  stop_all();
  p->spurious = irq_spurious;
  return NB_STATUS_DONE;
}

void print_results(const struct nb_header *header) {
  const struct many_masters *p = (const struct many_masters *)header;
  print(" disk=");
  print_decimal(p->disk_commands);
  print(" camera=");
  print_decimal(p->camera_frames);
  print(" raid=");
  print_decimal(p->raid_stripes);
  print(" net=");
  print_decimal(p->net_frames);
}
