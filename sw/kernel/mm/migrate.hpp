// Moving the contents of user memory to other pages, behind the backs of its owners.
#pragma once

#include "core/result.hpp"
#include "mm/buddy.hpp"

namespace kernel {

/// Moves a page's contents and every mapping of it to a fresh page, and frees the old one. Errors: kBusy when
/// somebody holds the page otherwise (a device, the kernel, an address space that is being changed), kNoMem.
Result<> migrate_page(Page& page);

}  // namespace kernel
