// The command that repeats a run.
#pragma once

#include "core/settings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bully::sim {

/// The text, quoted where a shell would read it as anything else than this one word.
[[nodiscard]] std::string shell_word(const std::string& text);

/// The command line. `overrides` are "KEY=VALUE"; those of `seed` and `mode` are left out, for the options give them.
[[nodiscard]] std::string again_command(const std::string& file, std::uint64_t seed, Mode mode,
                                        const std::vector<std::string>& overrides);

}  // namespace bully::sim
