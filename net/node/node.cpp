// Steps, actions and timers of a live node.
#include "net/node/node.hpp"

#include "core/transitions.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cassert>

namespace bully::net {
namespace {

// Row 20: a timer goes after all messages that can be read. After a stall (SIGSTOP) accepting, reading and decoding a
// backlog takes several turns of the loop: the timer waits until so many in a row have brought nothing ...
constexpr int quiet_turns = 3;
// ... but a flood must not keep it for ever.
constexpr auto longest_wait_for_quiet = std::chrono::milliseconds(250);
constexpr auto listen_retry = std::chrono::milliseconds(100);

template <typename Timers, typename Context, std::size_t... slot>
Timers timers_on(Context& context, std::index_sequence<slot...>) {
    return {((void)slot, typename Timers::value_type(context))...};
}

// Whether it is a leader's reason to say again that it leads: somebody seems not to know.
bool shows_ignorance(const Event& event) {
    switch (kind_of(event)) {
        case EventKind::election:
        case EventKind::coordinator:
        case EventKind::hold_down_over: return true;
        case EventKind::start:
        case EventKind::joined:
        case EventKind::join_failed:
        case EventKind::probe:
        case EventKind::answer:
        case EventKind::unreachable:
        case EventKind::answer_timeout:
        case EventKind::coordinator_timeout:
        case EventKind::probe_gap_over:
        case EventKind::probe_timeout:
        case EventKind::join_retry_due:
        case EventKind::refresh_due:
        case EventKind::feign_due:
        case EventKind::elect:
        case EventKind::feign: return false;
    }
    return false;
}

}  // namespace

Node::Node(asio::io_context& context, NodeOptions options, std::vector<NodeObserver*> observers)
    : context_(context),
      options_(std::move(options)),
      observers_(std::move(observers)),
      writer_({options_.pid, options_.listen}, options_.pickle_protocol),
      dialect_(options_.dialect),
      random_(options_.seed ^ options_.number * 0x9e3779b97f4a7c15U),
      acceptor_(context),
      election_(writer_.self(), options_.settings),
      timers_(timers_on<decltype(timers_)>(context, std::make_index_sequence<timer_slot_count>{})),
      turns_(options_.turns ? options_.turns : std::make_shared<Turns>(context, options_.limits.opened)),
      peers_({.victories = options_.limits.victories, .interval = options_.limits.announcement_interval}),
      reminding_timer_(context),
      reminder_(context),
      asks_(options_.limits.asks, options_.limits.ask_interval),
      joins_(options_.limits.joins, options_.limits.join_interval),
      owed_join_timer_(context) {}

std::int64_t Node::now_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - options_.epoch).count();
}

void Node::trouble(std::string_view what) {
    for (auto* observer : observers_) observer->on_trouble(*this, now_ns(), what);
}

void Node::listen() {
    const tcp::endpoint endpoint(asio::ip::make_address_v4(options_.listen.host), options_.listen.port);
    tcp::acceptor opened(context_);
    opened.open(endpoint.protocol());
    opened.set_option(tcp::acceptor::reuse_address(true));
    opened.bind(endpoint);
    opened.listen();
    acceptor_ = std::move(opened);
    options_.listen.port = acceptor_.local_endpoint().port();  // once taken it is kept: others know it
    auto told = options_.listen;
    if (!options_.advertise.empty()) told.host = options_.advertise;
    if (options_.advertise_port != 0) told.port = options_.advertise_port;
    writer_.set_endpoint(std::move(told));
}

void Node::start() {
    assert(!alive_ && acceptor_.is_open());
    const auto first_round = election_.last_round();
    election_ = Election(writer_.self(), options_.settings, first_round);
    alive_ = true;
    failed_ = false;
    ++epoch_;
    // A process that starts again knows nothing of others.
    dialect_ = options_.dialect;
    listed_ = 0;
    peers_.clear();
    address_book_.clear();
    for (auto* observer : observers_) observer->on_life(*this, now_ns(), first_round);
    co_spawn(context_, accept_all(epoch_), rethrow);
    step(Start{});
}

void Node::end_life(Gone why) {
    if (!alive_) return;
    alive_ = false;
    ++epoch_;
    for (auto& slot : timers_) {
        ++slot.generation;
        slot.timer.cancel();
    }
    error_code ignored;
    acceptor_.close(ignored);
    break_connections();
    for (auto* observer : observers_) observer->on_gone(*this, now_ns(), why);
}

void Node::break_connections() {
    error_code ignored;
    for (auto& connection : inbound_) connection.socket.close(ignored);
    for (auto& socket : outbound_) socket.close(ignored);
    peers_.forget_requests();
    doubts_.clear();
    asked_again_.clear();
    reminding_timer_.cancel();
    reminder_.cancel();
    owed_joins_.clear();
    owed_join_timer_.cancel();
}

struct Node::Executor {
    Node& node;
    const Event& event;
    Telling telling;

