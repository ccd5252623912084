// A file's command lists: handed in one by one, run by EXEC, their events.
#pragma once

#include "core/wait.hpp"
#include "drm/g2d_list.hpp"

namespace kernel::drm {

class G2dSession {
public:
    static constexpr uint32_t kMostLists = 64;  ///< as Linux's driver

    G2dSession() = default;
    G2dSession(const G2dSession&) = delete;
    G2dSession& operator=(const G2dSession&) = delete;
    /// Waits for what runs.
    ~G2dSession();

    Mutex building;  ///< held by callers of add() and execute()

    /// A checked list that waits for EXEC. Errors: kNoMem too many.
    Result<> add(Unique<G2dList> list);
    /// Gives all lists to the engine. Errors: kPerm there are none.
    Result<> execute(G2d& engine);
    /// Errors: kIo a list of the last EXEC was not carried out.
    Result<> wait();
    /// Lets finished lists and their buffers go.
    void reap();

private:
    static void on_done(G2dJob& job, bool carried_out);
    void finish(G2dList& list, bool carried_out);

    List<G2dList, &G2dList::node> waiting_;  // for EXEC
    uint32_t waiting_count_ = 0;
    IrqLock lock_;  // guards what follows
    WaitQueue idle_;
    List<G2dList, &G2dList::node> running_, finished_;
    uint32_t running_count_ = 0;
    bool failed_ = false;
};

}  // namespace kernel::drm
