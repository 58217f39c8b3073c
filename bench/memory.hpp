// The memory that a large group takes, and whether this machine has it. C++17, for peers whose headers want it.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace bully::bench {

/// Whether so much is available. If not, the benchmark is skipped, and says so.
bool has_memory(benchmark::State& state, std::uint64_t bytes);

/// How much more memory is resident at the worst moment of a benchmark than when this was made.
class PeakMemory {
  public:
    PeakMemory();

    /// As the counter `memory`, in bytes; none where the system doesn't tell.
    void count(benchmark::State& state) const;

  private:
    std::uint64_t before_ = 0;
    bool from_now_ = false;  ///< The system counts the peak from then on, and not that of former benchmarks.
};

}  // namespace bully::bench
