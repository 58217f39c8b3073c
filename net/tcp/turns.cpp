#include "net/tcp/turns.hpp"

#include <boost/asio/post.hpp>

#include <cassert>
#include <deque>
#include <utility>

namespace bully::net {

struct Turns::State : std::enable_shared_from_this<State> {
    State(asio::io_context& of, std::size_t limit) : context(of), most(limit) {}

    asio::io_context& context;
    std::size_t most;
    std::size_t taken = 0;
    std::deque<Go> waiting;

    void next() {
        while (taken < most && !waiting.empty()) {
            ++taken;
            asio::post(context, [turn = Turn(shared_from_this()), go = std::move(waiting.front())]() mutable {
                go(std::move(turn));
            });
            waiting.pop_front();
        }
    }
};

// Posting allocates. Without memory for that, nobody who waits would ever go on: the program ends.
// NOLINTNEXTLINE(bugprone-exception-escape)
Turns::Turn::~Turn() {
    if (state_ == nullptr) return;  // moved on
    --state_->taken;
    state_->next();
}

Turns::Turns(asio::io_context& context, std::size_t most) : state_(std::make_shared<State>(context, most)) {
    assert(most > 0);
}

Turns::~Turns() { close(); }

void Turns::take(Go go) {
    state_->waiting.push_back(std::move(go));
    state_->next();
}

void Turns::close() { state_->waiting.clear(); }

std::size_t Turns::most() const { return state_->most; }

std::size_t Turns::waiting() const { return state_->waiting.size(); }

}  // namespace bully::net
