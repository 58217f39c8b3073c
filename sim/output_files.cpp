#include "sim/output_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bully::sim {
namespace {

// What a file is, whatever leads to it.
using Identity = std::pair<dev_t, ino_t>;

// None where nothing is kept that another could overwrite: devices.
std::optional<Identity> identity(const std::string& path) {
    struct stat status {};
    const int failed = path == "-" ? fstat(STDOUT_FILENO, &status) : stat(path.c_str(), &status);
    if (failed != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

// Opens files to see whether they can be written. Those that are new exist, and so can be told apart, until its end: an
// empty file would look like a result.
class Trial {
  public:
    Trial() = default;
    ~Trial() {
        for (const auto& path : made_) unlink(path.c_str());
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    // The system's reason why it can't be written.
    std::optional<std::string> refusal(const std::string& path) {
        struct stat status {};
        const bool is_new = stat(path.c_str(), &status) != 0 && errno == ENOENT;
        if (!is_new && S_ISFIFO(status.st_mode)) {
            // To be opened once: its reader takes closing for the end.
            return access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(reason());
        }
        const int file = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | (is_new ? O_CREAT : 0), 0666);
        if (file < 0) return reason();
        close(file);
        std::error_code ignored;
        if (is_new) made_.push_back(std::filesystem::canonical(path, ignored).string());  // a link to it stays
        return std::nullopt;
    }

  private:
    static std::string reason() { return std::generic_category().message(errno); }

    std::vector<std::string> made_;
};

// A new file beside `target`, with its permissions; empty if there can't be one.
std::string make_part(const std::string& target) {
    auto part = fmt::format("{}.{}.part", target, getpid());
    const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) return {};
    struct stat status {};
    if (stat(target.c_str(), &status) == 0 && fchmod(file, status.st_mode) != 0) {
        unlink(part.c_str());
        part.clear();
    }
    close(file);
    return part;
}

bool write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    write(file);
    file.close();
    return static_cast<bool>(file);
}

bool replace_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
    std::error_code error;
    const bool exists = std::filesystem::exists(path, error);
    if (exists && !std::filesystem::is_regular_file(path, error)) return write_file(path, write);
    const auto target = exists ? std::filesystem::canonical(path, error).string() : path;
    const auto part = make_part(target);
    if (part.empty()) return write_file(path, write);
    if (write_file(part, write) && std::rename(part.c_str(), target.c_str()) == 0) return true;
    unlink(part.c_str());
    return false;
}

}  // namespace

std::vector<NamedFile> scenario_files(const std::string& scenario, const DelayFiles& delay_files) {
    std::vector<NamedFile> files{{"the scenario", scenario}};
    for (const auto& file : delay_files) files.push_back({"the delays", file->path});
    return files;
}

std::optional<std::string> output_obstacle(const std::vector<NamedFile>& inputs,
                                           const std::vector<NamedFile>& outputs) {
    Trial trial;
    for (auto output = outputs.begin(); output != outputs.end(); ++output) {
        const auto& name = output->name;
        const auto& path = output->path;  // no binding: clang 14 can't capture one
        if (path.empty()) continue;
        if (path != "-") {
            if (const auto why = trial.refusal(path)) return fmt::format("{}: can't write to {}: {}", name, path, *why);
        }
        const auto own = identity(path);
        const auto is_same = [&](const NamedFile& other) {
            return own ? own == identity(other.path) : path == "-" && other.path == "-";
        };
        for (const auto& input : inputs) {
            if (!is_same(input)) continue;
            return fmt::format("{} {} would overwrite {} {}, expected another file", name, path, input.name,
                               input.path);
        }
        for (auto other = outputs.begin(); other != output; ++other) {
            if (!is_same(*other)) continue;
            return fmt::format("{} {} and {} {} are one place, expected two", other->name, other->path, name, path);
        }
    }
    return std::nullopt;
}

bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write) {
    if (path.empty()) return true;
    if (path == "-") {
        write(std::cout);
        return true;  // main looks after stdout
    }
    const bool written = replace_file(path, write);
    if (!written) std::cerr << "bully_sim: writing " << path << " failed: is the disk full?\n";
    return written;
}

}  // namespace bully::sim
