// The command that shows a run again.
#pragma once

#include "core/settings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// So that a shell takes it for one word, and for this one.
[[nodiscard]] std::string shell_word(const std::string& text);

/// `overrides` are "KEY=VALUE"; `seed` and `mode` stand for any among them that give one.
[[nodiscard]] std::string again_command(const std::string& file, std::uint64_t seed, Mode mode,
                                        const std::vector<std::string>& overrides);

}  // namespace bully::sim