    void operator()(const Reply& to) const { node.reply(to.reply_to); }
    void operator()(const StartTimer& timer) const { node.start_timer(timer); }
    void operator()(const SendElection& election) const {
        node.asked_higher_ = 0;  // this asks the same again
        node.send_elections(election.round);
    }
    void operator()(const AskHigher& ask) const {
        // Else whoever PROBEs has this process open connections to all those above. One who is misled PROBEs again.
        if (!node.asks_.take(now())) return;
        node.asked_higher_ = ask.round;
        node.send_elections(ask.round);
    }
    void operator()(const Announce&) const { node.announce(telling); }
    void operator()(const SendProbe& probe) const { node.send_probe(probe); }
    void operator()(const Join& request) const { node.ask_daemon(request.round); }
    void operator()(const StopListening&) const { node.stop_listening(); }
    void operator()(const Listen&) const { node.listen_again(); }
    void operator()(const GiveUp&) const {
        const auto& given = std::get<JoinFailed>(event).reason;
        const auto reason = given.empty() ? std::string("no reason given") : given;
        node.end_life(Gone::gave_up);
        if (node.on_give_up) node.on_give_up(node, reason);
    }
    // For observers, which have been told.
    void operator()(const LeaderChanged&) const {}
    void operator()(const Warn&) const {}
};

void Node::step(const Event& event, std::string_view from) {
    assert(alive_ && !stepping_);
    stepping_ = true;
    actions_.clear();
    const auto before = election_.view();
    election_.step(event, actions_);
    const LiveStep note{now_ns(), &event, from, actions_, before};
    for (auto* observer : observers_) observer->on_step(*this, note);
    const auto telling = before.phase != Phase::leading                  ? Telling::victory
                         : shows_ignorance(event) || peers_.many_doubt() ? Telling::asked
                                                                         : Telling::unasked;
    for (const auto& action : actions_) {
        std::visit(Executor{*this, event, telling}, action);
        if (!alive_) break;
    }
    stepping_ = false;
}

void Node::stop_listening() {
    failed_ = true;
    ++epoch_;
    if (options_.feign_style == NodeOptions::FeignStyle::close) {
        error_code ignored;
        acceptor_.close(ignored);
    } else {
        accept_anew();
    }
    break_connections();
}

void Node::listen_again() {
    failed_ = false;
    ++epoch_;
    break_connections();
    if (options_.feign_style == NodeOptions::FeignStyle::close) {
        try {
            listen();
        } catch (const boost::system::system_error& error) {
            trouble("can't listen at " + to_string(listens_at()) + " again, still trying: " + error.code().message());
            co_spawn(
                context_,
                [](std::shared_ptr<Node> self, std::uint32_t epoch) -> asio::awaitable<void> {
                    asio::steady_timer pause(self->context_);
                    while (self->epoch_ == epoch && !self->acceptor_.is_open()) {
                        pause.expires_after(listen_retry);
                        co_await pause.async_wait(as_result);
                        if (self->epoch_ != epoch) co_return;
                        try {
                            self->listen();
                        } catch (const boost::system::system_error&) {
                            continue;
                        }
                    }
                    co_await self->accept_all(epoch);
                }(shared_from_this(), epoch_),
                rethrow);
            return;
        }
    }
    accept_anew();
}

// The loop of an earlier epoch ends.
void Node::accept_anew() {
    error_code ignored;
    acceptor_.cancel(ignored);
    co_spawn(context_, accept_all(epoch_), rethrow);
}

void Node::start_timer(const StartTimer& timer) {
    const auto which = static_cast<std::size_t>(slot(timer.timer));
    auto& armed = timers_[which];
    auto duration = timer.range.min;
    if (timer.range.max > timer.range.min) {
        std::uniform_int_distribution<std::int64_t> among(timer.range.min.count(), timer.range.max.count());
        duration = Duration{among(random_)};
    }
    armed.what = timer.timer;
    armed.round = timer.round;
    armed.quiet = 0;
    const auto generation = ++armed.generation;
    armed.timer.expires_after(duration);
    armed.timer.async_wait(
        [self = shared_from_this(), which, generation, due = Clock::now() + duration](error_code error) {
            if (error) return;
            auto& mine = self->timers_[which];
            if (mine.generation != generation) return;
            mine.activity = self->activity_;
            co_spawn(
                self->context_,
                [](std::shared_ptr<Node> node, std::size_t index, std::uint32_t turn,
                   Clock::time_point give_in) -> asio::awaitable<void> {
                    auto& waiting = node->timers_[index];
                    while (waiting.quiet < quiet_turns && Clock::now() < give_in) {
                        waiting.timer.expires_after(Duration::zero());  // comes back after the network was polled
                        co_await waiting.timer.async_wait(as_result);
                        if (waiting.generation != turn) co_return;
                        waiting.quiet = waiting.activity == node->activity_ ? waiting.quiet + 1 : 0;
                        waiting.activity = node->activity_;
                    }
                    node->timer_due(index, turn);
                }(self, which, generation, std::max(due, Clock::now()) + longest_wait_for_quiet),
                rethrow);
        });
}

void Node::timer_due(std::size_t slot, std::uint32_t generation) {
    const auto& armed = timers_[slot];
    if (!alive_ || armed.generation != generation) return;
    const TimerFired fired{armed.what, armed.round};
    peers_.note_silence(fired.round, fired.timer, now());
    step(fired);
}

std::vector<lab::Shape> Node::forms_for(ProcessId peer) const {
    auto forms = lab::forms(shape_for(peer));
    if (options_.coordinator) {
        for (auto& form : forms) lab::set_coordinator_data(form, *options_.coordinator);
    }
    return forms;
}

void Node::learn_from(ProcessId peer, const lab::Message& message) {
    set_health(peer, lab::Health::alive);
    if (peer == pid()) return;
    if (address_book_.is_replaced(peer)) ask_daemon(0);  // it is back, or so it seems
    peers_.learn(peer, message, dialect());
}

}  // namespace bully::net
