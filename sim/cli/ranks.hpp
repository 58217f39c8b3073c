// The ranks of a sweep: processes that mpirun has started. bully_sim itself is linked without MPI, whose libraries are
// large and slow to load. Its twin bully_sim_mpi, built if OpenMPI is found, is the same program with MPI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// The launcher of this process, according to its environment.
struct Launch {
    bool by_launcher = false;            ///< Started by mpirun, or by srun with PMI or PMIx.
    std::optional<std::uint64_t> count;  ///< The number of processes. None: only MPI knows it.
    std::uint64_t own = 0;               ///< The rank of this process, from 0.

    [[nodiscard]] bool parallel() const { return by_launcher && count != 1U; }
};
[[nodiscard]] Launch launch();

/// Replaces this process by bully_sim_mpi, from the same folder. Returns only on failure, with the error.
[[nodiscard]] std::string become_mpi_twin(char** arguments);

/// The MPI session, from construction to destruction. Requires: at most one in the life of a process.
class Ranks {
  public:
    /// Whether this program was built with MPI. Otherwise there is a single rank.
    static const bool built_in;

    Ranks();   ///< Throws std::runtime_error if MPI doesn't support threads.
    ~Ranks();  // NOLINT(performance-trivially-destructible): not with MPI
    Ranks(const Ranks&) = delete;
    Ranks& operator=(const Ranks&) = delete;

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t own() const { return own_; }
    /// Returns the texts of all ranks, in order, on rank 0; nothing on others. Every rank has to call it.
    [[nodiscard]] std::vector<std::string> gather(const std::string& own_text) const;
    /// Whether `own` is true on any rank. Every rank has to call it.
    [[nodiscard]] bool is_true_on_any(bool own) const;

  private:
    std::uint64_t count_ = 1;
    std::uint64_t own_ = 0;
};

}  // namespace bully::sim
