#pragma once

#include <string>
#include <vector>

/// Scripts that teach shells our commands and options, from the tree that main.cpp reads out of its parser.
namespace offhook::tools {

struct CompletionOption {
  std::vector<std::string> names;   ///< "-c", "--config"; empty for an argument without a name
  std::string help;
  bool takes_value = false;
  bool is_file = false;
  bool ends_in_equals = false;      ///< a value of `values` is the beginning of one: no blank is put behind it
  std::vector<std::string> values;
};

struct CompletionCommand {
  std::string name, help;
  std::vector<CompletionOption> options;
};

[[nodiscard]] std::string bash_completion(const std::vector<CompletionCommand>& commands);
[[nodiscard]] std::string zsh_completion(const std::vector<CompletionCommand>& commands);
[[nodiscard]] std::string fish_completion(const std::vector<CompletionCommand>& commands);

}  // namespace offhook::tools
