#include <offhook/tools/terminal.hpp>

#include <offhook/base/text.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace offhook::tools {

Terminal terminal_of(bool is_terminal, std::size_t window_columns, const Variables& variables) {
  Terminal out;
  out.is_terminal = is_terminal;
  const std::string term = variables("TERM");
  out.colours = is_terminal && variables("NO_COLOR").empty() && !term.empty() && term != "dumb";
  const std::size_t asked = base::parse_number<std::size_t>(variables("COLUMNS")).value_or(0);
  const std::size_t columns = asked != 0 ? asked : window_columns != 0 ? window_columns : Terminal::kUsualColumns;
  out.columns = std::clamp(columns, Terminal::kLeastColumns, Terminal::kMostColumns);
  return out;
}

Terminal terminal_of(int descriptor) {
  const bool is_terminal = ::isatty(descriptor) != 0;
  winsize window{};
  const bool has_size = is_terminal && ::ioctl(descriptor, TIOCGWINSZ, &window) == 0;
  return terminal_of(is_terminal, has_size ? window.ws_col : 0, [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
}

}  // namespace offhook::tools
