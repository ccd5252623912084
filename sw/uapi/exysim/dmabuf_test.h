/* /dev/dmabuf-test, there when the kernel is booted with `dma_test`: an importer (and a faulty exporter) that does
   one call of the dma-buf framework at a time. mmap on it shows the imported buffer, from the page of the offset on.
   For tests only. */
#ifndef EXYSIM_DMABUF_TEST_H
#define EXYSIM_DMABUF_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum dmabuf_test_op {
    DMABUF_TEST_EXPORT,      /* value: 0 all mandatory operations are there, 1 no map, 2 no unmap, 3 no release, 4 no
                                bytes, 5 the exporter refuses every attach, DMABUF_TEST_DISTURBED -> fd */
    DMABUF_TEST_IMPORT,      /* fd: held from here on */
    DMABUF_TEST_RELEASE,     /* the held buffer, what is attached and mapped first */
    DMABUF_TEST_ATTACH,      /* name: alias of the device */
    DMABUF_TEST_DETACH,
    DMABUF_TEST_MAP,         /* direction -> value: iova */
    DMABUF_TEST_UNMAP,
    DMABUF_TEST_BEGIN,       /* direction, offset, bytes: begin_cpu_access */
    DMABUF_TEST_END,
    DMABUF_TEST_KMAP_READ,   /* offset -> value */
    DMABUF_TEST_KMAP_WRITE,  /* offset, value */
    DMABUF_TEST_KMAP_ATOMIC, /* offset -> value, without sleeping */
    DMABUF_TEST_VMAP,        /* -> value: first word; mapped until VUNMAP */
    DMABUF_TEST_VUNMAP,
    DMABUF_TEST_INFO,        /* -> value: references, bytes: size */
    DMABUF_TEST_OPS
};

/* A page of cached memory whose exporter is disturbed the first time of every two before the processor has it: EINTR */
#define DMABUF_TEST_DISTURBED 6

/* direction */
#define DMABUF_TEST_BIDIRECTIONAL 0
#define DMABUF_TEST_TO_DEVICE 1
#define DMABUF_TEST_FROM_DEVICE 2

struct dmabuf_test_call {
    __u32 op;
    __s32 fd;
    __u32 direction;
    __u32 offset;
    __u32 bytes;
    __u32 value;
    char name[24];
};

#define DMABUF_TEST_CALL _IOWR('X', 2, struct dmabuf_test_call)

#endif
