// The output files of a command: checked before the work begins, and replaced only by complete results.
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
    std::string name;  ///< The name in messages: "--csv", "the scenario".
    std::string path;  ///< As given. For an output: empty is none, "-" is stdout.
};

/// The scenario and its files of delays.
[[nodiscard]] std::vector<NamedFile> scenario_files(const std::string& scenario, const DelayFiles& delay_files);

/// The reason, one line, why the outputs can't be written: the system's reason, two outputs that are the same file, or
/// an output that would overwrite an input. Files are compared by identity, whatever their paths. Changes no file. None
/// if all outputs can be written.
[[nodiscard]] std::optional<std::string> output_obstacle(const std::vector<NamedFile>& inputs,
                                                         const std::vector<NamedFile>& outputs);

/// Whether the path is stdout by any name, or the file or pipe behind it.
[[nodiscard]] bool is_stdout(const std::string& path);

/// Whether the path is a regular file, existing or new: not an open descriptor (/dev/fd/3), pipe or device.
[[nodiscard]] bool is_named_file(const std::string& path);

/// An output that is written as it comes: a file from its beginning, an open descriptor at its position.
class OutputStream : public std::ostream {
  public:
    explicit OutputStream(const std::string& path);
    ~OutputStream() override;
    OutputStream(const OutputStream&) = delete;
    OutputStream& operator=(const OutputStream&) = delete;

    /// Writes the rest, and closes a file. Error: the system's reason for the first failed write.
    [[nodiscard]] std::error_code finish();

  private:
    class Buffer;
    std::unique_ptr<Buffer> buffer_;
};

/// Writes an output. A named file is replaced once the new contents are complete; anything else is written directly.
/// With an empty path it does nothing. Returns false, and reports the reason on stderr, if writing fails; the old file
/// stays if its folder can be written.
[[nodiscard]] bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace bully::sim
