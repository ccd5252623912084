// Never ends and waits for nothing that could come: "pause" in a signal that nobody sends, "lock" for a lock
// that its own holder wants again. With "read", for input.
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

int main(int argc, char* argv[]) {
    const char* how = argc > 1 ? argv[1] : "pause";
    std::puts("hanging");
    std::fflush(stdout);
    if (std::strcmp(how, "read") == 0) {
        char byte = 0;
        return ::read(STDIN_FILENO, &byte, 1) == 1 ? byte : 0;
    }
    if (std::strcmp(how, "lock") == 0) {
        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        ::pthread_mutex_lock(&mutex);
        ::pthread_mutex_lock(&mutex);
    }
    for (;;) ::pause();
}
