// The files that a command writes: looked at before it spends any time, and nothing is lost by writing them.
#pragma once

#include "sim/scenario/scenario.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
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

/// stdout by any name, or the file or pipe that it's sent to.
[[nodiscard]] bool is_stdout(const std::string& path);

/// A file, there or to be made: no open descriptor (/dev/fd/3), pipe or device.
[[nodiscard]] bool is_named_file(const std::string& path);

/// For what is written as it comes: a file, from its beginning, or an open descriptor, where it stands.
class OutputStream : public std::ostream {
  public:
    explicit OutputStream(const std::string& path);
    ~OutputStream() override;
    OutputStream(const OutputStream&) = delete;
    OutputStream& operator=(const OutputStream&) = delete;

    /// Writes the rest. The system's reason, if something couldn't be written.
    [[nodiscard]] std::error_code finish();

  private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

/// Puts what `write` writes into the place of what was there, once it's complete; into what is no named file, it's
/// written as it is. An empty path: nothing is done. False, and told, if it can't be written; then, what was there
/// stays, if it was a file in a folder that can be written.
[[nodiscard]] bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace bully::sim
