#include "sim/sweep_ranks.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace bully::sim {
namespace {

std::uint64_t from_environment(std::array<const char*, 2> names, std::uint64_t otherwise) {
    for (const auto* name : names) {
        const char* text = std::getenv(name);
        if (text == nullptr) continue;
        std::uint64_t value = otherwise;
        std::from_chars(text, text + std::strlen(text), value);
        return value;
    }
    return otherwise;
}

}  // namespace

std::uint64_t launched_ranks() { return from_environment({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}, 0); }
std::uint64_t launched_rank() { return from_environment({"OMPI_COMM_WORLD_RANK", "PMI_RANK"}, 0); }

std::string become_mpi_twin(char** arguments) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto twin = self.parent_path() / "bully_sim_mpi";
    if (!error) execv(twin.c_str(), arguments);
    const auto why = error ? error.message() : std::string(std::strerror(errno));
    return "started by mpirun, but " + twin.string() + " can't be run (" + why +
           "), expected a build where CMake found OpenMPI; without, --shard and merge do the same";
}

}  // namespace bully::sim
