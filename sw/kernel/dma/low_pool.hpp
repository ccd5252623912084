// A piece of the lowest memory, set aside at boot for devices that cannot address all of it: their coherent
// memory and the bounce buffers of their streaming mappings (`swiotlb=SIZE`, 1 MiB unless told otherwise).
#pragma once

#include "mm/carveout.hpp"

namespace kernel {

Carveout& low_pool();

}  // namespace kernel
