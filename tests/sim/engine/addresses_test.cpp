// The way from a snapshot of members to processes: by position, by address, and after a process has moved.
#include "sim/engine/addresses.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace bully::sim {
namespace {

std::vector<ProcessSpec> three() {
    auto processes = made_up_processes(3);
    for (std::uint16_t i = 0; i < 3; ++i) processes[i].endpoint = {"host", static_cast<std::uint16_t>(1000 + i)};
    return processes;
}

Membership snapshot(const std::vector<ProcessSpec>& processes, const std::vector<std::size_t>& indexes) {
    std::vector<Member> members;
    members.reserve(indexes.size());
    for (const auto index : indexes) members.push_back({processes[index].pid, processes[index].endpoint});
    return Membership(std::move(members));
}

void expect_route(Route route, std::uint16_t index, bool current) {
    EXPECT_EQ(route.index, index);
    EXPECT_EQ(route.current, current);
}

TEST(Addresses, takes_positions_for_indexes_in_the_snapshot_of_all) {
    const auto processes = three();
    Addresses addresses(processes);
    EXPECT_EQ(addresses.everybody().size(), 3U);
    EXPECT_EQ(addresses.routes(addresses.everybody()), nullptr);
    expect_route(addresses.route_to(addresses.everybody(), 2), 2, true);
}

TEST(Addresses, looks_up_the_routes_of_any_other_snapshot) {
    const auto processes = three();
    Addresses addresses(processes);
    const auto some = snapshot(processes, {0, 2});
    const auto* routes = addresses.routes(some);
    ASSERT_NE(routes, nullptr);
    ASSERT_EQ(routes->size(), 2U);
    expect_route((*routes)[1], 2, true);
    EXPECT_EQ(addresses.routes(some), routes);  // cached
}

TEST(Addresses, knows_the_old_address_of_a_process_that_has_moved_and_its_new_one) {
    auto processes = three();
    Addresses addresses(processes);
    const auto before = addresses.everybody();
    auto endpoint = processes[1].endpoint;
    addresses.move(1, endpoint);
    EXPECT_TRUE(addresses.has_moved());
    EXPECT_EQ(endpoint, (Endpoint{"host", 1003})) << "1002 is another's";
    expect_route(addresses.route_to(before, 0), 0, true);
    expect_route(addresses.route_to(before, 1), 1, false);
    auto moved = processes;
    moved[1].endpoint = endpoint;
    const auto after = snapshot(moved, {0, 1, 2});
    expect_route(addresses.route_to(after, 1), 1, true);

    addresses.move(1, endpoint);
    EXPECT_EQ(endpoint.port, 1004) << "an address that was left stays this process's";
    expect_route(addresses.route_to(after, 1), 1, false);
}

TEST(Addresses, starts_each_run_at_the_first_addresses) {
    const auto processes = three();
    Addresses addresses(processes);
    auto endpoint = processes[1].endpoint;
    addresses.move(1, endpoint);
    addresses.reset();
    EXPECT_FALSE(addresses.has_moved());
    EXPECT_EQ(addresses.routes(addresses.everybody()), nullptr);
    expect_route(addresses.route_to(snapshot(processes, {1}), 0), 1, true);
    auto again = processes[1].endpoint;
    addresses.move(1, again);
    EXPECT_EQ(again, endpoint);
}

TEST(Addresses, finds_the_last_of_two_processes_at_one_address) {
    auto processes = three();
    processes[1].endpoint = processes[0].endpoint;
    Addresses addresses(processes);
    const auto first = snapshot(processes, {0});
    expect_route(addresses.route_to(first, 0), 1, true);
    auto endpoint = processes[0].endpoint;
    addresses.move(0, endpoint);
    expect_route(addresses.route_to(first, 0), 1, true);
}

TEST(Addresses, looks_up_each_snapshot_where_two_processes_have_one_pid) {
    auto processes = three();
    processes[1].pid = processes[0].pid;
    Addresses addresses(processes);
    EXPECT_EQ(addresses.everybody().size(), 2U);
    ASSERT_NE(addresses.routes(addresses.everybody()), nullptr);
    expect_route(addresses.route_to(addresses.everybody(), 0), 1, true);
    expect_route(addresses.route_to(addresses.everybody(), 1), 2, true);
}

}  // namespace
}  // namespace bully::sim
