#include "net/live_who.hpp"

#include "net/cli_values.hpp"

#include <array>
#include <ctime>
#include <random>

namespace bully::net {
namespace {

constexpr std::size_t default_processes = 5;

std::string today() {
    const auto now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%F", &local);
    return text.data();
}

Read<ProcessId> pid_of(const Who& who) {
    if (who.pid) return *who.pid;
    const auto days = read_birthday(who.birthday, today());
    if (!days) return tl::unexpected("--birthday: " + days.error());
    return ProcessId{*days, *who.student_id};
}

}  // namespace

tl::expected<void, std::string> resolve_who(const Who& who, LiveCommand& command) {
    const auto refuse = [](const char* why) { return tl::unexpected(std::string(why)); };
    auto& group = command.group;
    const bool named = who.pid || !who.birthday.empty() || who.student_id;
    if (command.demo && (named || !who.gcd.empty())) {
        return refuse(who.gcd.empty() ? "--demo shows a group of its own: expected no pid beside it"
                      : named         ? "--demo shows a group of its own: expected no daemon and no pid beside it"
                                      : "--demo shows a group of its own: expected no daemon beside it");
    }
    if (command.demo && who.processes == 1U) {
        return refuse("--demo kills the leader and shows who is elected then: expected --processes 2 or more");
    }
    if (who.pid && (!who.birthday.empty() || who.student_id)) {
        return refuse("both --pid and --birthday or --student-id, expected one of them");
    }
    if (who.birthday.empty() != !who.student_id) {
        return refuse("--birthday and --student-id belong together");
    }
    if (named && (who.processes || who.gcd.empty())) {
        return refuse(who.gcd.empty() ? "a pid without a daemon: expected GCD_HOST:PORT as well"
                                      : "--processes makes up its pids: expected no pid beside it");
    }
    if (!named && !who.gcd.empty() && !who.processes) {
        return refuse("who are you? Expected --pid DAYS,ID, or --birthday and --student-id, or --processes N");
    }
    if (named) {
        const auto pid = pid_of(who);
        if (!pid) return tl::unexpected(pid.error());
        group.pids = {*pid};
    } else {
        group.pids = made_up_pids(who.processes.value_or(default_processes));
    }
    auto& node = group.node;
    if (node.listen.port != 0 && group.pids.size() > 1) {
        return refuse("--listen: one port for many processes, expected HOST:0");
    }
    if (who.gcd.empty()) {
        group.own_daemon.emplace();
    } else {
        const auto gcd = read_address(who.gcd, false);
        if (!gcd) return tl::unexpected("GCD: " + gcd.error());
        node.gcd = *gcd;
    }
    node.seed = who.seed ? *who.seed : std::random_device{}();
    return {};
}

tl::expected<void, std::string> resolve_addresses(LiveCommand& command) {
    auto& node = command.group.node;
    const auto host = resolve_host(node.listen.host);
    if (!host) return tl::unexpected("--listen: " + host.error());
    node.listen.host = *host;
    // Its members aren't at the daemon's own host then, as far as it can tell.
    if (auto& daemon = command.group.own_daemon) daemon->allow_remote = *host != "127.0.0.1" && *host != "0.0.0.0";
    if (*host == "0.0.0.0") {
        const auto told = command.group.own_daemon ? Read<std::string>("127.0.0.1") : local_host_towards(node.gcd);
        if (!told) return tl::unexpected("GCD: " + told.error());
        node.advertise = *told;
    }
    if (!command.group.own_daemon && node.listen.port == node.gcd.port) {
        const auto daemon = resolve_host(node.gcd.host);
        if (daemon && (*daemon == *host || *daemon == node.advertise)) {
            return tl::unexpected("--listen: " + to_string(node.gcd) +
                                  " is the daemon's address, expected another port, or 0 for any free one");
        }
    }
    return {};
}

}  // namespace bully::net
