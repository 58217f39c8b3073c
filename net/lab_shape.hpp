// How to write to a peer: as its daemon's dialect does, until it has shown how it writes itself; what a peer sends is
// the form that it understands. A Shape is plain data, one per peer; learning changes its fields, writing reads them.
// Source: protocol.md, section 4.
#pragma once

#include "core/membership.hpp"
#include "net/lab_message.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bully::lab {

/// What a course calls things; found out by asking the daemon.
enum class Dialect : std::uint8_t { join, begin, howdy };
inline constexpr std::size_t dialect_count = 3;

[[nodiscard]] std::string_view to_string(Dialect dialect);

struct Shape {
    enum class Ok : std::uint8_t { with_members, with_none, bare };
    enum class Coordinator : std::uint8_t { members, pid, pid_and_address };
    enum class Reply : std::uint8_t { same_connection, new_connection };

    std::string join_word;
    std::string election_word;
    std::string ok_word;
    std::string coordinator_word;
    std::string probe_word;
    Ok ok = Ok::with_members;
    Coordinator coordinator = Coordinator::members;
    bool sender_in_election = false;  ///< ELECTION as a triple: name, sender, members
    Reply reply = Reply::same_connection;

    friend bool operator==(const Shape&, const Shape&) = default;
};

/// How the nodes of a dialect write, as far as is known before a peer has spoken.
[[nodiscard]] const Shape& shape_of(Dialect dialect);

/// Takes over what `message` shows of its sender's way of writing.
void learn(Shape& shape, const Message& message);

/// What is written, as one pickle, ready to be sent in one piece.
class Writer {
  public:
    /// Requires: a protocol that pickle::Encoder writes.
    Writer(Member self, int protocol) : self_(std::move(self)), protocol_(protocol) {}

    void set_endpoint(Endpoint endpoint) { self_.endpoint = std::move(endpoint); }
    [[nodiscard]] const Member& self() const { return self_; }

    /// (JOIN, (P, A))
    [[nodiscard]] std::string join(Dialect dialect) const;
    [[nodiscard]] std::string election(const Shape& shape, const Membership& members) const;
    [[nodiscard]] std::string ok(const Shape& shape, const Membership& members) const;
    /// One's own victory. A list holds those up to oneself, oneself first: who takes the first or the greatest is
    /// right.
    [[nodiscard]] std::string coordinator(const Shape& shape, const Membership& members) const;
    [[nodiscard]] std::string probe(const Shape& shape) const;

  private:
    Member self_;
    int protocol_;
};

}  // namespace bully::lab
