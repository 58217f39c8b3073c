// The files that a command writes: looked at before it spends any time, and nothing is lost by writing them.
#pragma once

#include "sim/scenario.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace bully::sim {

struct NamedFile {
    std::string name;  ///< What people know it by: "--csv", "the scenario".
    std::string path;  ///< As given. Of an output: empty for none, "-" for stdout.
};

[[nodiscard]] std::vector<NamedFile> scenario_files(const std::string& scenario, const DelayFiles& delay_files);

/// Why the outputs can't be written, one line: by the system's reason, because two of them are one file, or because one
/// is an input and would be lost; whatever links lead there, and however it's spelled. Leaves all files as they are.
[[nodiscard]] std::optional<std::string> output_obstacle(const std::vector<NamedFile>& inputs,
                                                         const std::vector<NamedFile>& outputs);

/// For what is written as it comes: a file, from its beginning, or an open descriptor (/dev/fd/3), where it stands. The
/// stream tells whether it can be written; it has to be flushed.
[[nodiscard]] std::unique_ptr<std::ostream> open_output(const std::string& path);

/// Puts what `write` writes into the place of what was there, once it's complete; into what is no file, is stdout or
/// stderr by any name, or an open descriptor (/dev/fd/3), it's written as it is. An empty path: nothing is done. False,
/// and told, if it can't be written; then, what was there stays, if it was a file in a folder that can be written.
[[nodiscard]] bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace bully::sim
