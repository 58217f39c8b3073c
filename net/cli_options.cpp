#include "net/cli_options.hpp"

#include "net/lab_message.hpp"

#include <memory>

namespace bully::net {
namespace {

class ExamplesFirst : public CLI::Formatter {
  public:
    explicit ExamplesFirst(std::string examples) : examples_(std::move(examples)) {}

    // CLI11 shows a flag that can have a value as `--flag{default} TEXT`.
    std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
        auto name = CLI::Formatter::make_option_name(option, is_positional);
        if (!takes_value_after_equals(option)) return name;
        return name.erase(name.find('{')) + option->get_option_text();
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        return takes_value_after_equals(option) ? "" : CLI::Formatter::make_option_opts(option);
    }
    std::string make_description(const CLI::App* app) const override {
        return (examples_.empty() ? "" : examples_ + "\n") + CLI::Formatter::make_description(app);
    }

  private:
    static bool takes_value_after_equals(const CLI::Option* option) {
        return option->get_option_text().starts_with("[=");
    }

    std::string examples_;
};

// CLI11 lists unexpected arguments backwards.
std::string why_of(const CLI::App& app, const CLI::Error& error) {
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
    const auto extras = app.remaining();
    std::string text = extras.size() == 1 ? "unexpected argument:" : "unexpected arguments:";
    for (const auto& extra : extras) text += " `" + lab::printable(extra, 60) + "`";
    return text;
}

}  // namespace

std::string usage_text(const CLI::App& app, const std::string& why) {
    return app.get_name() + ": " + why + "\nRun with --help for more information.\n";
}

void set_up(CLI::App& app, std::string examples) {
    app.formatter(std::make_shared<ExamplesFirst>(std::move(examples)));
    app.get_formatter()->column_width(36);
    app.failure_message(
        [](const CLI::App* failed, const CLI::Error& error) { return usage_text(*failed, why_of(*failed, error)); });
}

}  // namespace bully::net
