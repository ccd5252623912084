/* What this kernel's ION has beyond linux/ion.h. */
#ifndef EXYSIM_ION_H
#define EXYSIM_ION_H

#include <linux/ion.h>

/* Heap that decides at the first use: contiguous memory only if an attached device has no SysMMU; moved when one is
   attached later. Its type is ION_HEAP_TYPE_CUSTOM, by which ION_IOC_HEAP_QUERY finds it whatever its id. */
#define ION_HEAP_ID_AUTO 5

/* ION_IOC_CUSTOM: maps a buffer for a device until the handle is freed, and tells the address under which the device
   finds it, for programs that build command lists with pointers of their own. arg points to the struct. */
#define ION_CUSTOM_MAP_DEVICE 1
struct ion_map_device_data {
    ion_user_handle_t handle;
    __u32 address; /* out */
    char device[24]; /* alias in the device tree, "g2d" */
};

#endif
