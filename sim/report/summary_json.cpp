#include "core/names.hpp"
#include "sim/report/property_report.hpp"
#include "sim/report/summary.hpp"
#include "sim/util/fingerprint.hpp"

#include <nlohmann/json.hpp>

namespace bully::sim {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(Number number) { return number == 0 ? Json(nullptr) : Json(number); }

Json to_json(const MessageCounts& counts) {
    return {{"sent", counts.sent}, {"to_down", counts.to_down}, {"lost", counts.lost}, {"delivered", counts.delivered}};
}

}  // namespace

Json to_json(const RunResult& result) {
    const auto& measures = result.measures;
    Json json{{"scenario", result.scenario},
              {"file", result.file},
              {"set", result.overrides},
              {"seed", result.seed},
              {"mode", to_string(result.mode)},
              {"fingerprint", fingerprint_text(result.fingerprint)},
              {"verdict", result.held() ? "held" : "violated"},
              {"demanded_to_the_end", demanded_to_the_end(result.properties)},
              {"interrupted", result.interrupted},
              {"duration_ns", result.duration.count()},
              {"leader", number_or_null(result.leader)}};
    auto& processes = json["processes"] = Json::array();
    for (const auto& process : result.processes) {
        processes.push_back({{"number", process.number},
                             {"name", process.name},
                             {"pid", {process.pid.days, process.pid.student_id}},
                             {"alive", process.alive},
                             {"leader", number_or_null(process.leader)},
                             {"phase", to_string(process.phase)}});
    }
    json["elections"] = measures.elections;
    json["victories"] = measures.victories;
    json["events"] = measures.events;
    json["steps"] = measures.steps;
    auto& messages = json["messages"] = Json::object();
    for (const auto type :
         {MessageType::election, MessageType::ok, MessageType::coordinator, MessageType::probe, MessageType::join}) {
        messages[std::string(to_string(type))] = to_json(measures.messages[static_cast<std::size_t>(type)]);
    }
    const auto agreement = measures.time_to_agreement();
    json["last_fault_ns"] = measures.last_fault.count();
    json["agreement_ns"] = agreement ? Json(agreement->count()) : Json(nullptr);
    json["agreed_since_ns"] = measures.agreement ? Json(measures.agreement->since.count()) : Json(nullptr);
    auto& faults = json["faults"] = Json::array();
    for (const auto& fault : measures.faults) {
        faults.push_back({{"at_ns", fault.at.count()},
                          {"what", to_string(fault.kind)},
                          {"ends", fault.ends},
                          {"process", number_or_null(fault.number)},
                          {"more", fault.more},
                          {"until_ns", fault.until.count()},
                          {"agreement_ns", fault.agreement ? Json(fault.agreement->count()) : Json(nullptr)}});
    }
    json["untimed_faults"] = measures.untimed_faults;
    json["leaderless_ns"] = measures.leaderless.count();
    json["some_leaderless_ns"] = measures.some_leaderless.count();
    json["multi_leader_ns"] = measures.multi_leader.count();
    auto& expectations = json["expectations"] = Json::array();
    for (const auto& expectation : result.expectations) {
        expectations.push_back({{"text", expectation.text},
                                {"line", expectation.line == 0 ? Json(nullptr) : Json(expectation.line)},
                                {"applies", expectation.applies},
                                {"held", expectation.held},
                                {"detail", expectation.detail}});
    }
    add_findings(json, result.properties, result.violations);
    json["warnings"] = result.warnings;
    return json;
}

void write_json(std::ostream& out, const RunResult& result) {
    out << to_json(result).dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace bully::sim
