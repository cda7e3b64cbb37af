#include <offhook/tools/terminal.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace offhook::tools;

namespace {

using Set = std::map<std::string, std::string>;

Terminal seen(bool is_terminal, std::size_t window_columns, const Set& set) {
  return terminal_of(is_terminal, window_columns, [&set](const char* name) {
    const auto found = set.find(name);
    return found == set.end() ? std::string() : found->second;
  });
}

std::size_t columns(const std::string& variable, std::size_t window_columns = 0) { return seen(true, window_columns, {{"COLUMNS", variable}}).columns; }

}  // namespace

TEST_CASE("Output has colours on a terminal, but not in a pipe or on a dumb or unknown terminal") {
  CHECK(seen(true, 80, {{"TERM", "xterm"}}).colours);
  CHECK_FALSE(seen(false, 0, {{"TERM", "xterm"}}).colours);
  CHECK_FALSE(seen(true, 80, {{"TERM", "dumb"}}).colours);
  CHECK_FALSE(seen(true, 80, {}).colours);
}

TEST_CASE("NO_COLOR with any value except an empty one switches colours off [https://no-color.org]") {
  for (const auto* value : {"1", "0", "no"}) CHECK_FALSE(seen(true, 80, {{"TERM", "xterm"}, {"NO_COLOR", value}}).colours);
  CHECK(seen(true, 80, {{"TERM", "xterm"}, {"NO_COLOR", ""}}).colours);
}

TEST_CASE("The width is COLUMNS if that is a valid number, otherwise the width of the window, otherwise kUsualColumns") {
  CHECK(columns("72", 120) == 72);
  CHECK(columns("", 120) == 120);
  CHECK(columns("") == Terminal::kUsualColumns);
  for (const auto* wrong : {"0", "wide", "-80", "80 ", "99999999999999999999999"}) {
    CAPTURE(wrong);
    CHECK(columns(wrong, 120) == 120);
  }
}

TEST_CASE("The width is limited to its bounds") {
  CHECK(columns("40") == Terminal::kLeastColumns);
  CHECK(columns("39") == Terminal::kLeastColumns);
  CHECK(columns("1000") == Terminal::kMostColumns);
  CHECK(columns("1001") == Terminal::kMostColumns);
}

TEST_CASE("The width limits tables only on a terminal") {
  CHECK(seen(true, 80, {}).table_columns() == 80);
  CHECK_FALSE(seen(false, 0, {{"COLUMNS", "80"}}).table_columns());
  CHECK(seen(false, 0, {{"COLUMNS", "80"}}).columns == 80);
}
