#include "drm/g2d_session.hpp"

namespace kernel::drm {

G2dSession::~G2dSession() {
    (void)wait();
    while (G2dList* list = waiting_.pop_front()) delete list;
}

Result<> G2dSession::add(Unique<G2dList> list) {
    reap();
    if (waiting_count_ == kMostLists) return Errno::kNoMem;
    list->session = this;
    list->number = ++waiting_count_;
    waiting_.push_back(*list.release());
    return Ok{};
}

Result<> G2dSession::execute(G2d& engine) {
    reap();
    if (waiting_.empty()) return Errno::kPerm;
    failed_ = false;
    while (G2dList* list = waiting_.pop_front()) {
        list->hand_to_device();
        list->job.writes = list->writes();
        list->job.done = on_done;
        list->job.context = list;
        {
            const IrqGuard guard{lock_};
            running_.push_back(*list);
            ++running_count_;
        }
        engine.submit(list->job);
    }
    waiting_count_ = 0;
    return Ok{};
}

Result<> G2dSession::wait() {
    TRY(wait_event(
        idle_, [this] { return running_count_ == 0; }, kNever, false));
    reap();
    if (failed_) return Errno::kIo;
    return Ok{};
}

void G2dSession::on_done(G2dJob& job, bool carried_out) {
    G2dList& list = *static_cast<G2dList*>(job.context);
    list.session->finish(list, carried_out);
}

/// In interrupt context.
void G2dSession::finish(G2dList& list, bool carried_out) {
    list.take_from_device();  // before anybody hears of it
    const IrqGuard guard{lock_};
    list.node.unlink();
    finished_.push_back(list);
    failed_ |= !carried_out;
    if (Event* event = list.event) {
        event->data.g2d.cmdlist_no = list.number;
        set_time(event->data.g2d.tv_sec, event->data.g2d.tv_usec, now_ns());
        event->queue->send(*event);
        list.event = nullptr;
    }
    if (--running_count_ == 0) idle_.wake_all();
}

void G2dSession::reap() {
    for (;;) {
        G2dList* list = nullptr;
        {
            const IrqGuard guard{lock_};
            list = finished_.pop_front();
        }
        if (!list) return;
        delete list;
    }
}

}  // namespace kernel::drm
