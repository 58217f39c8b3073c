#include "sim/scenario/rerun_command.hpp"

#include "core/names.hpp"

#include <string_view>

namespace bully::sim {

std::string shell_word(const std::string& text) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,:@%=";
    if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string again_command(const std::string& file, std::uint64_t seed, Mode mode,
                          const std::vector<std::string>& overrides) {
    auto command =
        "bully_sim " + shell_word(file) + " --seed " + std::to_string(seed) + " --mode " + std::string(to_string(mode));
    for (const auto& override : overrides) {
        if (override.starts_with("seed=") || override.starts_with("mode=")) continue;  // --seed and --mode give them
        command += " --set " + shell_word(override);
    }
    return command;
}

}  // namespace bully::sim
