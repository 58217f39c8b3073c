#include "sim/on_threads.hpp"

#include <system_error>
#include <thread>
#include <vector>

namespace bully::sim {

void on_threads(std::uint64_t count, const std::function<void()>& work) {
    std::vector<std::thread> threads;
    threads.reserve(count);
    try {
        while (threads.size() + 1 < count) threads.emplace_back(work);
    } catch (const std::system_error&) {
        // No more of them: a limit of the user, or of the container.
    }
    work();
    for (auto& thread : threads) thread.join();
}

}  // namespace bully::sim
