#include "bench/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <malloc.h>
#include <optional>
#include <string>

namespace bully::bench {
namespace {

// A value, in bytes, of a file with lines such as "MemAvailable:   23817552 kB".
std::optional<std::uint64_t> bytes_in(const char* file, const std::string& key) {
    std::ifstream lines(file);
    for (std::string word; lines >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == key + ":" && lines >> kilobytes) return kilobytes * 1024;
    }
    return std::nullopt;
}

// The memory limit of a container, in either version of control groups. A file without a number sets no limit.
std::uint64_t container_limit() {
    auto limit = std::numeric_limits<std::uint64_t>::max();
    for (const auto* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        std::uint64_t bytes = 0;
        if (std::ifstream(file) >> bytes) limit = std::min(limit, bytes);
    }
    return limit;
}

std::string in_gigabytes(std::uint64_t bytes) {
    const auto tenths = (bytes + 50'000'000) / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

}  // namespace

bool has_memory(benchmark::State& state, std::uint64_t bytes) {
    const auto available = std::min(bytes_in("/proc/meminfo", "MemAvailable").value_or(bytes), container_limit());
    if (available >= bytes) return true;
    const auto why = "needs " + in_gigabytes(bytes) + " of memory, " + in_gigabytes(available) + " are available";
    state.SkipWithError(why.c_str());
    return false;
}

PeakMemory::PeakMemory() {
    malloc_trim(0);  // otherwise memory that an earlier benchmark has freed counts as used
    from_now_ = static_cast<bool>(std::ofstream("/proc/self/clear_refs") << "5" << std::flush);
    before_ = bytes_in("/proc/self/status", "VmRSS").value_or(0);
}

void PeakMemory::count(benchmark::State& state) const {
    const auto peak = bytes_in("/proc/self/status", "VmHWM");
    if (!from_now_ || !peak) return;
    state.counters["memory"] = static_cast<double>(std::max(*peak, before_) - before_);
}

}  // namespace bully::bench
