#include <offhook/agent/demo/page_lines.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using demo::page_line;

TEST_CASE("page_line makes a small JSON object for words of the caller, for the beginning of a reply, and for words of the agent") {
  CHECK(page_line(CallerSaid{2, "when are you open", 0.9, false}) == R"({"who":"caller","turn":2,"text":"when are you open","sure":true})");
  CHECK(page_line(CallerSaid{2, "hm", 0.1, true}) == R"({"who":"caller","turn":2,"text":"hm","sure":false})");
  CHECK(page_line(ReplyBegan{2, std::chrono::milliseconds(420)}) == R"({"who":"agent","turn":2,"response_ms":420})");
  CHECK(page_line(ReplyBegan{0, std::nullopt}) == R"({"who":"agent","turn":0,"response_ms":null})");
  CHECK(page_line(AgentSaid{2, "At nine.", true}) == R"({"who":"agent","turn":2,"text":"At nine.","interrupted":true})");
}

TEST_CASE("page_line has no line for other actions") {
  CHECK_FALSE(page_line(Understood{1, "opening_hours", 0.9}).has_value());
  CHECK_FALSE(page_line(NoteLeft{1, "a note for people"}).has_value());
  CHECK_FALSE(page_line(HangUpCall{"goodbye"}).has_value());
}

TEST_CASE("page_line escapes quotes, control characters and invalid UTF-8, so that a text never ends its JSON string") {
  CHECK(page_line(AgentSaid{1, "a\"b\\c\n</script>\xff", false}) ==
        "{\"who\":\"agent\",\"turn\":1,\"text\":\"a\\\"b\\\\c\\n</script>\\ufffd\",\"interrupted\":false}");
}

TEST_CASE("page_line keeps kMaxPageText octets of a text, and cuts no character") {
  const auto text_of = [](const std::string& text) {
    const std::string line = *page_line(CallerSaid{1, text, 1, false});
    const auto begin = line.find("\"text\":\"") + 8;
    return line.substr(begin, line.find('"', begin) - begin);
  };
  const std::string most(demo::kMaxPageText, 'x');
  CHECK(text_of(most) == most);
  CHECK(text_of(most + "y") == most);
  CHECK(text_of(most.substr(1) + "\xc3\xa4") == most.substr(1));
}
