#include <offhook/agent/records/call_id.hpp>

#include <offhook/agent/recordings/recording_name.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace offhook::agent;
using namespace offhook::agent::records;

TEST_CASE("A call id has 13 characters that are safe in a URL, and is unique") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_call_id();
    CHECK(id.size() == kCallIdBytes);
    CHECK(std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }));
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

TEST_CASE("The call id can be read from the name of the call's recording") {
  const std::string id = new_call_id();
  const auto name = recordings::name_recording(id, WallTime{}, offhook::media::RecordingFormat::OggOpus, true);
  REQUIRE(name);
  const auto read = recordings::parse_recording_name(name->text());
  REQUIRE(read);
  CHECK(read->call == id);
}

TEST_CASE("may_mean_call() accepts the whole id of a call, or at least the first four characters of the id") {
  CHECK(may_mean_call("k3x9f0a", "k3x9f0a"));
  CHECK(may_mean_call("k3x9", "k3x9f0a"));
  CHECK_FALSE(may_mean_call("k3x", "k3x9f0a"));
  CHECK_FALSE(may_mean_call("x9f0", "k3x9f0a"));
  CHECK_FALSE(may_mean_call("k3x9f0a7", "k3x9f0a"));
  CHECK(may_mean_call("b2", "b2"));  // An id of fewer than four characters must be complete.
  CHECK_FALSE(may_mean_call("", ""));
}
