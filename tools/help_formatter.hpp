#pragma once

#include <offhook/tools/help_texts.hpp>
#include <offhook/tools/text_layout.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>

namespace offhook::tools {

/// Makes help texts that fit the terminal. Only main.cpp includes this file, because it includes CLI11, which takes long to compile.
class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(std::size_t columns) : columns_(columns) {}

  /// Returns the output of `offhook` without arguments: the first steps, and the purpose of each command.
  [[nodiscard]] std::string overview(const CLI::App& app) const {
    const std::string head = std::string(kHelpAbout) + "\n\n" + kHelpFirstSteps;
    return laid_out(head, columns_) + make_subcommands(&app, CLI::AppFormatMode::Normal) + laid_out(kHelpMore, columns_);
  }

  std::string make_description(const CLI::App* app) const override { return laid_out(app->get_description(), columns_) + "\n\n"; }
  std::string make_footer(const CLI::App* app) const override { return laid_out(app->get_footer(), columns_) + '\n'; }
  std::string make_subcommand(const CLI::App* command) const override {
    return two_columns(command->get_name(), command->get_description(), kCommandColumns, columns_);
  }
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string name = make_option_name(option, is_positional) + make_option_opts(option);
    return two_columns(name, option->get_description(), std::min(kOptionColumns, columns_ * 3 / 8), columns_);
  }

 private:
  static constexpr std::size_t kCommandColumns = 16, kOptionColumns = 30;

  std::size_t columns_;
};

}  // namespace offhook::tools
