#include "net/cli/options.hpp"

#include "core/cli/words.hpp"

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

}  // namespace

std::string usage_text(const CLI::App& app, const std::string& why) {
    return app.get_name() + ": " + why + "\nRun with --help for more information.\n";
}

void set_up(CLI::App& app, std::string examples) {
    app.formatter(std::make_shared<ExamplesFirst>(std::move(examples)));
    app.get_formatter()->column_width(36);
    app.failure_message(
        [](const CLI::App* failed, const CLI::Error& error) { return usage_text(*failed, cli::why(*failed, error)); });
}

}  // namespace bully::net
