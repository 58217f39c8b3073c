// What a lab message says, whichever way its sender writes it.
//
// Nodes of the lab agree on five things to say, and on little else: names come in several spellings, alone, as a pair
// or as a triple; the sender stands in the message or nowhere; COORDINATOR carries the leader or a list. Reading is as
// generous as it can be without guessing; what was seen of the form is kept, so that the answer can be alike (see
// lab_shape.hpp). Source: protocol.md, sections 1 to 4.
#pragma once

#include "core/membership.hpp"
#include "core/process_id.hpp"
#include "net/pickle_value.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bully::lab {

enum class MessageKind : std::uint8_t { join, election, ok, coordinator, probe };
inline constexpr std::size_t message_kind_count = 5;

[[nodiscard]] std::string_view to_string(MessageKind kind);

/// How a message was written.
struct Form {
    std::string word;           ///< the name as it came, e.g. "GOT_IT"
    bool bare = false;          ///< the name alone, without data
    bool sender_apart = false;  ///< the sender stands between the name and the data: a triple
    bool has_pid = false;       ///< the data name a process
    bool has_address = false;   ///< and its address
    bool has_members = false;   ///< the data hold a list of members
};

struct Message {
    MessageKind kind = MessageKind::ok;
    /// Whom it names: the sender of ELECTION, OK and PROBE, the joiner of JOIN, the leader of COORDINATOR.
    std::optional<ProcessId> pid;
    std::optional<Endpoint> address;  ///< of `pid`
    Membership members;
    Form form;
};

/// The message that `value` is, or why it is none.
[[nodiscard]] tl::expected<Message, std::string> read_message(const pickle::Value& value);

/// The daemon's answer to a JOIN: its members. The error is the daemon's own text where it sent one.
[[nodiscard]] tl::expected<Membership, std::string> read_join_answer(const pickle::Value& value);

/// (days, student_id), a tuple or a list of two ints.
[[nodiscard]] std::optional<ProcessId> read_pid(const pickle::Value& value);
/// (host, port).
[[nodiscard]] std::optional<Endpoint> read_endpoint(const pickle::Value& value);
/// {pid: address}, {address: pid}, or a list of pairs; entries that are neither are left out. Nothing if it is none.
[[nodiscard]] std::optional<Membership> read_members(const pickle::Value& value);

/// Printable ASCII on one line, anything else escaped, not longer than `limit`: what came from outside, for logs.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 120);

/// What a node knows of another process.
enum class Health : std::uint8_t {
    unknown,
    alive,  ///< has answered, or spoken, since it was last taken for dead
    dead,   ///< has refused, broken or not answered a request since
};

/// Who announces itself by a COORDINATOR that carries a list instead of a pid: the greatest that isn't known to be
/// dead, ourselves aside, so that a list that ends with us is a claim of a lower process. Nobody, if that leaves
/// nobody.
///
/// Such lists may hold dead higher members. One that nothing is known of is taken for the sender: most likely it has
/// joined of late, and if it is dead after all, the first PROBE tells. To take a lower one for it could stay wrong for
/// ever, as that one answers.
template <typename HealthOf>
[[nodiscard]] std::optional<ProcessId> leader_of_list(const Membership& listed, ProcessId self, HealthOf health_of) {
    std::optional<ProcessId> leader;
    for (const auto& member : listed.members()) {  // ascending
        if (member.pid != self && health_of(member.pid) != Health::dead) leader = member.pid;
    }
    return leader;
}

}  // namespace bully::lab
