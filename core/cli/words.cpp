#include "core/cli/words.hpp"

#include "core/cli/values.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace bully::cli {
namespace {

struct Given {
    const CLI::Option* option;
    std::string as_written;  // "--seed 7"
};

bool takes_value(const CLI::Option& option) { return option.get_items_expected_min() > 0; }
// "--feign-failure[=close|ignore]"
bool may_take_value(const CLI::Option& option) { return option.get_option_text().starts_with("[="); }

std::string value_name(const CLI::Option& option) {
    const auto& text = option.get_option_text();
    return text.empty() ? option.get_type_name() : text;
}
std::string form_of(const CLI::Option& option, const std::string& name) {
    if (may_take_value(option)) return name + value_name(option);
    return takes_value(option) ? value_name(option) : name + " alone: it takes no value";
}
bool is_file(const CLI::Option& option) { return value_name(option).starts_with("FILE"); }

// An option's name, or the end of options; a number with a sign is a value that somebody judges.
bool looks_like_option(std::string_view word) {
    return word.size() > 1 && word.front() == '-' && (word[1] < '0' || word[1] > '9') && word[1] != '.';
}

class Words {
  public:
    Words(const CLI::App& app, int argc, const char* const* argv)
        : program_(app), command_(&app), words_(argv + std::min(argc, 1), argv + argc) {}

    std::optional<std::string> misread() {
        for (next_ = 0; next_ < words_.size();) {
            const auto word = words_[next_++];
            if (word == "--") return std::nullopt;  // what follows are no options
            auto wrong = word.starts_with("--") ? option(word) : plain(word);
            if (wrong) return wrong;
        }
        return std::nullopt;
    }

  private:
    std::optional<std::string> option(std::string_view word) {
        const auto equals = std::min(word.find('='), word.size());
        const std::string name(word.substr(0, equals));
        const auto* option = command_->get_option_no_throw(name);
        if (option == nullptr) return unknown(name);
        if (is_for_all(*option)) return std::nullopt;
        const bool has_value = equals < word.size();
        if (has_value && equals + 1 == word.size())
            return name + ": an empty value, expected " + form_of(*option, name);
        if (!takes_value(*option) && has_value && !may_take_value(*option)) {
            return name + ": " + in_ticks(word.substr(equals + 1)) + ", expected " + form_of(*option, name);
        }
        auto as_written = name;
        if (takes_value(*option)) {
            if (!has_value && next_ == words_.size()) return name + ": no value, expected " + value_name(*option);
            const auto value = has_value ? word.substr(equals + 1) : words_[next_++];
            if (value.empty()) return name + ": an empty value, expected " + value_name(*option);
            if (!has_value && looks_like_option(value)) return no_value(*option, name, value, "an option");
            const bool is_command = find_command(value) != nullptr && command_ == &program_ && !has_plain_;
            if (!has_value && is_command && is_file(*option)) return no_value(*option, name, value, "a command");
            as_written += " " + std::string(value);
        }
        const bool many = option->get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
        const bool again =
            std::any_of(given_.begin(), given_.end(), [&](const Given& g) { return g.option == option; });
        if (again && !many) {
            return name + " is given twice, expected once";
        }
        given_.push_back({option, std::move(as_written)});
        return std::nullopt;
    }

    // CLI11 says so too, but not which command's option it isn't.
    std::optional<std::string> unknown(const std::string& name) const {
        if (command_ == &program_ || program_.get_option_no_throw(name) == nullptr) return std::nullopt;
        return "`" + command_->get_name() + "` has no option " + name + ", expected it without";
    }

    static std::string no_value(const CLI::Option& option, const std::string& name, std::string_view value,
                                const std::string& taken_for) {
        auto text = name + ": " + in_ticks(value) + " is taken for " + taken_for + ", expected " + value_name(option);
        if (is_file(option)) text += "; a file of that name is ./" + std::string(value);
        return text;
    }

    std::optional<std::string> plain(std::string_view word) {
        if (word.empty()) return std::string("an empty argument, expected one that says something, or none");
        const auto* command = find_command(word);
        has_plain_ = has_plain_ || command == nullptr;
        if (command == nullptr) return std::nullopt;
        if (command_ != &program_) {
            return "`" + command->get_name() + "` is a second command, after `" + command_->get_name() +
                   "`, expected one; a file of that name is ./" + command->get_name();
        }
        if (!given_.empty()) return before(given_.front(), *command);
        command_ = command;
        return std::nullopt;
    }

    [[nodiscard]] const CLI::App* find_command(std::string_view name) const {
        for (const auto* command : program_.get_subcommands({})) {
            if (command->get_name() == name) return command;
        }
        return nullptr;
    }

    [[nodiscard]] std::string before(const Given& given, const CLI::App& command) const {
        const auto name = given.option->get_name();
        const auto* own = command.get_option_no_throw(name);
        auto text = name + " before `" + command.get_name() + "`, ";
        if (own == nullptr) return text + "which has no such option, expected it without";
        auto form = given.as_written;
        if (takes_value(*own) != takes_value(*given.option)) {
            form = name + (takes_value(*own) ? " " + value_name(*own) : "");
        }
        return text + "expected it behind: " + program_.get_name() + " " + command.get_name() + " ... " + form;
    }

    [[nodiscard]] bool is_for_all(const CLI::Option& option) const {
        return &option == command_->get_help_ptr() || option.get_name() == "--version";
    }

    const CLI::App& program_;
    const CLI::App* command_;
    std::vector<std::string_view> words_;
    std::size_t next_ = 0;
    bool has_plain_ = false;  // an argument that is neither an option nor a command
    std::vector<Given> given_;
};

}  // namespace

std::optional<std::string> find_misread(const CLI::App& app, int argc, const char* const* argv) {
    return Words(app, argc, argv).misread();
}

std::string why(const CLI::App& app, const CLI::Error& error) {
    std::string text = error.what();
    if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) return text + ", expected one of the two";
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return text;
    auto extras = app.remaining(true);  // its own text has them backwards
    std::erase(extras, "--");
    text = extras.size() == 1 ? "unexpected argument:" : "unexpected arguments:";
    for (const auto& extra : extras) text += " " + in_ticks(extra);
    return text;
}

}  // namespace bully::cli
