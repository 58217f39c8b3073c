#include "sim/util/threads.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace bully::sim {

bool run_on_threads(std::uint64_t count, const std::function<bool()>& stopped,
                    const std::function<void(const GoingOn&)>& work) {
    std::atomic<bool> stop = false;
    std::mutex mutex;
    std::exception_ptr error;
    const auto guarded = [&] {
        try {
            work([&] {
                if (stopped && stopped()) stop = true;
                return !stop;
            });
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!error) error = std::current_exception();
            stop = true;
        }
    };
    std::vector<std::thread> threads;
    threads.reserve(count);
    try {
        while (threads.size() + 1 < count) threads.emplace_back(guarded);
    } catch (const std::system_error&) {
        // No more of them: a limit of the user, or of the container.
    }
    guarded();
    for (auto& thread : threads) thread.join();
    if (error) std::rethrow_exception(error);
    return !stop;
}

}  // namespace bully::sim
