// A limit of the connections that a program opens at once. Above the limit they wait for their turn: urgent ones first,
// then first come first served.
//
// A group of n members in one program sends n² messages at its start. A connection takes two descriptors of the program
// and some kilobytes while it lasts; a message that waits takes some hundred bytes.
#pragma once

#include "net/tcp/tcp.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace bully::net {

class Turns {
  private:
    struct State;

  public:
    /// The right to one connection. Its destructor passes it on to the next in line.
    class Turn {
      public:
        explicit Turn(std::shared_ptr<State> state) : state_(std::move(state)) {}
        Turn(Turn&&) = default;
        Turn& operator=(Turn&&) = delete;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();  // NOLINT(bugprone-exception-escape)

      private:
        std::shared_ptr<State> state_;
    };
    using Go = std::function<void(Turn)>;
    enum class Urgency : std::uint8_t { urgent, normal };

    /// Requires: most > 0.
    Turns(asio::io_context& context, std::size_t most);
    /// As close().
    ~Turns();
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    /// Calls `go` when its turn has come; never within this call. A connection may fail at once, and the failure must
    /// not reach a node within the step that has begun the connection.
    void take(Go go, Urgency urgency = Urgency::normal);
    /// Forgets all that wait.
    void close();

    [[nodiscard]] std::size_t most() const;
    [[nodiscard]] std::size_t waiting() const;

  private:
    std::shared_ptr<State> state_;
};

}  // namespace bully::net
