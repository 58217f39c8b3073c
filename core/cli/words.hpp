// The words of a command line, looked at before CLI11 reads them: it takes the next option for a file's name, drops the
// options before a command, and the first of two commands, all without a word.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace bully::cli {

/// Why the words can't be meant as CLI11 would take them: what is wrong, and what was expected. Nothing if they can be;
/// other mistakes are left to it. A value that begins with a dash stands behind `=`, a file of such a name behind `./`.
/// The options of `app` and its commands have one value, or none, or one each time.
[[nodiscard]] std::optional<std::string> find_misread(const CLI::App& app, int argc, const char* const* argv);

/// What CLI11 says is wrong with the arguments of `app`, and what was expected.
[[nodiscard]] std::string why(const CLI::App& app, const CLI::Error& error);

}  // namespace bully::cli
