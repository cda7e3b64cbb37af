#include <offhook/tools/completion.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace offhook::tools {

namespace {

using Options = std::vector<CompletionOption>;

/// Returns the text in single quotes for all three shells. In fish, a backslash must be doubled, but the texts contain no backslash.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  return out + "'";
}

std::string names_of(const std::vector<CompletionCommand>& commands, std::string_view between) {
  std::vector<std::string_view> names;
  for (const CompletionCommand& command : commands) names.push_back(command.name);
  return fmt::format("{}", fmt::join(names, between));
}

const CompletionOption* argument_of(const CompletionCommand& command) {
  for (const CompletionOption& option : command.options) {
    if (option.names.empty()) return &option;
  }
  return nullptr;
}

std::string bash_values(const CompletionOption& option) {
  if (option.is_file) return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
  if (option.values.empty()) return ":";
  return fmt::format("{}mapfile -t COMPREPLY < <(compgen -W {} -- \"$word\")", option.ends_in_equals ? "compopt -o nospace; " : "",
                     shell_quoted(fmt::format("{}", fmt::join(option.values, " "))));
}

std::string bash_cases(const CompletionCommand& command) {
  std::string cases;
  for (const CompletionOption& option : command.options) {
    if (option.names.empty() || !option.takes_value) continue;
    std::vector<std::string> patterns;
    for (const std::string& name : option.names) patterns.push_back(command.name + ":" + name);
    cases += fmt::format("    {}) {}; return ;;\n", fmt::join(patterns, "|"), bash_values(option));
  }
  return cases;
}

std::string bash_words(const CompletionCommand& command) {
  std::vector<std::string> words;
  for (const CompletionOption& option : command.options) {
    for (const std::string& name : option.names) {
      if (name.starts_with("--")) words.push_back(name);
    }
  }
  const CompletionOption* argument = argument_of(command);
  if (argument == nullptr) return fmt::format("    {}) words={} ;;\n", command.name, shell_quoted(fmt::format("{}", fmt::join(words, " "))));
  return fmt::format("    {}) words={}\n      [[ $word == -* ]] || {{ {}; return; }} ;;\n", command.name,
                     shell_quoted(fmt::format("{}", fmt::join(words, " "))), bash_values(*argument));
}

std::string zsh_values(const CompletionOption& option) {
  const std::string message = option.is_file ? "file" : "value";
  if (option.is_file) return ":" + message + ":_files";
  if (option.values.empty()) return ":" + message + ": ";
  return fmt::format(":{}:{}({})", message, option.ends_in_equals ? "compadd -S \"\" - " : "", fmt::join(option.values, " "));
}

/// Escapes brackets and colons, because they have a meaning in _arguments.
std::string zsh_help(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '[' || c == ']' || c == ':') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_arguments(const CompletionCommand& command) {
  std::string out;
  for (const CompletionOption& option : command.options) {
    const std::string values = option.takes_value ? zsh_values(option) : "";
    if (option.names.empty()) out += " " + shell_quoted(":" + values);
    for (const std::string& name : option.names) out += " " + shell_quoted("*" + name + "[" + zsh_help(option.help) + "]" + values);
  }
  return out;
}

std::string fish_lines(const CompletionCommand& command) {
  std::string out;
  const std::string here = fmt::format("complete -c offhook -n {}", shell_quoted("__fish_seen_subcommand_from " + command.name));
  for (const CompletionOption& option : command.options) {
    std::string line = here;
    for (const std::string& name : option.names) line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (option.takes_value) line += option.is_file ? " -F" : " -f";
    if (option.takes_value && !option.names.empty()) line += " -r";
    if (!option.values.empty()) line += " -a " + shell_quoted(fmt::format("{}", fmt::join(option.values, " ")));
    out += line + (option.help.empty() ? "" : " -d " + shell_quoted(option.help)) + "\n";
  }
  return out;
}

}  // namespace

std::string bash_completion(const std::vector<CompletionCommand>& commands) {
  std::string values, words;
  for (const CompletionCommand& command : commands) {
    values += bash_cases(command);
    words += bash_words(command);
  }
  return fmt::format(R"(# bash completion for offhook: source <(offhook completion bash)
_offhook() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      {}) command=${{COMP_WORDS[i]}}; break ;;
    esac
  done
  case $command:$before in
{}  esac
  case $command in
    '') words='{} --help --version' ;;
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}}
complete -F _offhook offhook
)",
                     names_of(commands, "|"), values, names_of(commands, " "), words);
}

std::string zsh_completion(const std::vector<CompletionCommand>& commands) {
  std::string list, cases;
  for (const CompletionCommand& command : commands) {
    list += " " + shell_quoted(command.name + ":" + command.help);
    cases += fmt::format("    {}) _arguments{} ;;\n", command.name, zsh_arguments(command));
  }
  return fmt::format(R"(#compdef offhook
# zsh completion for offhook: source <(offhook completion zsh), after compinit
_offhook() {{
  local -a commands=({} )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local chosen=$words[2]
  shift words
  (( CURRENT-- ))
  case $chosen in
{}  esac
}}
if [[ $funcstack[1] == _offhook ]]; then _offhook "$@"; else compdef _offhook offhook; fi
)",
                     list, cases);
}

std::string fish_completion(const std::vector<CompletionCommand>& commands) {
  std::string out = "# fish completion for offhook: offhook completion fish | source\ncomplete -c offhook -f\n";
  const std::string at_start = shell_quoted("not __fish_seen_subcommand_from " + names_of(commands, " "));
  for (const CompletionCommand& command : commands) {
    out += fmt::format("complete -c offhook -n {} -a {} -d {}\n", at_start, command.name, shell_quoted(command.help));
    out += fish_lines(command);
  }
  return out;
}

}  // namespace offhook::tools
