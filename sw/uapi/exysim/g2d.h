/* Addition to exynos_drm's 2D engine interface: the device address of a buffer, so that a program can put pointers into
 * the command lists it builds (plane offsets inside one buffer, for example). Lists may only hold pointers into buffers
 * that the same file has handles of; anything else is EFAULT. */
#ifndef EXYSIM_G2D_H
#define EXYSIM_G2D_H

#include <drm/drm.h>

struct drm_exysim_g2d_address {
    __u32 handle;  /* of a GEM object */
    __u32 pad;     /* must be zero */
    __u64 address; /* where the 2D engine finds its first byte, while the handle lives */
};

#define DRM_EXYSIM_G2D_ADDRESS 0x50
#define DRM_IOCTL_EXYSIM_G2D_ADDRESS \
    DRM_IOWR(DRM_COMMAND_BASE + DRM_EXYSIM_G2D_ADDRESS, struct drm_exysim_g2d_address)

#endif
