// Sends Offhook's own torture messages through the whole stack and checks the responses. EXPECTED.tsv has the results of the
// parser.
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

using namespace offhook;
using namespace offhook::sim;

namespace {

const std::filesystem::path kFolder = "tests/data/torture";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Reads the columns `file` and `answer`. "-" means no response. If several statuses are allowed, | separates them.
/// torture_test.cpp uses the other columns, which apply to streams.
std::map<std::string, std::string> reactions() {
  std::map<std::string, std::string> all;
  std::istringstream table(read_file(kFolder / "REACTIONS.tsv"));
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    const auto status = line.find('\t') + 1;
    all.emplace(line.substr(0, status - 1), line.substr(status, line.find('\t', status) - status));
  }
  return all;
}

}  // namespace

TEST_CASE("The stack gives each of Offhook's own torture messages the right response, and keeps no state of it [RFC 3261 section 8.2]") {
  const auto wanted = reactions();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".sip") continue;
    ++files;
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    Scripted one;
    one.receive(read_file(entry.path()));
    const std::string answer = one.take();
    const auto want = wanted.find(name);
    REQUIRE(want != wanted.end());
    CHECK(want->second.find(answer.empty() ? "-" : answer.substr(8, 3)) != std::string::npos);
    while (const auto call = one.event<sip::IncomingCall>()) {
      for (const auto& [field, value] : call->headers) CHECK(field != "Route");  // In headers-in-the-uri, the URI's headers must not become header fields.
      if (name == "body-in-parts.sip") CHECK(call->offer.data.starts_with("v=0\r\n"));
      (void)one.stack.calls().reject(call->session, 486, {}, one.now);
      one.drain();
    }
    one.advance(200s);
    CHECK_FALSE(one.stack.next_deadline());
    CHECK(one.stack.sizes().legs == 0);
  }
  CHECK(files == wanted.size());
  CHECK(files >= 60);
}
