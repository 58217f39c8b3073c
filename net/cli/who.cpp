#include "net/cli/who.hpp"

#include "net/cli/values.hpp"
#include "net/tcp/addresses.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <random>
#include <utility>

namespace bully::net {
namespace {

constexpr std::size_t default_processes = 5;
constexpr auto longest_lookup = std::chrono::seconds(5);

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
        return refuse("--pid beside --birthday or --student-id, expected one of the two");
    }
    if (who.birthday.empty() != !who.student_id) {
        return refuse(who.birthday.empty() ? "--student-id without --birthday, expected both"
                                           : "--birthday without --student-id, expected both");
    }
    if (named && (who.processes || who.gcd.empty())) {
        return refuse(who.gcd.empty() ? "a pid without a daemon: expected GCD_HOST:PORT as well"
                                      : "--processes makes up its pids: expected no pid beside it");
    }
    if (!named && !who.gcd.empty() && !who.processes) {
        return refuse("GCD without a pid: expected --pid DAYS,ID, or --birthday and --student-id, or --processes N");
    }
    if (named) {
        const auto pid = pid_of(who);
        if (!pid) return tl::unexpected(pid.error());
        group.pids = {*pid};
    } else {
        group.pids = made_up_pids(who.processes.value_or(default_processes));
    }
    auto& node = group.node;
    if (who.listen && who.listen->port != 0 && group.pids.size() > 1) {
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

namespace {

// How the daemon is reached; nothing: its name, or the way to it, isn't known yet. Then JOIN finds out, again and
// again.
tl::expected<WayToDaemon, std::string> way_to(const Endpoint& gcd, Duration within) {
    const auto daemon = resolve_host(gcd.host, within);
    if (!daemon) return tl::unexpected(daemon.error());
    const auto from = local_host_towards({*daemon, gcd.port});
    if (!from) return tl::unexpected(from.error());
    return WayToDaemon{*from, *daemon};
}

tl::expected<AddressWish, std::string> wish_of(const Who& who) {
    AddressWish wish{who.listen, who.advertise};
    for (const auto& [name, address] :
         {std::pair("--listen: ", &wish.listen), std::pair("--advertise: ", &wish.advertise)}) {
        if (!*address) continue;
        const auto host = resolve_host((*address)->host);
        if (!host) return tl::unexpected(name + host.error());
        (*address)->host = *host;
    }
    wish.advertised_is_here = wish.advertise && is_address_here(wish.advertise->host);
    return wish;
}

}  // namespace

tl::expected<void, std::string> resolve_addresses(const Who& who, LiveCommand& command) {
    auto& node = command.group.node;
    auto& own_daemon = command.group.own_daemon;
    const auto wish = wish_of(who);
    if (!wish) return tl::unexpected(wish.error());
    if (wish->advertise && wish->advertise->port != 0 && command.group.pids.size() > 1) {
        return tl::unexpected(std::string("--advertise: one port for many processes, expected HOST alone"));
    }
    const bool is_needed = wish->listen && wish->listen->host == "0.0.0.0" && !wish->advertise;
    const auto within = is_needed ? Duration(longest_lookup) : std::min<Duration>(longest_lookup, node.join_timeout);
    const auto way = own_daemon ? tl::expected<WayToDaemon, std::string>(WayToDaemon{}) : way_to(node.gcd, within);
    if (!way && is_needed) return tl::unexpected("GCD: " + way.error());
    const auto choice = choose_addresses(*wish, way.value_or(WayToDaemon{}));
    if (!choice) return tl::unexpected(choice.error());
    node.listen = choice->listen;
    if (choice->advertise) {
        node.advertise = choice->advertise->host;
        node.advertise_port = choice->advertise->port;
    }
    const auto& host = node.listen.host;
    // Its members aren't at the daemon's own host then, as far as it can tell.
    if (own_daemon) own_daemon->allow_remote = (node.advertise.empty() ? host : node.advertise) != "127.0.0.1";
    if (way && !own_daemon && node.listen.port == node.gcd.port && (way->to == host || way->to == node.advertise)) {
        return tl::unexpected("--listen: " + to_string(node.gcd) +
                              " is the daemon's address, expected another port, or 0 for any free one");
    }
    return {};
}

}  // namespace bully::net
