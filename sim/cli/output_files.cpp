#include "sim/cli/output_files.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <poll.h>
#include <streambuf>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bully::sim {
namespace {

std::error_code reason(int error) { return {error, std::generic_category()}; }

// The identity of a file, whatever its path.
using Identity = std::pair<dev_t, ino_t>;

// None for devices: two outputs can share one without a loss.
std::optional<Identity> identity(const std::string& path) {
    struct stat status {};
    const int failed = path == "-" ? fstat(STDOUT_FILENO, &status) : stat(path.c_str(), &status);
    if (failed != 0 || !(S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode))) return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

// N if the path is /dev/fd/N in any spelling, such as /proc/self/fd/N.
std::optional<int> descriptor_named(const std::filesystem::path& path) {
    const auto name = path.filename().string();
    int number = -1;
    const auto [stop, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (failed != std::errc{} || stop != name.data() + name.size() || number < 0) return std::nullopt;
    std::error_code error;
    const bool own = std::filesystem::equivalent(path.parent_path(), "/proc/self/fd", error);
    return own && !error ? std::optional(number) : std::nullopt;
}

// The end of the links from a path: the file, which may not exist yet (canonical() fails at dangling links), or the
// open descriptor, which may have no named file and is written at its own position.
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

// The open descriptor that the path stands for, if any. The files behind stdout and stderr count by name, too: the
// shell has opened them, so they mustn't be truncated or replaced.
std::optional<int> descriptor_of(const std::string& path) {
    if (path == "-") return STDOUT_FILENO;
    if (const auto descriptor = end_of_links(path).descriptor) return descriptor;
    const auto own = identity(path);
    if (own && own == identity("-")) return STDOUT_FILENO;
    if (own && own == identity("/dev/stderr")) return STDERR_FILENO;
    return std::nullopt;
}

// A trial that opens files to see whether they can be written. It creates new files, so that their identities can be
// compared, and removes them at its end, for an empty file would look like a result.
class Trial {
  public:
    Trial() = default;
    ~Trial() {
        for (const auto& [path, made] : made_) {
            // Another process may have put its own file there.
            struct stat status {};
            if (lstat(path.c_str(), &status) == 0 && Identity{status.st_dev, status.st_ino} == made &&
                status.st_size == 0) {
                unlink(path.c_str());
            }
        }
    }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

    // The system's reason why the file can't be written; none if it can.
    std::optional<std::string> refusal(const std::string& path) {
        const auto [target, descriptor] = end_of_links(path);
        if (descriptor) {
            const int flags = fcntl(*descriptor, F_GETFL);
            if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) return std::nullopt;
            return reason(EBADF).message();
        }
        struct stat status {};
        if (stat(path.c_str(), &status) != 0 && errno == ENOENT) {
            const int file = open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (file >= 0) {
                if (fstat(file, &status) == 0) made_.emplace_back(target, Identity{status.st_dev, status.st_ino});
                close(file);
                return std::nullopt;
            }
            if (errno != EEXIST) return reason(errno).message();  // otherwise another process was faster
        } else if (S_ISFIFO(status.st_mode)) {
            // A pipe can be opened only once: its reader takes closing for the end.
            return access(path.c_str(), W_OK) == 0 ? std::nullopt : std::optional(reason(errno).message());
        }
        const int file = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
        if (file < 0) return reason(errno).message();
        close(file);
        return std::nullopt;
    }

  private:
    std::vector<std::pair<std::string, Identity>> made_;
};

std::error_code write_in_place(const std::string& path, const std::function<void(std::ostream&)>& write) {
    OutputStream out(path);
    write(out);
    return out.finish();
}

// Whether the error concerns the folder, not the disk or the file.
bool is_folder_closed(int error) { return error == EACCES || error == EPERM || error == EROFS; }

// A new file beside `target`, with its permissions; none, and errno, on failure. A process of another container may
// have the same pid, so several names are tried.
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

std::error_code replace_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
    const auto target = end_of_links(path).path;
    const auto part = make_part(target);
    if (!part) return is_folder_closed(errno) ? write_in_place(path, write) : reason(errno);
    const auto failed = write_in_place(*part, write);
    if (!failed && std::rename(part->c_str(), target.c_str()) == 0) return {};
    const int why = errno;
    unlink(part->c_str());
    if (failed) return failed;
    // In a folder like /tmp, files of other users can be written, but not replaced.
    return is_folder_closed(why) ? write_in_place(path, write) : reason(why);
}

}  // namespace

