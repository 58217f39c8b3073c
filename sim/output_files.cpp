#include "sim/output_files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <streambuf>
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

// N if this is /dev/fd/N, however it's spelled: /proc/self/fd/N.
std::optional<int> descriptor_named(const std::filesystem::path& path) {
    const auto name = path.filename().string();
    int number = -1;
    const auto [stop, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failed != std::errc{} || stop != name.data() + name.size() || number < 0) return std::nullopt;
    std::error_code error;
    const bool own = std::filesystem::equivalent(path.parent_path(), "/proc/self/fd", error);
    return own && !error ? std::optional(number) : std::nullopt;
}

// Where a file at `path` is, or would be: canonical() knows no dangling links. Or the open descriptor that it stands
// for: what that has open may be no file with a name, and is to be written at its own place.
struct End {
    std::string path;
    std::optional<int> descriptor;
};

End end_of_links(const std::string& path) {
    constexpr int most = 40;  // as Linux
    std::filesystem::path end = path;
    std::error_code error;
    for (int i = 0; i < most; ++i) {
        if (const auto descriptor = descriptor_named(end)) return {end.string(), descriptor};
        if (!std::filesystem::is_symlink(end, error)) break;
        const auto next = std::filesystem::read_symlink(end, error);
        if (error) break;
        end = end.parent_path() / next;
    }
    return {end.string(), std::nullopt};
}

// Opens files to see whether they can be written. Those that are new exist, and so can be told apart, until its end: an
// empty file would look like a result.
class Trial {
  public:
    Trial() = default;
    ~Trial() {
        for (const auto& [path, made] : made_) {
            // Another process may have put its own there.
            struct stat status {};
            if (lstat(path.c_str(), &status) == 0 && Identity{status.st_dev, status.st_ino} == made &&
                status.st_size == 0) {
                unlink(path.c_str());
            }
        }
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    // The system's reason why it can't be written.
    std::optional<std::string> refusal(const std::string& path) {
        const auto [target, descriptor] = end_of_links(path);
        if (descriptor) {
            const int flags = fcntl(*descriptor, F_GETFL);
            if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return std::nullopt;
            return std::generic_category().message(EBADF);
        }
        struct stat status {};
        if (stat(path.c_str(), &status) != 0 && errno == ENOENT) {
            const int file = open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (file >= 0) {
                if (fstat(file, &status) == 0) made_.emplace_back(target, Identity{status.st_dev, status.st_ino});
                close(file);
                return std::nullopt;
            }
            if (errno != EEXIST) return reason();  // else another process was faster
        } else if (S_ISFIFO(status.st_mode)) {
            // To be opened once: its reader takes closing for the end.
            return access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(reason());
        }
        const int file = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
        if (file < 0) return reason();
        close(file);
        return std::nullopt;
    }

  private:
    static std::string reason() { return std::generic_category().message(errno); }

    std::vector<std::pair<std::string, Identity>> made_;
};

bool write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    write(file);
    file.close();
    return static_cast<bool>(file);
}

// Writes at the place of what is open, as the shell's own commands do: a name would open it anew, at its beginning.
class DescriptorBuffer : public std::streambuf {
  public:
    explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) { clear(); }

  protected:
    int sync() override {
        for (const char* next = pbase(); next < pptr();) {
            const auto written = ::write(descriptor_, next, static_cast<std::size_t>(pptr() - next));
            if (written < 0 && errno != EINTR) return -1;
            if (written > 0) next += written;
        }
        clear();
        return 0;
    }
    int_type overflow(int_type last) override {
        if (sync() != 0) return traits_type::eof();
        return traits_type::eq_int_type(last, traits_type::eof()) ? traits_type::not_eof(last)
                                                                  : sputc(traits_type::to_char_type(last));
    }

  private:
    void clear() { setp(bytes_.data(), bytes_.data() + bytes_.size()); }

    int descriptor_;
    std::array<char, 1U << 16U> bytes_{};
};

class DescriptorStream : public std::ostream {
  public:
    explicit DescriptorStream(int descriptor) : std::ostream(nullptr), buffer_(descriptor) { rdbuf(&buffer_); }

  private:
    DescriptorBuffer buffer_;
};

// Whether it's the folder, rather than the disk or the file, that can't be written.
bool is_folder_closed(int error) { return error == EACCES || error == EPERM || error == EROFS; }

// A new file beside `target`, with its permissions; else the reason in errno. A process of another container may have
// the same number, so names are tried.
std::optional<std::string> make_part(const std::filesystem::path& target) {
    constexpr int most = 10'000;
    constexpr std::size_t longest = 200;  // of the 255 that a name may have
    const auto name = (target.parent_path() / target.filename().string().substr(0, longest)).string();
    int file = -1;
    std::string part;
    for (int i = 0; i < most && file < 0; ++i) {
        part = fmt::format("{}.{}.{}.part", name, getpid(), i);
        file = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST) break;
    }
    if (file < 0) return std::nullopt;
    struct stat status {};
    const bool failed = stat(target.c_str(), &status) == 0 && fchmod(file, status.st_mode) != 0;
    const int why = errno;
    close(file);
    if (!failed) return part;
    unlink(part.c_str());
    errno = why;
    return std::nullopt;
}

bool replace_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return write_file(path, write);
    const auto target = end_of_links(path).path;
    const auto part = make_part(target);
    if (!part) return is_folder_closed(errno) && write_file(path, write);
    const bool whole = write_file(*part, write);
    if (whole && std::rename(part->c_str(), target.c_str()) == 0) return true;
    const int why = errno;
    unlink(part->c_str());
    // Of a folder like /tmp, where others' files can be written but not replaced.
    return whole && is_folder_closed(why) && write_file(path, write);
}

// stdout or stderr, by whatever name: what the shell sends it to isn't to be cut off or replaced.
std::ostream* standard_stream(const std::string& path) {
    if (path == "-") return &std::cout;
    const auto own = [&](int file) {
        struct stat named {};
        struct stat open {};
        return stat(path.c_str(), &named) == 0 && fstat(file, &open) == 0 && named.st_dev == open.st_dev &&
               named.st_ino == open.st_ino;
    };
    if (own(STDOUT_FILENO)) return &std::cout;
    return own(STDERR_FILENO) ? &std::cerr : nullptr;
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

std::unique_ptr<std::ostream> open_output(const std::string& path) {
    if (const auto descriptor = end_of_links(path).descriptor) return std::make_unique<DescriptorStream>(*descriptor);
    return std::make_unique<std::ofstream>(path, std::ios::binary | std::ios::trunc);
}

bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write) {
    if (path.empty()) return true;
    if (auto* const stream = standard_stream(path)) {
        write(*stream);
        return stream == &std::cout || static_cast<bool>(*stream);  // main looks after stdout
    }
    bool written = false;
    if (const auto descriptor = end_of_links(path).descriptor) {
        DescriptorStream out(*descriptor);
        write(out);
        written = static_cast<bool>(out.flush());
    } else {
        written = replace_file(path, write);
    }
    if (!written) std::cerr << "bully_sim: writing " << path << " failed: is the disk full?\n";
    return written;
}

}  // namespace bully::sim
