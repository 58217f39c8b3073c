// The group coordinator daemon without its sockets: its list of members, and its answers. They are gcd2.py's, except
// for requests that crash gcd2.py or lock a student out for ever: these get an error text
// (net/README.md#the-coordinator-daemon).
#pragma once

#include "core/membership.hpp"
#include "core/timing.hpp"
#include "net/pickle/value.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bully {

/// A request to join.
struct JoinRequest {
    ProcessId pid{};
    std::string host;                   ///< As it was sent.
    std::optional<std::uint16_t> port;  ///< Nothing: an invalid port, which is refused after the host is resolved.
};

/// Reads the request in `message`; the error is the text that gcd2.py answers. `only` is the name that a JOIN must
/// have; empty: any of the three.
[[nodiscard]] tl::expected<JoinRequest, std::string> read_join_request(const pickle::Value& message,
                                                                       std::string_view only = {});

inline constexpr std::string_view invalid_port = "Invalid port number";
inline constexpr std::string_view only_local = "Only local group members currently allowed";

/// The answer to bytes that aren't a pickle: gcd2.py sends it as raw text.
[[nodiscard]] std::string not_a_pickle(std::string_view bytes);

/// A member that was removed because another one joined.
struct Replaced {
    enum class Why : std::uint8_t { same_student, same_address, full } why;
    ProcessId pid;
};
[[nodiscard]] std::string_view to_string(Replaced::Why why);

/// A member that was removed because it hasn't joined again for too long.
struct Forgotten {
    Member member;
    Duration silent_for{};
};

/// The effects of a JOIN on the list.
struct Entered {
    std::optional<Endpoint> before;  ///< Earlier address of the pid, if it was another.
    std::vector<Replaced> replaced;
    std::vector<Forgotten> forgotten;
};

class GcdRegistry {
  public:
    /// A member is forgotten when it hasn't joined again for `forget_after`; nothing: never, as in gcd2.py.
    explicit GcdRegistry(std::optional<Duration> forget_after = std::nullopt) : forget_after_(forget_after) {}

    /// Adds `member`; `now` counts from any fixed epoch. A student has one pid, and an address has one: the newer
    /// replaces the older. A full list loses its oldest member.
    Entered join(const Member& member, Duration now);
    /// The pickled answer to a JOIN: {pid: (host, port)} in the order of joining.
    [[nodiscard]] std::string answer() const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// Whether some members are on loopback and others aren't.
    [[nodiscard]] bool is_mixed() const;

  private:
    struct Entry {
        Member member;
        Duration joined{};
    };

    std::optional<Duration> forget_after_;
    std::vector<Entry> entries_;
};

/// `text` as a pickle: an error answer.
[[nodiscard]] std::string pickled(std::string_view text);

}  // namespace bully
