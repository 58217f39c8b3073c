// The processes that mpirun has started for one sweep. bully_sim itself is linked without MPI, whose libraries are
// large and slow to load; its twin bully_sim_mpi, built where OpenMPI is found, is the same with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bully::sim {

/// What has started this process, as its environment tells.
struct Launch {
    bool by_launcher = false;            ///< Of MPI programs: mpirun, or srun with PMI or PMIx.
    std::optional<std::uint64_t> count;  ///< Of processes. None: that isn't told before MPI is asked.
    std::uint64_t own = 0;               ///< Which of them this is, from 0.

    [[nodiscard]] bool parallel() const { return by_launcher && count != 1U; }
};
[[nodiscard]] Launch launch();

/// Becomes bully_sim_mpi, which stands beside this program; the error, if that can't be.
[[nodiscard]] std::string become_mpi_twin(char** arguments);

/// MPI, from construction to destruction: once in the life of a process.
class Ranks {
  public:
    /// Whether this program was built with MPI. Without, there is a single rank.
    static const bool built_in;

    Ranks();   ///< Throws std::runtime_error if this MPI won't have threads beside it.
    ~Ranks();  // NOLINT(performance-trivially-destructible): not with MPI
    Ranks(const Ranks&) = delete;
    Ranks& operator=(const Ranks&) = delete;

    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::uint64_t own() const { return own_; }
    /// On rank 0 the texts of all, in order; elsewhere nothing. Every rank has to call it.
    [[nodiscard]] std::vector<std::string> gather(const std::string& own_text) const;
    /// Every rank has to call it.
    [[nodiscard]] bool is_true_on_any(bool own) const;

  private:
    std::uint64_t count_ = 1;
    std::uint64_t own_ = 0;
};

}  // namespace bully::sim
