// The message about a file that can't be read, with the system's reason.
#pragma once

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace bully::sim {

/// "cannot open PATH: No such file or directory". Tries to read the file again, because streams don't tell why they
/// failed.
[[nodiscard]] inline std::string why_unreadable(const std::string& path) {
    errno = 0;
    char byte = 0;
    const int file = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0) static_cast<void>(read(file, &byte, 1));  // a folder opens well and reads badly
    const int why = errno == 0 ? EIO : errno;
    if (file >= 0) close(file);
    return "cannot open " + path + ": " + std::generic_category().message(why);
}

}  // namespace bully::sim
