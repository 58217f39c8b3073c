#include "net/log/trace.hpp"

#include <bully/version.hpp>

namespace bully::net {

void LiveTrace::begin(std::span<const std::shared_ptr<Node>> nodes, std::uint64_t seed) {
    TraceHeader header{"bully_live", BULLY_VERSION, "", seed, nodes.front()->options().settings.mode, {}, {}, {}};
    for (const auto& node : nodes) {
        const auto& options = node->options();
        const auto name = options.name.empty() ? to_string(options.pid) : options.name;
        header.processes.push_back({options.number, name, {options.pid, node->endpoint()}, options.settings});
    }
    text_.header(header);
    write();
}

void LiveTrace::on_life(const Node& node, std::int64_t at_ns, Round first_round) {
    const Member member{node.pid(), node.endpoint()};
    const auto number = node.options().number;
    if (first_round > 0) text_.world({at_ns, "restart", number, false, false, ""});
    text_.life({at_ns, number, member, first_round, {}, {}, node.election().view()});
    write();
}

void LiveTrace::on_step(const Node& node, const LiveStep& step) {
    const auto number = node.options().number;
    text_.step({step.at_ns, number, step.event, 0, step.actions, node.election().view()});
    if (find_action<StopListening>(step.actions) != nullptr)
        text_.world({step.at_ns, "feign", number, false, false, ""});
    if (find_action<Listen>(step.actions) != nullptr) text_.world({step.at_ns, "recover", number, false, false, ""});
    write();
}

void LiveTrace::on_gone(const Node& node, std::int64_t at_ns, Gone why) {
    if (why == Gone::left) return;  // with the program, which is the end of the trace
    // Its host is up: connections are refused.
    text_.world({at_ns, why == Gone::gave_up ? "give_up" : "crash", node.options().number, false, true, ""});
    write();
}

void LiveTrace::end(std::int64_t at_ns) {
    text_.end(at_ns);
    out_ << text_.take() << std::flush;
}

}  // namespace bully::net
