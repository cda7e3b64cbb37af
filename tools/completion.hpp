#pragma once

#include <string>
#include <vector>

/// Makes scripts for shells that complete the commands and options, from the tree that main.cpp reads from its parser.
namespace offhook::tools {

struct CompletionOption {
  std::vector<std::string> names;   ///< "-c", "--config"; empty for an argument without a name
  std::string help;
  bool takes_value = false;
  bool is_file = false;
  bool ends_in_equals = false;      ///< a value of `values` is only the beginning of the argument: no blank follows it
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