// A buffer that writes to an open descriptor at its position, as the shell's commands do. Opening the file by name
// would begin at its start.
class OutputStream::Buffer final : public std::streambuf {
  public:
    explicit Buffer(const std::string& path) {
        const auto open_already = descriptor_of(path);
        is_own_ = !open_already;
        descriptor_ =
            is_own_ ? open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0666) : *open_already;
        if (descriptor_ < 0) failed_ = reason(errno);
        clear();
    }
    ~Buffer() override { close(); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    std::error_code close() {
        sync();
        if (std::exchange(is_own_, false) && descriptor_ >= 0 && ::close(descriptor_) != 0) fail();
        return failed_;
    }

  protected:
    int sync() override {
        // A closed pipe is reported, and other outputs follow. Only on stdout it ends the program, as for `| head`.
        const bool is_fatal = descriptor_ == STDOUT_FILENO;
        const auto before = is_fatal ? SIG_ERR : std::signal(SIGPIPE, SIG_IGN);
        for (const char* next = pbase(); next < pptr() && !failed_;) {
            const auto written = ::write(descriptor_, next, static_cast<std::size_t>(pptr() - next));
            if (written >= 0) {
                next += written;
            } else if (errno == EAGAIN) {
                pollfd writable{descriptor_, POLLOUT, 0};
                poll(&writable, 1, -1);
            } else if (errno != EINTR) {
                fail();
            }
        }
        if (!is_fatal) std::signal(SIGPIPE, before);
        clear();
        return failed_ ? -1 : 0;
    }
    int_type overflow(int_type last) override {
        if (sync() != 0) return traits_type::eof();
        return traits_type::eq_int_type(last, traits_type::eof()) ? traits_type::not_eof(last)
                                                                  : sputc(traits_type::to_char_type(last));
    }

  private:
    void clear() { setp(bytes_.data(), bytes_.data() + bytes_.size()); }
    void fail() {
        if (!failed_) failed_ = reason(errno);
    }

    int descriptor_ = -1;
    bool is_own_ = false;
    std::error_code failed_;
    std::array<char, 1U << 16U> bytes_{};
};

OutputStream::OutputStream(const std::string& path) : std::ostream(nullptr), buffer_(std::make_unique<Buffer>(path)) {
    rdbuf(buffer_.get());
}

OutputStream::~OutputStream() = default;

std::error_code OutputStream::finish() { return buffer_->close(); }

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
            return own ? own == identity(other.path) : is_stdout(path) && is_stdout(other.path);
        };
        for (const auto& input : inputs) {
            if (!is_same(input)) continue;
            return fmt::format("{} {} would overwrite {} {}, expected another file", name, path, input.name,
                               input.path);
        }
        for (auto other = outputs.begin(); other != output; ++other) {
            if (!is_same(*other)) continue;
            return fmt::format("{} {} and {} {} are the same file, expected two different files", other->name,
                               other->path, name, path);
        }
    }
    return std::nullopt;
}

bool is_stdout(const std::string& path) { return descriptor_of(path) == STDOUT_FILENO; }

bool is_named_file(const std::string& path) {
    struct stat status {};
    return !descriptor_of(path) && (stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode));
}

bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write) {
    if (path.empty()) return true;
    const auto failed = is_named_file(path) ? replace_file(path, write) : write_in_place(path, write);
    if (failed) std::cerr << "bully_sim: writing " << path << " failed: " << failed.message() << "\n";
    return !failed;
}

}  // namespace bully::sim
