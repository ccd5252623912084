/* /dev/dma-test, there when the kernel is booted with `dma_test`: drives the DMA layer on behalf of a device, call by
   call, and looks at memory the way the device does. For tests only. */
#ifndef EXYSIM_DMA_TEST_H
#define EXYSIM_DMA_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum dma_test_op {
    DMA_TEST_SELECT,        /* name: alias of the device whose calls these are ("fimc0") */
    DMA_TEST_SET_MASK,      /* value: highest address it reaches */
    DMA_TEST_ALLOC,         /* bytes, attrs -> handle, cpu */
    DMA_TEST_ALLOC_ATOMIC,  /* the same with interrupts masked */
    DMA_TEST_FREE,          /* handle, cpu, bytes, attrs */
    DMA_TEST_SHOW,          /* handle, cpu, bytes, attrs: what the next mmap maps */
    DMA_TEST_GET_SG,        /* handle, cpu, bytes -> result: entries; EIO when the device sees other pages */
    DMA_TEST_PEEK,          /* handle + offset -> value: the word in memory there, by the device's translation */
    DMA_TEST_POKE,          /* writes it */
    DMA_TEST_PHYSICAL,      /* handle + offset -> result: physical address */
    DMA_TEST_BUFFER,        /* bytes -> buffer: zeroed kernel memory, cacheable */
    DMA_TEST_BUFFER_FREE,   /* buffer */
    DMA_TEST_CPU_WRITE,     /* buffer, offset, bytes: every word becomes value + its index */
    DMA_TEST_CPU_CHECK,     /* buffer, offset, bytes, value -> result: words that differ from that */
    DMA_TEST_MAP,           /* buffer, offset, bytes, direction, attrs -> handle */
    DMA_TEST_UNMAP,         /* handle, bytes, direction, attrs */
    DMA_TEST_SYNC_CPU,      /* handle, offset, bytes, direction */
    DMA_TEST_SYNC_DEVICE,   /* the same */
    DMA_TEST_MAP_SG,        /* buffer, direction, attrs: its pages in reverse order -> handle, result: device pieces */
    DMA_TEST_UNMAP_SG,      /* direction, attrs */
    DMA_TEST_SYNC_SG_CPU,   /* of DMA_TEST_MAP_WRONG */
#define DMA_TEST_STACK 0
#define DMA_TEST_IMAGE 1     /* the kernel's own data */
#define DMA_TEST_AREA 2      /* of vmalloc: EINVAL */
#define DMA_TEST_FREE_PAGE 3 /* nobody's */

/* direction */
    DMA_TEST_SYNC_SG_DEVICE,
    DMA_TEST_MAP_WRONG,     /* value: DMA_TEST_STACK...: maps and unmaps memory that no driver may map */
    DMA_TEST_LEAKS,         /* -> result: what the device still has, reported */
    DMA_TEST_DETACH,        /* the device's SysMMU passes addresses through */
    DMA_TEST_ATTACH,        /* ... and translates again */
    DMA_TEST_VMALLOC,       /* bytes -> cpu */
    DMA_TEST_VFREE,         /* cpu */
    DMA_TEST_CACHE_SYNC,    /* handle, cpu, offset, bytes, direction: of an allocation */
    DMA_TEST_COPY,          /* the device itself (g2d, version 3) copies bytes, 4 KiB rows, from handle to value;
                               EIO when it faults, and the device is reset */
    DMA_TEST_FAULT,         /* -> the last such fault: handle: address, name: kind, device, owner: whose range it is in or
                               just behind, value and bytes: that range, direction: DMA_TEST_*, BIDIRECTIONAL when the
                               hardware does not tell; ENODATA when there was none */
    DMA_TEST_SEGMENTS,      /* bytes: the longest piece of a list, value: mask of the boundary it must not cross */
    DMA_TEST_PREFETCH,      /* handle, bytes: where buffer number value of the device's SysMMU fetches ahead */
    DMA_TEST_OPS
};

/* attrs, as the kernel's DMA attributes */
#define DMA_TEST_WRITE_BARRIER (1 << 0)
#define DMA_TEST_WEAK_ORDERING (1 << 1)
#define DMA_TEST_WRITE_COMBINE (1 << 2)
#define DMA_TEST_NON_CONSISTENT (1 << 3)
#define DMA_TEST_NO_KERNEL_MAPPING (1 << 4)
#define DMA_TEST_SKIP_CPU_SYNC (1 << 5)
#define DMA_TEST_FORCE_CONTIGUOUS (1 << 6)
#define DMA_TEST_USER_SPACE (1 << 7)
#define DMA_TEST_SINGLE_PAGES (1 << 8)

/* direction */
#define DMA_TEST_BIDIRECTIONAL 0
#define DMA_TEST_TO_DEVICE 1
#define DMA_TEST_FROM_DEVICE 2

struct dma_test_call {
    __u32 op;
    __u32 handle;
    __u32 cpu;
    __u32 bytes;
    __u32 attrs;
    __u32 direction;
    __u32 offset;
    __u32 value;
    __u32 buffer;
    __u32 result;
    char name[24];
    char device[24];
    char owner[24];
};

#define DMA_TEST_CALL _IOWR('X', 1, struct dma_test_call)

#endif
