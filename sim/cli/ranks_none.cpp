// Ranks in a program without MPI.
#include "sim/cli/ranks.hpp"

namespace bully::sim {

const bool Ranks::built_in = false;

Ranks::Ranks() = default;
Ranks::~Ranks() = default;

std::vector<std::string> Ranks::gather(const std::string& own_text) const { return {own_text}; }
bool Ranks::is_true_on_any(bool own) const { return own; }

}  // namespace bully::sim
