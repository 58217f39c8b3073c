// Uses a library of each part, as a project would that has nothing but the installed package.
#include <bully/core/record/quantities.hpp>
#include <bully/net/node/group.hpp>
#include <bully/sim/checks/checked_run.hpp>
#include <bully/sim/scenario/parser.hpp>
#include <bully/version.hpp>
#include <iostream>

int main() {
    const auto scenario =
        bully::sim::parse_scenario("name: of a consumer\nprocesses: 3\nduration: 60s\n", "consumer.yaml");
    if (!scenario) return 1;
    const auto result = bully::sim::run_scenario(*scenario);
    std::cout << BULLY_VERSION << ": " << (result.held() ? "held" : "violated") << ", leader " << result.leader
              << " of " << bully::net::made_up_pids(3).size() << '\n';
}
