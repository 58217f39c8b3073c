// bully_live: joins a group on TCP by its coordinator daemon, and elects with the nodes that are there.
#include "net/cli/demo.hpp"
#include "net/cli/live_cli.hpp"
#include "net/cli/program.hpp"
#include "net/log/line_output.hpp"
#include "net/log/trace.hpp"
#include "net/tcp/descriptors.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <unistd.h>

namespace {

using namespace bully;
using namespace bully::net;

// Says so if there are too few descriptors; false if nothing would work.
bool check_descriptors(const GroupOptions& group) {
    const auto members = group.pids.size();
    const auto plan = plan_descriptors(group.descriptors, members, group.own_daemon.has_value());
    if (group.descriptors >= plan.wanted) return true;
    const auto who = members == 1 ? std::string("one member") : "--processes " + std::to_string(members);
    const auto allowed = std::to_string(group.descriptors) + " are allowed (ulimit -Hn)";
    if (group.descriptors < plan.least) {
        std::cerr << "bully_live: " << who << " needs " << plan.least << " file descriptors, and " << allowed
                  << ": expected " << (members == 1 ? "" : "fewer processes or ") << "a higher limit\n";
        return false;
    }
    std::cerr << "bully_live: " << who << " makes use of " << plan.wanted << " file descriptors, and " << allowed
              << ": messages wait for each other\n";
    return true;
}

// A trace with a gap can't be replayed: it ends there.
LineOutput::Options trace_options(LineOutput& errors, const std::string& file) {
    LineOutput::Options options;
    options.kept = std::size_t{1} << 20U;
    options.on_end = [&errors, file](const std::string& why) {
        errors.write("bully_live: can't write the trace to " + file + ": " + why +
                     ": the trace ends here, incomplete\n");
    };
    return options;
}

// -1: it can't be opened, and that was told.
int open_trace(const std::string& file) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        std::cerr << "bully_live: can't write the trace to " << file << ": " << std::generic_category().message(errno)
                  << "\n";
    }
    return descriptor;
}

int run(LiveCommand command) {
    command.group.descriptors = allow_descriptors();
    if (!check_descriptors(command.group)) return static_cast<int>(LiveExit::usage);
    const bool is_traced = !command.trace.empty();
    const int trace_descriptor = is_traced ? open_trace(command.trace) : -1;
    if (is_traced && trace_descriptor < 0) return static_cast<int>(LiveExit::usage);
    asio::io_context context(1);
    asio::signal_set signals(context);
    add_ends(signals);  // before anything is said: who reads that may want an end
    LineOutput errors(STDERR_FILENO, for_errors("bully_live"));
    LineOutput out(STDOUT_FILENO, for_log("bully_live", errors, command.style.json));
    std::optional<LineOutput> trace_out;
    if (is_traced) trace_out.emplace(trace_descriptor, trace_options(errors, command.trace));
    LiveLog log(context, out.stream(), command.style);
    std::optional<LiveTrace> trace;
    if (is_traced) trace.emplace(trace_out->stream());
    std::vector<NodeObserver*> observers;
    if (trace) observers.push_back(&*trace);  // first: what is said has been recorded
    observers.push_back(&log);

    const auto epoch = Clock::now();
    const auto now_ns = [&] { return Duration(Clock::now() - epoch).count(); };
    command.group.node.epoch = epoch;
    LiveGroup group(context, command.group, observers);
    if (trace) trace->begin(group.nodes(), command.group.node.seed);
    if (auto* daemon = group.own_daemon()) {
        log.remark(now_ns(), "a coordinator daemon of its own listens at " + to_string(daemon->endpoint()) +
                                 "; others may join: bully_live " + to_string(daemon->endpoint()) + " --pid DAYS,ID");
    }

    auto exit = LiveExit::ended;
    bool has_ended = false;
    const auto end = [&](LiveExit with) {
        if (!has_ended) exit = with;  // the first reason counts
        has_ended = true;
        context.stop();
    };
    const auto has_joined = [](const std::shared_ptr<Node>& node) { return node->has_joined(); };
    std::size_t given_up = 0;
    for (const auto& node : group.nodes()) {
        node->on_give_up = [&](const Node& who, const std::string& reason) {
            errors.write("bully_live: " + to_string(who.pid()) + " can't join: " + reason + "\n");
            if (++given_up == group.nodes().size()) end(LiveExit::no_part);
        };
    }
    signals.async_wait([&](error_code error, int) {
        if (!error) end(LiveExit::ended);
    });
    asio::steady_timer over(context);
    if (command.duration) {
        over.expires_after(*command.duration);
        over.async_wait([&](error_code error) {
            if (error) return;
            if (command.demo) {
                errors.write("bully_live: --for is over before the demo has shown an election\n");
                return end(LiveExit::no_part);
            }
            const bool took_part = group.own_daemon() != nullptr || std::ranges::any_of(group.nodes(), has_joined);
            if (!took_part)
                errors.write("bully_live: the coordinator daemon hasn't let anybody in before --for was over\n");
            end(took_part ? LiveExit::ended : LiveExit::no_part);
        });
    }
    group.start();
    if (command.demo) {
        co_spawn(context, run_demo(group, log, epoch), [&](const std::exception_ptr& failure, bool shown) {
            if (failure) std::rethrow_exception(failure);
            if (!shown && !group.has_left()) errors.write("bully_live: the demo's group hasn't agreed on a leader\n");
            end(shown ? LiveExit::ended : LiveExit::no_part);
        });
    }
    context.run();
    signals.cancel();  // a second Ctrl-C ends the program at once
    group.leave();
    for (const auto& node : group.nodes()) log.on_end(*node, now_ns());
    if (trace) trace->end(now_ns());
    over.cancel();
    run_down(context);  // while all of it is still there
    if (!finish_log("bully_live", out, errors)) exit = LiveExit::internal;
    if (const auto lost = trace_out ? trace_out->finish().lines : 0; lost > 0) {
        exit = LiveExit::internal;
        errors.write("bully_live: the trace in " + command.trace + " is incomplete: the last " + std::to_string(lost) +
                     " lines couldn't be written\n");
    }
    return static_cast<int>(exit);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        prepare_program();
        const auto command = parse_live_command(argc, argv);
        return command ? run(*command) : static_cast<int>(command.error());
    } catch (const ListenError& error) {
        std::cerr << "bully_live: " << error.what() << "\n";
        return static_cast<int>(LiveExit::usage);
    } catch (const std::exception& error) {
        std::cerr << "bully_live: internal error: " << error.what() << "\n";
        return static_cast<int>(LiveExit::internal);
    }
}
