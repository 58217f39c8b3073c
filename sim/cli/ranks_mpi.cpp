// Ranks with MPI. A failing call ends all ranks with a message of MPI, which is MPI's default.
#include "sim/cli/ranks.hpp"

#include <algorithm>
#include <exception>
#include <mpi.h>
#include <stdexcept>

namespace bully::sim {
namespace {

// MPI counts in ints; a text may be longer.
constexpr std::size_t chunk = std::size_t{1} << 30U;

}  // namespace

const bool Ranks::built_in = true;

Ranks::Ranks() {
    // Only the main thread calls MPI.
    constexpr int wanted = MPI_THREAD_FUNNELED;
    int granted = MPI_THREAD_SINGLE;
    MPI_Init_thread(nullptr, nullptr, wanted, &granted);
    if (granted < wanted) {
        MPI_Finalize();
        throw std::runtime_error("MPI doesn't support threads, expected one with MPI_THREAD_FUNNELED");
    }
    int count = 1;
    int own = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    MPI_Comm_rank(MPI_COMM_WORLD, &own);
    count_ = static_cast<std::uint64_t>(count);
    own_ = static_cast<std::uint64_t>(own);
}

Ranks::~Ranks() {
    // The other ranks would wait for a message of the failed rank.
    if (std::uncaught_exceptions() > 0) MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Finalize();
}

bool Ranks::is_true_on_any(bool own) const {
    const int here = own ? 1 : 0;
    int anywhere = 0;
    MPI_Allreduce(&here, &anywhere, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
    return anywhere != 0;
}

std::vector<std::string> Ranks::gather(const std::string& own_text) const {
    if (own_ != 0) {
        std::uint64_t size = own_text.size();
        MPI_Send(&size, 1, MPI_UINT64_T, 0, 0, MPI_COMM_WORLD);
        for (std::size_t at = 0; at < size; at += chunk) {
            const auto part = static_cast<int>(std::min(chunk, size - at));
            MPI_Send(own_text.data() + at, part, MPI_CHAR, 0, 0, MPI_COMM_WORLD);
        }
        return {};
    }
    std::vector<std::string> all{own_text};
    for (std::uint64_t from = 1; from < count_; ++from) {
        std::uint64_t size = 0;
        MPI_Recv(&size, 1, MPI_UINT64_T, static_cast<int>(from), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        std::string text(size, '\0');
        for (std::size_t at = 0; at < size; at += chunk) {
            const auto part = static_cast<int>(std::min(chunk, size - at));
            MPI_Recv(text.data() + at, part, MPI_CHAR, static_cast<int>(from), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        }
        all.push_back(std::move(text));
    }
    return all;
}

}  // namespace bully::sim
