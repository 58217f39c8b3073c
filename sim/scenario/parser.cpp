#include "sim/scenario/parser.hpp"

#include "sim/scenario/parts.hpp"
#include "sim/util/files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace bully::sim {
namespace {

constexpr std::array<std::string_view, 14> scenario_keys{"name",  "about",     "seed",   "duration", "mode",
                                                         "start", "probe",     "timing", "network",  "gcd",
                                                         "feign", "processes", "faults", "expect"};

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

void read_network(Reading& reading, const YamlNode& node) {
    const Fields fields(node, "`network`", {"delay", "loss", "duplicate", "connect_timeout"}, reading.diagnostics);
    auto& network = reading.scenario.network;
    if (const auto* delay = fields.get("delay")) {
        if (auto value = reading.values.delay(*delay)) network.delay = *value;
    }
    if (const auto* loss = fields.get("loss")) network.loss = reading.values.probability(*loss).value_or(0);
    if (const auto* duplicate = fields.get("duplicate")) {
        network.duplication = reading.values.probability(*duplicate).value_or(0);
    }
    if (const auto* timeout = fields.get("connect_timeout")) {
        network.connect_timeout = reading.values.duration(*timeout, false).value_or(network.connect_timeout);
    }
}

void read_daemon(Reading& reading, const YamlNode& node) {
    const Fields fields(node, "`gcd`", {"delay", "host"}, reading.diagnostics);
    auto& daemon = reading.scenario.daemon;
    if (const auto* delay = fields.get("delay")) {
        if (auto value = reading.values.delay(*delay)) daemon.delay = *value;
    }
    if (const auto* host = fields.get("host")) daemon.host_up = reading.values.choice(*host, {"down", "up"}) != 0U;
}

void read_scenario(Reading& reading, const YamlNode& root) {
    auto& scenario = reading.scenario;
    const Fields fields(root, "a scenario", {scenario_keys.begin(), scenario_keys.end()}, reading.diagnostics);
    if (const auto* name = fields.need("name")) scenario.name = reading.values.text(*name).value_or("");
    if (const auto* about = fields.get("about")) {
        scenario.about = reading.values.text(*about, true).value_or("");
        while (scenario.about.ends_with('\n')) scenario.about.pop_back();
    }
    if (const auto* seed = fields.get("seed")) {
        scenario.seed = reading.values.integer(*seed, 0, UINT64_MAX, "a seed").value_or(0);
    }
    if (const auto* duration = fields.get("duration")) {
        // A wrong duration is one mistake: without this, each later time would be reported as after the end.
        scenario.duration = reading.values.duration(*duration, false).value_or(longest_time);
    }
    if (const auto* mode = fields.get("mode")) {
        scenario.mode = reading.values.choice(*mode, {"strict", "robust"}) == 0U ? Mode::strict : Mode::robust;
    }
    if (const auto* start = fields.get("start")) {
        scenario.settled = reading.values.choice(*start, {"cold", "settled"}) == 1U;
    }
    if (const auto* probe = fields.get("probe")) scenario.probing = reading.values.flag(*probe).value_or(true);
    if (const auto* network = fields.get("network")) read_network(reading, *network);
    if (const auto* daemon = fields.get("gcd")) read_daemon(reading, *daemon);

    Timing timing;
    if (const auto* node = fields.get("timing")) read_timing(reading, *node, timing);
    std::optional<FeignPlan> feign;
    auto style = FeignStyle::close;
    if (const auto* node = fields.get("feign")) read_feign(reading, *node, feign, style);
    // A process's own settings replace those of the scenario, key by key.
    ProcessSpec common;
    common.timing = timing;
    common.feign = feign;
    common.feign_style = style;
    scenario.processes.assign(1, common);
    if (const auto* processes = fields.need("processes")) {
        read_processes(reading, *processes);
    } else {
        scenario.processes.clear();  // so that references to processes aren't reported as well
    }
    if (const auto* faults = fields.get("faults")) read_faults(reading, *faults);
    if (const auto* expect = fields.get("expect")) read_expectations(reading, *expect);
}

tl::expected<Scenario, std::vector<Diagnostic>> read_root(const YamlNode& root, std::string file_name,
                                                          Diagnostics& diagnostics, const DelayFiles& known = {}) {
    Reading reading{diagnostics, ValueReader(diagnostics, folder_of(file_name), known), {}, {}};
    reading.scenario.file = std::move(file_name);
    read_scenario(reading, root);
    if (!diagnostics.empty()) return tl::unexpected(diagnostics.take());
    reading.scenario.delay_files = reading.values.files();
    return std::move(reading.scenario);
}

}  // namespace

tl::expected<Scenario, std::vector<Diagnostic>> parse_scenario(std::string_view text, std::string file_name) {
    Diagnostics diagnostics(file_name);
    const auto root = read_yaml(text, diagnostics, YamlSource::file, scenario_keys);
    if (!root) return tl::unexpected(diagnostics.take());
    return read_root(*root, std::move(file_name), diagnostics);
}

tl::expected<Scenario, std::vector<Diagnostic>> parse_with_overrides(std::string_view text,
                                                                     const std::string& file_name,
                                                                     const std::vector<Override>& overrides,
                                                                     const DelayFiles& known) {
    Diagnostics diagnostics(file_name);
    auto root = read_yaml(text, diagnostics, YamlSource::file, scenario_keys);
    if (!root) return tl::unexpected(diagnostics.take());
    if (const auto applied = apply_overrides(*root, overrides); !applied) {
        return tl::unexpected(std::vector<Diagnostic>{{file_name, 0, 0, applied.error(), {}}});
    }
    auto scenario = read_root(*root, file_name, diagnostics, known);
    if (scenario) {
        for (const auto& override : overrides) scenario->overrides.push_back(to_string(override));
        return scenario;
    }
    for (auto& diagnostic : scenario.error()) {
        if (diagnostic.line == 0) continue;  // its text names the option
        (diagnostic.expected.empty() ? diagnostic.what : diagnostic.expected) += given(overrides);
    }
    return scenario;
}

std::optional<std::string> read_scenario_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    // One byte more than a scenario may have is enough to refuse a file that is too long.
    std::string text(max_yaml_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    // A folder opens well and reads badly.
    if (!file.is_open() || file.bad()) return std::nullopt;
    return text;
}

tl::expected<Scenario, std::vector<Diagnostic>> load_scenario(const std::string& path,
                                                              const std::vector<Override>& overrides) {
    const auto text = read_scenario_file(path);
    if (!text) return tl::unexpected(std::vector<Diagnostic>{{path, 0, 0, why_unreadable(path), {}}});
    auto scenario = parse_scenario(*text, path);
    if (!scenario || overrides.empty()) return scenario;
    return parse_with_overrides(*text, path, overrides);
}

}  // namespace bully::sim
