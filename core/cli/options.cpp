#include "core/cli/options.hpp"

#include "core/cli/words.hpp"

#include <memory>

namespace bully::cli {
namespace {

constexpr std::size_t column_width = 36;

class ExamplesFirst : public CLI::Formatter {
  public:
    ExamplesFirst(std::string examples, std::string usage) : examples_(std::move(examples)), usage_(std::move(usage)) {}

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
        const bool has_examples = app->get_parent() == nullptr && !examples_.empty();
        return (has_examples ? examples_ + "\n" : "") + CLI::Formatter::make_description(app);
    }
    std::string make_usage(const CLI::App* app, std::string name) const override {
        if (app->get_parent() == nullptr && !usage_.empty()) return usage_;
        return CLI::Formatter::make_usage(app, std::move(name));
    }

  private:
    static bool takes_value_after_equals(const CLI::Option* option) {
        return option->get_option_text().starts_with("[=");
    }

    std::string examples_;
    std::string usage_;
};

}  // namespace

std::string usage_text(const CLI::App& app, const std::string& why) {
    return app.get_name() + ": " + why + "\nRun with --help for more information.\n";
}

void set_up(CLI::App& app, std::string examples, std::string usage) {
    app.formatter(std::make_shared<ExamplesFirst>(std::move(examples), std::move(usage)));
    app.get_formatter()->column_width(column_width);
    app.failure_message(
        [](const CLI::App* failed, const CLI::Error& error) { return usage_text(*failed, why(*failed, error)); });
}

}  // namespace bully::cli
