#include <offhook/agent/config/json_places.hpp>
#include <offhook/agent/support/json_tree.hpp>

#include <doctest/doctest.h>

#include <string>

using offhook::agent::config::JsonPlaces;
namespace config = offhook::agent::config;
using namespace offhook::agent;

namespace {

constexpr std::string_view kPlaced = R"({
  "sip": {"port": 5060, "host" : "a\"b{"},  // "sip": 1
  /* "log": [ */ "agents": [
    {"name": "x"}, [true, null],
    -1.5e3
  ],
  "sip2": {}, "list": []
})";

}  // namespace

TEST_CASE("JsonPlaces returns the position of a member's name, and of the first character of a list's item") {
  const JsonPlaces places(kPlaced);
  CHECK(places.find("/sip") == "2:3");
  CHECK(places.find("/sip/port") == "2:11");
  CHECK(places.find("/sip/host") == "2:25");
  CHECK(places.find("/agents") == "3:18");
  CHECK(places.find("/agents/0") == "4:5");
  CHECK(places.find("/agents/0/name") == "4:6");
  CHECK(places.find("/agents/1/1") == "4:27");
  CHECK(places.find("/agents/2") == "5:5");
  CHECK(places.find("/list") == "7:15");
}

TEST_CASE("For a missing member, find() returns the position of the innermost existing object around it") {
  const JsonPlaces places(kPlaced);
  CHECK(places.find("/sip/tls/key") == "2:3");
  CHECK(places.find("/agents/0/match") == "4:5");
  CHECK_FALSE(places.find("/log"));
  CHECK_FALSE(places.find("/"));
  CHECK_FALSE(places.find("/etc/offhook.json"));
  CHECK_FALSE(places.find("SIP_EXTENSION"));
  CHECK_FALSE(JsonPlaces().find("/sip"));
}

TEST_CASE("For a repeated name, find() returns the last position. find() accepts names in the form that pointer_step() writes") {
  const JsonPlaces places("{\"a/b~\": 1,\n \"x\": 1, \"x\": 2, \"" + std::string(49, 'y') + "\": 3}");
  CHECK(places.find("/x") == "2:10");
  CHECK(places.find("/a~1b~0") == "1:2");
  CHECK(places.find(pointer_step(std::string(49, 'y'))) == "2:18");
}

TEST_CASE("For text that is cut off or is not JSON, find() returns a correct position or none") {
  for (std::size_t size = 0; size <= kPlaced.size(); ++size) {
    const auto found = JsonPlaces(kPlaced.substr(0, size)).find("/sip");
    CHECK((!found || *found == "2:3"));
  }
  for (const char* text : {"", "[", "{", "]", "{\"", "{\"a", "{\"a\\", "\"\\", "{\"a\":", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "[1 2]", "/", "/*", "//", "{a:1}", "[,]"})
    CHECK_FALSE(JsonPlaces(text).find("/b"));
  CHECK_FALSE(JsonPlaces(std::string(100000, '[')).find("/x"));
}
