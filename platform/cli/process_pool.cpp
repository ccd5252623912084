#include "platform/cli/process_pool.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <thread>

namespace exysim::cli {

namespace {

constexpr auto kPoll = std::chrono::milliseconds{20};

/// Zero if it cannot be started.
pid_t start(const Job& job) {
    std::vector<char*> words;
    for (const std::string& word : job.command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, job.log_file.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    pid_t pid = 0;
    const bool good = posix_spawn(&pid, words[0], &files, nullptr, words.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return good ? pid : 0;
}

/// One of our children that has ended; nothing if none has.
std::optional<std::pair<pid_t, int>> reap(const std::map<pid_t, size_t>& running) {
    for (const auto& [pid, job] : running) {
        int status = 0;
        if (::waitpid(pid, &status, WNOHANG) == pid)
            return std::pair{pid, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
    }
    return {};
}

}  // namespace

std::vector<std::optional<int>> run_jobs(const std::vector<Job>& jobs, unsigned at_once,
                                         const std::function<void(size_t)>& ended,
                                         const std::function<bool()>& stop) {
    std::vector<std::optional<int>> statuses(jobs.size());
    std::map<pid_t, size_t> running;
    size_t next = 0;
    bool stopping = false;
    while (next < jobs.size() || !running.empty()) {
        if (!stopping && stop()) {
            stopping = true;
            next = jobs.size();
            for (const auto& [pid, job] : running) ::kill(pid, SIGTERM);
        }
        while (next < jobs.size() && running.size() < at_once) {
            const pid_t pid = start(jobs[next]);
            if (pid != 0) {
                running.emplace(pid, next);
            } else {
                statuses[next] = -1;
                ended(next);
            }
            ++next;
        }
        if (const auto done = reap(running)) {
            const size_t job = running.at(done->first);
            running.erase(done->first);
            if (stopping) continue;
            statuses[job] = done->second;
            ended(job);
            continue;
        }
        std::this_thread::sleep_for(kPoll);
    }
    return statuses;
}

}  // namespace exysim::cli
