// The memory of a large group, and whether this machine has it. In C++17, which the headers of ns-3 need.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace bully::bench {

/// Whether `bytes` of memory are available. If not, the benchmark is skipped with a message.
bool has_memory(benchmark::State& state, std::uint64_t bytes);

/// The growth of the resident memory, from the construction to the peak of a benchmark.
class PeakMemory {
  public:
    PeakMemory();

    /// Sets the counter `memory`, in bytes, if the system tells it.
    void count(benchmark::State& state) const;

  private:
    std::uint64_t before_ = 0;
    bool from_now_ = false;  ///< The system counts the peak from the construction on, without earlier benchmarks.
};

}  // namespace bully::bench
