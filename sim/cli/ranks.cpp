#include "sim/cli/ranks.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace bully::sim {
namespace {

std::optional<std::uint64_t> from_environment(std::initializer_list<const char*> names) {
    for (const auto* name : names) {
        const char* text = std::getenv(name);
        std::uint64_t value = 0;
        if (text != nullptr && std::from_chars(text, text + std::strlen(text), value).ec == std::errc{}) return value;
    }
    return std::nullopt;
}

}  // namespace

Launch launch() {
    const auto own = from_environment({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"});
    if (!own) return {};
    // PMIx has no variable for the count. Slurm's is set without MPI, too.
    return {true, from_environment({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}), *own};
}

std::string become_mpi_twin(char** arguments) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto twin = self.parent_path() / "bully_sim_mpi";
    if (!error) execv(twin.c_str(), arguments);
    const auto why = error ? error.message() : std::string(std::strerror(errno));
    return "started by mpirun, but " + twin.string() + " can't be run (" + why +
           "), expected a build where CMake found OpenMPI; without it, use --shard and merge";
}

}  // namespace bully::sim
