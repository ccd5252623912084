// Linux's video UAPI, as it comes from linux-libc-dev.
#pragma once

#include <linux/ioctl.h>
#include <linux/videodev2.h>
