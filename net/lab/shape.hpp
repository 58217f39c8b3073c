// How to write to a peer: as its daemon's dialect does, until it has shown how it writes itself; what a peer sends is
// the form that it understands. A Shape is plain data, one per peer; learning changes its fields, writing reads them.
// Source: net/README.md#dialects.
#pragma once

#include "core/membership.hpp"
#include "net/lab/message.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bully::lab {

/// What a course calls things; found out by asking the daemon.
enum class Dialect : std::uint8_t { join, begin, howdy };
inline constexpr std::size_t dialect_count = 3;

[[nodiscard]] std::string_view to_string(Dialect dialect);

/// How one peer writes and reads: the form of each kind of message, and where it wants its answers.
struct Shape {
    enum class Reply : std::uint8_t { same_connection, new_connection };
    /// What --coordinator-data may demand.
    enum class Coordinator : std::uint8_t { members, pid };

    std::array<Form, message_kind_count> forms;  ///< by kind
    Reply reply = Reply::same_connection;        ///< to its ELECTION
    bool is_known = true;                        ///< False: of two families, it hasn't shown yet whose it is.

    [[nodiscard]] const Form& form(MessageKind kind) const { return forms[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] Form& form(MessageKind kind) { return forms[static_cast<std::size_t>(kind)]; }

    friend bool operator==(const Shape&, const Shape&) = default;
};

/// How the nodes of a dialect write, as far as is known before a peer has spoken.
[[nodiscard]] const Shape& shape_of(Dialect dialect);

/// How to write ELECTION and COORDINATOR to a peer: as the shape has it, or, where its family isn't known, in the way
/// of each, on connections of their own. It drops the one that it can't read.
[[nodiscard]] std::vector<Shape> forms(const Shape& shape);

/// Takes over what `message` shows of its sender's way of writing. What can't be written alike is left as it was.
void learn(Shape& shape, const Message& message);

/// Has COORDINATOR carry `what`, whatever the peer seems to like.
void set_coordinator_data(Shape& shape, Shape::Coordinator what);

/// What is written, as one pickle, ready to be sent in one piece: with up to 60 members at most 1024 bytes, which is
/// what peers read at once.
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
    [[nodiscard]] std::string write(const Form& form, std::span<const Member> members) const;

    Member self_;
    int protocol_;
};

}  // namespace bully::lab
