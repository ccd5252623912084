/* Controls of the mixer's layers beside V4L2_CID_ALPHA_COMPONENT, which is the alpha of a whole layer. Numbers and
 * meanings are those of the vendor's drivers for Exynos (videodev2_exynos_media.h of Android's kernels 3.0 to 3.4); upstream's
 * s5p-tv has no controls. */
#ifndef EXYSIM_MIXER_H
#define EXYSIM_MIXER_H

#include <linux/v4l2-controls.h>

#define V4L2_CID_TV_BASE (V4L2_CTRL_CLASS_USER | 0x2000)
#define V4L2_CID_TV_CHROMA_ENABLE (V4L2_CID_TV_BASE + 53) /* graphics: one colour is transparent */
#define V4L2_CID_TV_CHROMA_VALUE (V4L2_CID_TV_BASE + 54)  /* a pixel as it lies in memory */
#define V4L2_CID_TV_LAYER_PRIO (V4L2_CID_TV_BASE + 56)    /* 1 to 15, larger is in front; 0 hides the layer */

#endif
